//! Data sources for the protocol.

use std::sync::OnceLock;

use super::{Answer, BoxFuture, Surroundings, finish_read, look, model, validate_model};
use crate::context::{Cx, Private};
use crate::data_source::DataSource;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::panic::catch;
use crate::resource::DEFAULT_TIMEOUT;
use crate::schema::Schema;
use crate::value::Value;

/// A data source of a provider, whatever its model.
pub(crate) trait AnyDataSource<D>: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn validate(&self, config: Value) -> Diagnostics;
    fn read(&self, around: Surroundings<D>, config: Value) -> BoxFuture<'_, Answer>;
}

pub(crate) struct DataSourceAdapter<S> {
    source: S,
    schema: OnceLock<Schema>,
}

impl<S: DataSource> DataSourceAdapter<S> {
    pub(crate) fn new(source: S) -> Self {
        Self {
            source,
            schema: OnceLock::new(),
        }
    }
}

impl<S: DataSource> AnyDataSource<S::Data> for DataSourceAdapter<S> {
    fn type_name(&self) -> &'static str {
        self.source.type_name()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(S::Model::schema)
    }

    fn validate(&self, config: Value) -> Diagnostics {
        validate_model(
            self.schema(),
            &config,
            config.clone(),
            true,
            |config, out| {
                self.source.validate(config, out);
            },
        )
    }

    fn read(&self, around: Surroundings<S::Data>, config: Value) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let cx = Cx::new(around, DEFAULT_TIMEOUT, Private::default());
            let read = async { self.source.read(&cx, model(config)?).await };
            let result = catch(look(&cx, read)).await;
            finish_read(result, &cx, Value::Null)
        })
    }
}
