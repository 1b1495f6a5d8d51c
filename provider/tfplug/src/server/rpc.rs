//! The RPCs, one method each.

use tonic::{Request, Response, Status};

use super::adapter::{Apply, Plan, Stored};
use super::wire::{self, decode, encode};
use super::{Inner, Server};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::model::Model;
use crate::proto::tfplugin6::provider_server::Provider as Service;
use crate::proto::tfplugin6::{
    FunctionError, RawState, apply_resource_change, call_function, close_ephemeral_resource,
    configure_provider, get_functions, get_metadata, get_provider_schema,
    get_resource_identity_schemas, import_resource_state, move_resource_state,
    open_ephemeral_resource, plan_resource_change, read_data_source, read_resource,
    renew_ephemeral_resource, stop_provider, upgrade_resource_identity, upgrade_resource_state,
    validate_data_resource_config, validate_ephemeral_resource_config, validate_provider_config,
    validate_resource_config,
};
use crate::provider::{Configure, Provider};
use crate::resource::MoveSource;
use crate::validate::validate;
use crate::value::Value;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// An answer that says only what went wrong.
macro_rules! refuse {
    ($response:ty) => {
        |errors: Diagnostics| {
            let mut response = <$response>::default();
            response.diagnostics = wire::diagnostics(errors);
            response
        }
    };
}

#[tonic::async_trait]
impl<P: Provider> Service for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<get_metadata::Request>,
    ) -> Answer<get_metadata::Response> {
        Ok(Response::new(self.0.metadata()))
    }

    async fn get_provider_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Answer<get_provider_schema::Response> {
        let answer = self.run(
            async |inner| Ok(inner.schemas()),
            refuse!(get_provider_schema::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn get_functions(
        &self,
        _: Request<get_functions::Request>,
    ) -> Answer<get_functions::Response> {
        let functions = self.0.functions();
        Ok(Response::new(get_functions::Response {
            functions,
            diagnostics: Vec::new(),
        }))
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<get_resource_identity_schemas::Request>,
    ) -> Answer<get_resource_identity_schemas::Response> {
        Ok(Response::new(
            get_resource_identity_schemas::Response::default(),
        ))
    }

    async fn upgrade_resource_identity(
        &self,
        _: Request<upgrade_resource_identity::Request>,
    ) -> Answer<upgrade_resource_identity::Response> {
        Err(Status::unimplemented(
            "no resource of this provider has an identity",
        ))
    }

    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Answer<validate_provider_config::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let schema = Inner::<P>::config_schema();
                let config = decode(request.config, &schema)?;
                let mut found = validate(&schema, &config, true);
                match P::Config::from_value(config) {
                    Ok(config) => inner.provider.validate(&config, &mut found),
                    Err(_) if found.has_errors() => {}
                    Err(error) => found.push(super::adapter::invalid(error)),
                }
                Ok(validate_provider_config::Response {
                    diagnostics: wire::diagnostics_in(&schema, found),
                })
            },
            refuse!(validate_provider_config::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Answer<configure_provider::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let config = decode(request.config, &Inner::<P>::config_schema())?;
                let config = P::Config::from_value(config).map_err(super::adapter::invalid)?;
                let terraform_version = request.terraform_version;
                let stop = inner.lifecycle.stop.clone();
                let call = Configure {
                    config,
                    terraform_version,
                    stop,
                };
                inner.configure(inner.provider.configure(call).await?);
                Ok(configure_provider::Response::default())
            },
            refuse!(configure_provider::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn validate_resource_config(
        &self,
        request: Request<validate_resource_config::Request>,
    ) -> Answer<validate_resource_config::Response> {
        let request = request.into_inner();
        let write_only = request
            .client_capabilities
            .is_some_and(|can| can.write_only_attributes_allowed);
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let config = decode(request.config, resource.schema())?;
                let found = resource.validate(config, write_only);
                Ok(validate_resource_config::Response {
                    diagnostics: wire::diagnostics_in(resource.schema(), found),
                })
            },
            refuse!(validate_resource_config::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<validate_data_resource_config::Request>,
    ) -> Answer<validate_data_resource_config::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let source = inner.data_source(&request.type_name)?;
                let found = source.validate(decode(request.config, source.schema())?);
                let diagnostics = wire::diagnostics_in(source.schema(), found);
                Ok(validate_data_resource_config::Response { diagnostics })
            },
            refuse!(validate_data_resource_config::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<validate_ephemeral_resource_config::Request>,
    ) -> Answer<validate_ephemeral_resource_config::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let ephemeral = inner.ephemeral(&request.type_name)?;
                let found = ephemeral.validate(decode(request.config, ephemeral.schema())?);
                let diagnostics = wire::diagnostics_in(ephemeral.schema(), found);
                Ok(validate_ephemeral_resource_config::Response { diagnostics })
            },
            refuse!(validate_ephemeral_resource_config::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Answer<upgrade_resource_state::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let state = stored_json(request.raw_state)?;
                let version = u64::try_from(request.version).unwrap_or_default();
                let upgraded = resource.upgrade(version, state)?;
                let upgraded_state = encode(&upgraded);
                Ok(upgrade_resource_state::Response {
                    upgraded_state,
                    diagnostics: Vec::new(),
                })
            },
            refuse!(upgrade_resource_state::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Answer<read_resource::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let state = decode(request.current_state, resource.schema())?;
                let stored = Stored {
                    state,
                    private: request.private,
                };
                let answer = resource.read(inner.surroundings()?, stored).await;
                Ok(read_resource::Response {
                    new_state: encode(&answer.value),
                    diagnostics: wire::diagnostics(answer.diagnostics),
                    private: answer.private,
                    ..Default::default()
                })
            },
            refuse!(read_resource::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Answer<plan_resource_change::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let schema = resource.schema();
                let plan = Plan {
                    prior: decode(request.prior_state, schema)?,
                    proposed: decode(request.proposed_new_state, schema)?,
                    config: decode(request.config, schema)?,
                    private: request.prior_private,
                };
                let planned = resource.plan(inner.surroundings()?, plan).await;
                Ok(plan_resource_change::Response {
                    planned_state: encode(&planned.answer.value),
                    requires_replace: planned.replace.iter().map(wire::path).collect(),
                    planned_private: planned.answer.private,
                    diagnostics: wire::diagnostics_in(schema, planned.answer.diagnostics),
                    ..Default::default()
                })
            },
            refuse!(plan_resource_change::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Answer<apply_resource_change::Response> {
        let request = request.into_inner();
        // An answer without a state would mean that the object is gone.
        let prior = request.prior_state.clone();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let schema = resource.schema();
                let apply = Apply {
                    prior: decode(request.prior_state, schema)?,
                    planned: decode(request.planned_state, schema)?,
                    config: decode(request.config, schema)?,
                    private: request.planned_private,
                };
                inner.begin_to_apply();
                let applied = resource.apply(inner.surroundings()?, apply).await;
                Ok(apply_resource_change::Response {
                    new_state: encode(&applied.value),
                    private: applied.private,
                    diagnostics: wire::diagnostics_in(schema, applied.diagnostics),
                    ..Default::default()
                })
            },
            refuse!(apply_resource_change::Response),
        );
        let mut answer = answer.await;
        if answer.new_state.is_none() {
            answer.new_state = prior;
        }
        Ok(Response::new(answer))
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Answer<import_resource_state::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.type_name)?;
                let answer = resource.import(inner.surroundings()?, request.id).await;
                let imported = import_resource_state::ImportedResource {
                    type_name: request.type_name,
                    state: encode(&answer.value),
                    private: answer.private,
                    identity: None,
                };
                Ok(import_resource_state::Response {
                    imported_resources: if answer.diagnostics.has_errors() {
                        Vec::new()
                    } else {
                        vec![imported]
                    },
                    diagnostics: wire::diagnostics(answer.diagnostics),
                    ..Default::default()
                })
            },
            refuse!(import_resource_state::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> Answer<move_resource_state::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let resource = inner.resource(&request.target_type_name)?;
                let source = MoveSource {
                    provider_address: request.source_provider_address,
                    type_name: request.source_type_name,
                    schema_version: u64::try_from(request.source_schema_version)
                        .unwrap_or_default(),
                    state: stored_json(request.source_state)?,
                };
                let moved = resource.move_from(&source).ok_or_else(|| {
                    Diagnostic::error(
                        "Move not supported",
                        format!(
                            "A {} of {} can't become a {}. Remove the \"moved\" block; to keep the \
                             object, use an \"import\" block and a \"removed\" block instead.",
                            source.type_name, source.provider_address, request.target_type_name
                        ),
                    )
                })??;
                let target_state = encode(&moved);
                Ok(move_resource_state::Response {
                    target_state,
                    ..Default::default()
                })
            },
            refuse!(move_resource_state::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Answer<read_data_source::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let source = inner.data_source(&request.type_name)?;
                let config = decode(request.config, source.schema())?;
                let answer = source.read(inner.surroundings()?, config).await;
                Ok(read_data_source::Response {
                    state: encode(&answer.value),
                    diagnostics: wire::diagnostics_in(source.schema(), answer.diagnostics),
                    ..Default::default()
                })
            },
            refuse!(read_data_source::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<open_ephemeral_resource::Request>,
    ) -> Answer<open_ephemeral_resource::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let ephemeral = inner.ephemeral(&request.type_name)?;
                let config = decode(request.config, ephemeral.schema())?;
                let opened = ephemeral.open(inner.surroundings()?, config).await;
                Ok(open_ephemeral_resource::Response {
                    diagnostics: wire::diagnostics_in(
                        ephemeral.schema(),
                        opened.answer.diagnostics,
                    ),
                    renew_at: opened.renew_at.map(wire::timestamp),
                    result: encode(&opened.answer.value),
                    private: Some(opened.answer.private),
                    deferred: None,
                })
            },
            refuse!(open_ephemeral_resource::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<renew_ephemeral_resource::Request>,
    ) -> Answer<renew_ephemeral_resource::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let ephemeral = inner.ephemeral(&request.type_name)?;
                let private = request.private.unwrap_or_default();
                let renewed = ephemeral.renew(inner.surroundings()?, private).await;
                Ok(renew_ephemeral_resource::Response {
                    diagnostics: wire::diagnostics(renewed.answer.diagnostics),
                    renew_at: renewed.renew_at.map(wire::timestamp),
                    private: Some(renewed.answer.private),
                })
            },
            refuse!(renew_ephemeral_resource::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<close_ephemeral_resource::Request>,
    ) -> Answer<close_ephemeral_resource::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| {
                let ephemeral = inner.ephemeral(&request.type_name)?;
                let private = request.private.unwrap_or_default();
                let found = ephemeral.close(inner.surroundings()?, private).await;
                Ok(close_ephemeral_resource::Response {
                    diagnostics: wire::diagnostics(found),
                })
            },
            refuse!(close_ephemeral_resource::Response),
        );
        Ok(Response::new(answer.await))
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Answer<call_function::Response> {
        let request = request.into_inner();
        let answer = self.run(
            async move |inner| Ok(call(&inner, request)),
            |errors| {
                let text = errors
                    .iter()
                    .map(Diagnostic::detail)
                    .collect::<Vec<_>>()
                    .join("\n");
                let error = FunctionError {
                    text,
                    function_argument: None,
                };
                call_function::Response {
                    result: None,
                    error: Some(error),
                }
            },
        );
        Ok(Response::new(answer.await))
    }

    async fn stop_provider(
        &self,
        _: Request<stop_provider::Request>,
    ) -> Answer<stop_provider::Response> {
        tracing::info!("stopping: operations end as soon as they can");
        self.0.lifecycle.stop.cancel();
        Ok(Response::new(stop_provider::Response::default()))
    }
}

fn call<P: Provider>(inner: &Inner<P>, request: call_function::Request) -> call_function::Response {
    let functions = &inner.registry.functions;
    let Some(function) = functions
        .iter()
        .find(|function| function.name() == request.name)
    else {
        let text = format!("This provider has no function \"{}\".", request.name);
        let error = FunctionError {
            text,
            function_argument: None,
        };
        return call_function::Response {
            result: None,
            error: Some(error),
        };
    };
    let parameters = function.parameters();
    let arguments: Result<Vec<Value>> = request
        .arguments
        .into_iter()
        .enumerate()
        .map(|(index, argument)| {
            // Arguments beyond the last parameter are the variadic one's.
            let parameter = parameters
                .get(index)
                .or_else(|| parameters.last())
                .ok_or_else(|| {
                    Diagnostic::bug(format!(
                        "The function \"{}\" has no parameter.",
                        request.name
                    ))
                })?;
            wire::decode_as(Some(argument), &parameter.ty)
        })
        .collect();
    let result = match arguments {
        Ok(arguments) => function.call(arguments),
        Err(errors) => {
            let texts: Vec<_> = errors.iter().map(Diagnostic::detail).collect();
            Err(crate::function::FunctionError::new(texts.join("\n")))
        }
    };
    match result {
        Ok(value) => call_function::Response {
            result: encode(&value),
            error: None,
        },
        Err(error) => {
            let position = error.parameter.and_then(|name| {
                parameters
                    .iter()
                    .position(|parameter| parameter.name == name)
            });
            let function_argument = position.and_then(|position| i64::try_from(position).ok());
            let error = FunctionError {
                text: error.text,
                function_argument,
            };
            call_function::Response {
                result: None,
                error: Some(error),
            }
        }
    }
}

/// The JSON of a stored state.
fn stored_json(state: Option<RawState>) -> Result<serde_json::Value> {
    let state = state.unwrap_or_default();
    if state.json.is_empty() {
        return Err(Diagnostic::error(
            "State can't be read",
            "The stored state is in the format of Terraform 0.11 and earlier, which this provider \
             has never written.",
        )
        .into());
    }
    serde_json::from_slice(&state.json).map_err(|error| {
        Diagnostic::error(
            "State can't be read",
            format!("The stored state is no JSON: {error}."),
        )
        .into()
    })
}
