//! Derive macros for `tfplug`: a struct and its schema are one thing.
//!
//! The macros are documented where they are re-exported, in `tfplug`.

mod docs;
mod field;
mod model;
mod parameters;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct's fields the attributes and blocks of a schema.
#[proc_macro_derive(Model, attributes(tf))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::derive(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Makes a struct's fields the parameters of a function.
#[proc_macro_derive(Parameters, attributes(tf))]
pub fn derive_parameters(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    parameters::derive(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
