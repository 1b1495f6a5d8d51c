//! `#[derive(Parameters)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, GenericArgument, PathArguments, Result, Type};

use crate::docs::fields;
use crate::field::Options;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let fields = fields(input)?;
    let mut parameters = Vec::new();
    let mut readers = Vec::new();
    for (position, field) in fields.iter().enumerate() {
        let Options {
            name,
            description,
            variadic,
            ..
        } = Options::parse(field)?;
        let (field_ident, ty) = (&field.ident, &field.ty);
        if variadic && position + 1 != fields.len() {
            return Err(Error::new_spanned(
                field,
                "only the last parameter is variadic",
            ));
        }
        let argument = if variadic { element(ty)? } else { ty };
        parameters.push(quote! {
            ::tfplug::function::Parameter {
                name: #name,
                ty: <#argument as ::tfplug::function::Argument>::ty(),
                description: #description,
                allow_null: <#argument as ::tfplug::function::Argument>::ALLOW_NULL,
                variadic: #variadic,
            }
        });
        readers.push(if variadic {
            quote!(#field_ident: arguments.rest(#name)?)
        } else {
            quote!(#field_ident: arguments.next(#name)?)
        });
    }
    Ok(quote! {
        #[automatically_derived]
        impl ::tfplug::function::Parameters for #ident {
            fn parameters() -> ::std::vec::Vec<::tfplug::function::Parameter> {
                ::std::vec![#(#parameters),*]
            }

            fn from_arguments(
                arguments: ::std::vec::Vec<::tfplug::value::Value>,
            ) -> ::std::result::Result<Self, ::tfplug::function::FunctionError> {
                let mut arguments = ::tfplug::function::ArgumentReader::new(arguments);
                ::std::result::Result::Ok(Self { #(#readers),* })
            }
        }
    })
}

/// The `T` of a `Vec<T>`.
fn element(ty: &Type) -> Result<&Type> {
    let error = || Error::new_spanned(ty, "a variadic parameter is a Vec");
    let Type::Path(path) = ty else {
        return Err(error());
    };
    let last = path.path.segments.last().ok_or_else(error)?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Vec" => {
            match arguments.args.first() {
                Some(GenericArgument::Type(ty)) => Ok(ty),
                _ => Err(error()),
            }
        }
        _ => Err(error()),
    }
}
