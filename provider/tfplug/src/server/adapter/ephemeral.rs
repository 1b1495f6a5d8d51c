//! Ephemeral resources for the protocol.

use std::sync::OnceLock;
use std::time::SystemTime;

use super::{Answer, BoxFuture, Surroundings, failure, finish_read, model, validate_model};
use crate::context::{Cx, Private};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::ephemeral::EphemeralResource;
use crate::model::Model;
use crate::panic::catch;
use crate::resource::DEFAULT_TIMEOUT;
use crate::schema::Schema;
use crate::value::Value;

/// An ephemeral resource of a provider, whatever its model.
pub(crate) trait AnyEphemeral<D>: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn validate(&self, config: Value) -> Diagnostics;
    fn open(&self, around: Surroundings<D>, config: Value) -> BoxFuture<'_, EphemeralOpened>;
    fn renew(&self, around: Surroundings<D>, private: Vec<u8>) -> BoxFuture<'_, EphemeralOpened>;
    fn close(&self, around: Surroundings<D>, private: Vec<u8>) -> BoxFuture<'_, Diagnostics>;
}

/// An answer, and when Terraform should renew.
pub(crate) struct EphemeralOpened {
    pub(crate) answer: Answer,
    pub(crate) renew_at: Option<SystemTime>,
}

pub(crate) struct EphemeralAdapter<E> {
    ephemeral: E,
    schema: OnceLock<Schema>,
}

impl<E: EphemeralResource> EphemeralAdapter<E> {
    pub(crate) fn new(ephemeral: E) -> Self {
        Self {
            ephemeral,
            schema: OnceLock::new(),
        }
    }
}

impl<E: EphemeralResource> AnyEphemeral<E::Data> for EphemeralAdapter<E> {
    fn type_name(&self) -> &'static str {
        self.ephemeral.type_name()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(E::Model::schema)
    }

    fn validate(&self, config: Value) -> Diagnostics {
        validate_model(
            self.schema(),
            &config,
            config.clone(),
            true,
            |config, out| {
                self.ephemeral.validate(config, out);
            },
        )
    }

    fn open(&self, around: Surroundings<E::Data>, config: Value) -> BoxFuture<'_, EphemeralOpened> {
        Box::pin(async move {
            let cx = Cx::new(around, DEFAULT_TIMEOUT, Private::default());
            let mut renew_at = None;
            let result = catch(async {
                let opened = self.ephemeral.open(&cx, model(config)?).await?;
                renew_at = opened.renew_at;
                Ok(opened.result)
            })
            .await;
            EphemeralOpened {
                answer: finish_read(result, &cx, Value::Null),
                renew_at,
            }
        })
    }

    fn renew(
        &self,
        around: Surroundings<E::Data>,
        private: Vec<u8>,
    ) -> BoxFuture<'_, EphemeralOpened> {
        Box::pin(async move {
            let private = Private::from_bytes(&private);
            let cx = Cx::new(around, DEFAULT_TIMEOUT, private);
            let result = catch(self.ephemeral.renew(&cx)).await;
            let (renew_at, diagnostics) = outcome(result, &cx);
            let private = cx.private_bytes();
            let answer = Answer {
                value: Value::Null,
                private,
                diagnostics,
            };
            EphemeralOpened {
                answer,
                renew_at: renew_at.flatten(),
            }
        })
    }

    fn close(&self, around: Surroundings<E::Data>, private: Vec<u8>) -> BoxFuture<'_, Diagnostics> {
        Box::pin(async move {
            let private = Private::from_bytes(&private);
            let cx = Cx::new(around, DEFAULT_TIMEOUT, private);
            let result = catch(self.ephemeral.close(&cx)).await;
            outcome(result, &cx).1
        })
    }
}

fn outcome<T, D>(result: Result<Result<T>, Diagnostic>, cx: &Cx<D>) -> (Option<T>, Diagnostics) {
    let mut diagnostics = cx.take_warnings();
    match result {
        Ok(Ok(value)) => return (Some(value), diagnostics),
        Ok(Err(errors)) => diagnostics.extend(failure(errors)),
        Err(panic) => diagnostics.push(panic),
    }
    (None, diagnostics)
}
