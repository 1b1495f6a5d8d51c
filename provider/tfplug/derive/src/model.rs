//! `#[derive(Model)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Expr, LitInt, LitStr, Result};

use crate::docs::{description, fields};
use crate::field::{Options, expressions};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let text = description(&input.attrs, "a model", ident.span())?;
    let Struct {
        version,
        deprecated,
        rules,
    } = Struct::parse(input)?;
    let deprecated = option(deprecated.as_ref());

    let mut names = Vec::new();
    let mut idents = Vec::new();
    let mut types = Vec::new();
    let mut attributes = Vec::new();
    let mut blocks = Vec::new();
    for field in fields(input)? {
        let options = Options::parse(field)?;
        if options.block {
            blocks.push(block(field, &options)?);
        } else {
            attributes.push(attribute(field, &options)?);
        }
        names.push(options.name);
        idents.push(&field.ident);
        types.push(&field.ty);
    }

    Ok(quote! {
        #[automatically_derived]
        impl ::tfplug::model::Model for #ident {
            fn schema() -> ::tfplug::schema::Schema {
                ::tfplug::schema::Schema {
                    version: #version,
                    description: ::std::string::String::from(#text),
                    deprecated: #deprecated,
                    attributes: ::std::vec![#(#attributes),*],
                    blocks: ::std::vec![#(#blocks),*],
                    rules: {
                        #[allow(unused_imports)]
                        use ::tfplug::schema::Rule::*;
                        ::std::vec![#(#rules),*]
                    },
                }
            }

            fn from_value(
                value: ::tfplug::value::Value,
            ) -> ::std::result::Result<Self, ::tfplug::value::DecodeError> {
                let mut object = ::tfplug::model::ObjectReader::new(value)?;
                ::std::result::Result::Ok(Self {
                    #(#idents: object.attribute(#names, <#types>::from_value)?,)*
                })
            }

            fn into_value(self) -> ::tfplug::value::Value {
                ::tfplug::value::Value::Map(::std::collections::BTreeMap::from([
                    #((::std::string::String::from(#names), self.#idents.into_value()),)*
                ]))
            }
        }

        #[automatically_derived]
        impl ::tfplug::model::AttrType for #ident {
            fn shape() -> ::tfplug::schema::Shape {
                ::tfplug::schema::Shape::Nested(
                    ::tfplug::schema::Nesting::Single,
                    ::std::boxed::Box::new(<Self as ::tfplug::model::Model>::schema()),
                )
            }

            fn decode(
                value: ::tfplug::value::Value,
            ) -> ::std::result::Result<Self, ::tfplug::value::DecodeError> {
                <Self as ::tfplug::model::Model>::from_value(value)
            }

            fn encode(self) -> ::tfplug::value::Value {
                <Self as ::tfplug::model::Model>::into_value(self)
            }
        }
    })
}

/// What `#[tf(...)]` says of the struct.
struct Struct {
    version: TokenStream,
    deprecated: Option<LitStr>,
    rules: Vec<Expr>,
}

impl Struct {
    fn parse(input: &DeriveInput) -> Result<Self> {
        let mut parsed = Self {
            version: quote!(0),
            deprecated: None,
            rules: Vec::new(),
        };
        for attribute in input
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("tf"))
        {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("version") {
                    let version: LitInt = meta.value()?.parse()?;
                    parsed.version = quote!(#version);
                } else if meta.path.is_ident("deprecated") {
                    parsed.deprecated = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("rules") {
                    parsed.rules.extend(expressions(&meta)?);
                } else {
                    return Err(meta.error("version, deprecated or rules is expected"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

fn attribute(field: &syn::Field, options: &Options) -> Result<TokenStream> {
    let Options {
        name,
        description,
        sensitive,
        write_only,
        checks,
        modifiers,
        ..
    } = options;
    let ty = &field.ty;
    if options.variadic {
        return Err(Error::new(
            field.span(),
            "only a function's parameter is variadic",
        ));
    }
    let mode = format_ident!("{}", options.mode(field.span())?);
    let deprecated = option(options.deprecated.as_ref());
    let default = match &options.default {
        Some(default) => {
            quote!(::std::option::Option::Some(<#ty>::from(#default).into_value()))
        }
        None => quote!(::std::option::Option::None),
    };
    Ok(quote! {
        ::tfplug::schema::Attribute {
            name: ::std::string::String::from(#name),
            shape: <#ty>::shape(),
            description: ::std::string::String::from(#description),
            mode: ::tfplug::schema::Mode::#mode,
            sensitive: #sensitive,
            write_only: #write_only,
            deprecated: #deprecated,
            default: #default,
            checks: {
                #[allow(unused_imports)]
                use ::tfplug::validate::*;
                ::std::vec![#(#checks),*]
            },
            modifiers: {
                #[allow(unused_imports)]
                use ::tfplug::plan::*;
                ::std::vec![#(#modifiers),*]
            },
        }
    })
}

fn block(field: &syn::Field, options: &Options) -> Result<TokenStream> {
    let Options {
        name,
        description,
        required,
        ..
    } = options;
    let ty = &field.ty;
    let plain = options.default.is_none()
        && options.checks.is_empty()
        && options.modifiers.is_empty()
        && !(options.computed || options.sensitive || options.write_only || options.variadic);
    if !plain {
        return Err(Error::new(
            field.span(),
            "a block is required or not, and nothing else",
        ));
    }
    let deprecated = option(options.deprecated.as_ref());
    Ok(quote! {
        ::tfplug::schema::Block::new(#name, #description, #deprecated, #required, <#ty>::shape())
    })
}

fn option(text: Option<&LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(::std::option::Option::Some(::std::string::String::from(#text))),
        None => quote!(::std::option::Option::None),
    }
}
