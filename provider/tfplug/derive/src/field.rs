//! What `#[tf(...)]` says of a field.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Field, LitStr, Result, Token, parenthesized};

use crate::docs::description;

/// A field of a model.
pub(crate) struct Options {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) computed: bool,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
    pub(crate) block: bool,
    pub(crate) variadic: bool,
    pub(crate) default: Option<Expr>,
    pub(crate) deprecated: Option<LitStr>,
    pub(crate) checks: Vec<Expr>,
    pub(crate) modifiers: Vec<Expr>,
}

impl Options {
    pub(crate) fn parse(field: &Field) -> Result<Self> {
        let ident = field
            .ident
            .as_ref()
            .ok_or_else(|| Error::new_spanned(field, "a struct with named fields is required"))?;
        let name = ident.to_string();
        let mut options = Self {
            name: name.strip_prefix("r#").unwrap_or(&name).to_owned(),
            description: description(&field.attrs, "a field of a schema", ident.span())?,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            block: false,
            variadic: false,
            default: None,
            deprecated: None,
            checks: Vec::new(),
            modifiers: Vec::new(),
        };
        for attribute in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("tf"))
        {
            attribute.parse_nested_meta(|meta| options.option(&meta))?;
        }
        Ok(options)
    }

    fn option(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        match name.as_str() {
            "required" => self.required = true,
            "optional" => self.optional = true,
            "computed" => self.computed = true,
            "sensitive" => self.sensitive = true,
            "write_only" => self.write_only = true,
            "block" => self.block = true,
            "variadic" => self.variadic = true,
            "name" => self.name = meta.value()?.parse::<LitStr>()?.value(),
            "default" => self.default = Some(meta.value()?.parse()?),
            "deprecated" => self.deprecated = Some(meta.value()?.parse()?),
            "check" => self.checks.extend(expressions(meta)?),
            "plan" => self.modifiers.extend(expressions(meta)?),
            _ => {
                return Err(meta.error(
                    "one of required, optional, computed, sensitive, write_only, block, variadic, \
                     name, default, deprecated, check or plan is expected",
                ));
            }
        }
        Ok(())
    }

    /// The mode as a variant's name. A default implies optional and computed, since the provider
    /// then sets what the configuration doesn't.
    pub(crate) fn mode(&self, span: Span) -> Result<&'static str> {
        match (
            self.required,
            self.optional,
            self.computed,
            self.default.is_some(),
        ) {
            (true, false, false, false) => Ok("Required"),
            (false, true, false, false) => Ok("Optional"),
            (false, false, true, false) => Ok("Computed"),
            (false, true, true, false) | (false, _, _, true) => Ok("OptionalComputed"),
            (false, false, false, false) => Err(Error::new(
                span,
                "say who sets it: #[tf(required)], #[tf(optional)], #[tf(computed)], \
                 #[tf(optional, computed)] or #[tf(default = ...)]",
            )),
            (true, ..) => Err(Error::new(
                span,
                "what is required can't be optional or computed, nor have a default",
            )),
        }
    }
}

/// `name(expression, expression, ...)`
pub(crate) fn expressions(meta: &ParseNestedMeta<'_>) -> Result<Vec<Expr>> {
    let content;
    parenthesized!(content in meta.input);
    let expressions = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
    Ok(expressions.into_iter().collect())
}
