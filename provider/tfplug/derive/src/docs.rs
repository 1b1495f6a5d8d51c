//! Descriptions from doc comments.

use proc_macro2::Span;
use syn::{Attribute, Data, DataStruct, DeriveInput, Error, Expr, Fields, Lit, Meta, Result};

/// The doc comment as markdown. There must be one: it is what users read.
pub(crate) fn description(attributes: &[Attribute], of: &str, span: Span) -> Result<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(meta) = &attribute.meta else {
            continue;
        };
        let Expr::Lit(literal) = &meta.value else {
            continue;
        };
        let Lit::Str(text) = &literal.lit else {
            continue;
        };
        if meta.path.is_ident("doc") {
            let line = text.value();
            lines.push(
                line.strip_prefix(' ')
                    .unwrap_or(&line)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    let text = lines.join("\n").trim().to_owned();
    if text.is_empty() {
        let what = format!("{of} needs a doc comment: it becomes the description users read");
        return Err(Error::new(span, what));
    }
    Ok(text)
}

/// The named fields of a struct; the macros take nothing else.
pub(crate) fn fields(input: &DeriveInput) -> Result<Vec<&syn::Field>> {
    match &input.data {
        Data::Struct(DataStruct {
            fields: Fields::Named(fields),
            ..
        }) => Ok(fields.named.iter().collect()),
        _ => Err(Error::new_spanned(
            &input.ident,
            "a struct with named fields is required",
        )),
    }
}
