//! What the provider offers, for Terraform and for tools that write its reference.

use std::collections::BTreeMap;

use super::Inner;
use super::adapter::AnyFunction;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Parameter;
use crate::proto::tfplugin6::{self as wire, function, get_metadata, get_provider_schema};
use crate::provider::Provider;
use crate::schema::Schema;
use crate::value::Type;

/// All that a provider offers, by name.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The `provider` block.
    pub provider: Schema,
    /// The managed resources.
    pub resources: BTreeMap<String, Schema>,
    /// The data sources.
    pub data_sources: BTreeMap<String, Schema>,
    /// The ephemeral resources.
    pub ephemeral_resources: BTreeMap<String, Schema>,
    /// The functions.
    pub functions: BTreeMap<String, FunctionReference>,
}

/// A function, as its reference page needs it.
#[derive(Clone, Debug)]
pub struct FunctionReference {
    /// What it computes, in one line.
    pub summary: String,
    /// What it computes, in markdown.
    pub description: String,
    /// Its parameters in their order.
    pub parameters: Vec<Parameter>,
    /// The type of its result.
    pub output: Type,
}

impl<P: Provider> Inner<P> {
    pub(super) fn reference(&self) -> Reference {
        let registry = &self.registry;
        Reference {
            provider: Self::config_schema(),
            resources: registry
                .resources
                .iter()
                .map(|resource| (resource.type_name().to_owned(), resource.schema().clone()))
                .collect(),
            data_sources: registry
                .data_sources
                .iter()
                .map(|source| (source.type_name().to_owned(), source.schema().clone()))
                .collect(),
            ephemeral_resources: registry
                .ephemerals
                .iter()
                .map(|ephemeral| (ephemeral.type_name().to_owned(), ephemeral.schema().clone()))
                .collect(),
            functions: registry
                .functions
                .iter()
                .map(|function| {
                    (
                        function.name().to_owned(),
                        function_reference(function.as_ref()),
                    )
                })
                .collect(),
        }
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let reference = self.reference();
        let schemas = std::iter::once(("provider", &reference.provider)).chain(
            [
                &reference.resources,
                &reference.data_sources,
                &reference.ephemeral_resources,
            ]
            .into_iter()
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema)),
        );
        schemas
            .flat_map(|(name, schema)| {
                let problems = schema.problems();
                problems
                    .into_iter()
                    .map(move |problem| format!("{name}: {problem}"))
            })
            .collect()
    }

    pub(super) fn metadata(&self) -> get_metadata::Response {
        let registry = &self.registry;
        get_metadata::Response {
            server_capabilities: Some(capabilities()),
            diagnostics: Vec::new(),
            data_sources: registry
                .data_sources
                .iter()
                .map(|source| get_metadata::DataSourceMetadata {
                    type_name: source.type_name().to_owned(),
                })
                .collect(),
            resources: registry
                .resources
                .iter()
                .map(|resource| get_metadata::ResourceMetadata {
                    type_name: resource.type_name().to_owned(),
                })
                .collect(),
            functions: registry
                .functions
                .iter()
                .map(|function| get_metadata::FunctionMetadata {
                    name: function.name().to_owned(),
                })
                .collect(),
            ephemeral_resources: registry
                .ephemerals
                .iter()
                .map(|ephemeral| get_metadata::EphemeralMetadata {
                    type_name: ephemeral.type_name().to_owned(),
                })
                .collect(),
        }
    }

    pub(super) fn schemas(&self) -> get_provider_schema::Response {
        let registry = &self.registry;
        let problems = self.problems();
        let diagnostics: Diagnostics = problems.iter().map(Diagnostic::bug).collect();
        get_provider_schema::Response {
            provider: Some(Self::config_schema().to_wire()),
            resource_schemas: registry
                .resources
                .iter()
                .map(|resource| (resource.type_name().to_owned(), resource.schema().to_wire()))
                .collect(),
            data_source_schemas: registry
                .data_sources
                .iter()
                .map(|source| (source.type_name().to_owned(), source.schema().to_wire()))
                .collect(),
            functions: self.functions(),
            ephemeral_resource_schemas: registry
                .ephemerals
                .iter()
                .map(|ephemeral| {
                    (
                        ephemeral.type_name().to_owned(),
                        ephemeral.schema().to_wire(),
                    )
                })
                .collect(),
            diagnostics: super::wire::diagnostics(diagnostics),
            provider_meta: None,
            server_capabilities: Some(capabilities()),
        }
    }

    pub(super) fn functions(&self) -> BTreeMap<String, wire::Function> {
        self.registry
            .functions
            .iter()
            .map(|function| {
                (
                    function.name().to_owned(),
                    function_to_wire(function_reference(function.as_ref())),
                )
            })
            .collect()
    }
}

fn capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
    }
}

fn function_reference(function: &dyn AnyFunction) -> FunctionReference {
    FunctionReference {
        summary: function.summary().to_owned(),
        description: function.description().to_owned(),
        parameters: function.parameters(),
        output: function.output(),
    }
}

fn function_to_wire(function: FunctionReference) -> wire::Function {
    let (variadic, positional): (Vec<_>, Vec<_>) = function
        .parameters
        .into_iter()
        .partition(|parameter| parameter.variadic);
    wire::Function {
        parameters: positional.into_iter().map(parameter_to_wire).collect(),
        variadic_parameter: variadic.into_iter().next().map(parameter_to_wire),
        r#return: Some(function::Return {
            r#type: type_to_wire(&function.output),
        }),
        summary: function.summary,
        description: function.description,
        description_kind: wire::StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

fn parameter_to_wire(parameter: Parameter) -> function::Parameter {
    function::Parameter {
        name: parameter.name.to_owned(),
        r#type: type_to_wire(&parameter.ty),
        allow_null_value: parameter.allow_null,
        // A pure function of unknown arguments has an unknown result; Terraform sees to that.
        allow_unknown_values: false,
        description: parameter.description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
    }
}

fn type_to_wire(ty: &Type) -> Vec<u8> {
    ty.to_json().to_string().into_bytes()
}
