//! The calls that Terraform would make of the provider, made in this process.

use std::time::Duration;

use serde_json::{Value as Json, json};
use terraform_provider_kubeha::Kubeha;
use tfplug::proto::tfplugin6 as tf;
use tfplug::proto::tfplugin6::provider_server::Provider as _;
use tfplug::schema::Schema;
use tfplug::transport::Lifecycle;
use tfplug::value::Value;
use tfplug::{Server, reference};
use tonic::Request;

use crate::fixtures::Stored;

/// Far beyond what any call here takes on a busy machine: a call that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// A configured provider.
pub(crate) struct Terraform {
    server: Server<Kubeha>,
}

/// A state with the private one beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) value: Option<tf::DynamicValue>,
    pub(crate) private: Vec<u8>,
}

/// What the provider said of a call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) state: State,
    /// `summary: detail` of each error.
    pub(crate) errors: Vec<String>,
}

impl Terraform {
    /// A provider whose AWS listens at `url`. Each call is tried once: nothing waits for a retry.
    pub(crate) async fn at(url: &str) -> Self {
        let services = [
            "autoscaling",
            "ec2",
            "elbv2",
            "iam",
            "route53",
            "ssm",
            "sts",
        ];
        let endpoints: serde_json::Map<_, _> = services
            .iter()
            .map(|service| ((*service).to_owned(), json!(url)))
            .collect();
        let config = json!({
            "region": "us-east-1",
            "access_key": "200000000001",
            "secret_key": "any",
            "max_retries": 1,
            "no_proxy": "127.0.0.1",
            "skip_metadata_api_check": true,
            "cluster_name": "acc",
            "owner": "acceptance/acc",
            "endpoints": endpoints,
        });
        crate::panics::watch();
        let server = Server::new(Kubeha, Lifecycle::default());
        let request = tf::configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(whole(&reference(Kubeha).provider, &config)),
            ..Default::default()
        };
        let answer = server.configure_provider(Request::new(request)).await;
        assert_eq!(answer.unwrap().into_inner().diagnostics, []);
        Self { server }
    }

    /// Brings a stored state to today's schema.
    pub(crate) async fn upgrade(&self, stored: &Stored) -> Answer {
        let request = tf::upgrade_resource_state::Request {
            type_name: stored.resource.clone(),
            version: stored.schema_version.try_into().unwrap(),
            raw_state: Some(tf::RawState {
                json: stored.attributes.to_string().into_bytes(),
                ..Default::default()
            }),
        };
        let answer = within(self.server.upgrade_resource_state(Request::new(request))).await;
        Answer::new(
            answer.upgraded_state,
            stored.private.clone(),
            answer.diagnostics,
        )
    }

    /// Refreshes it.
    pub(crate) async fn read(&self, resource: &str, state: State) -> Answer {
        let request = tf::read_resource::Request {
            type_name: resource.to_owned(),
            current_state: state.value,
            private: state.private,
            ..Default::default()
        };
        let answer = within(self.server.read_resource(Request::new(request))).await;
        Answer::new(answer.new_state, answer.private, answer.diagnostics)
    }

    /// Imports an object, which Terraform then refreshes.
    pub(crate) async fn import(&self, resource: &str, id: &str) -> Answer {
        let request = tf::import_resource_state::Request {
            type_name: resource.to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let answer = within(self.server.import_resource_state(Request::new(request))).await;
        let imported = answer.imported_resources.into_iter().next();
        let (state, private) = imported.map_or((None, Vec::new()), |one| (one.state, one.private));
        let answer = Answer::new(state, private, answer.diagnostics);
        if answer.state.value.is_some() {
            return self.read(resource, answer.state).await;
        }
        answer
    }
}

impl Answer {
    fn new(
        value: Option<tf::DynamicValue>,
        private: Vec<u8>,
        diagnostics: Vec<tf::Diagnostic>,
    ) -> Self {
        let error = i32::from(tf::diagnostic::Severity::Error);
        let errors = diagnostics.into_iter().filter(|one| one.severity == error);
        Self {
            state: State { value, private },
            errors: errors
                .map(|error| format!("{}: {}", error.summary, error.detail))
                .collect(),
        }
    }

    /// The state as JSON without nulls; null for none.
    pub(crate) fn json(&self, schema: &Schema) -> Json {
        let Some(value) = &self.state.value else {
            return Json::Null;
        };
        let value = Value::from_msgpack(&value.msgpack, &schema.ty()).unwrap();
        without_nulls(&plain(&value))
    }

    /// Panics, those that the provider tells as a bug included.
    pub(crate) fn panics(&self) -> Vec<String> {
        let told = self
            .errors
            .iter()
            .filter(|error| error.contains("panicked"));
        told.cloned().chain(crate::panics::seen()).collect()
    }
}

/// The schema of a type.
pub(crate) fn schema(resource: &str) -> Schema {
    reference(Kubeha).resources[resource].clone()
}

/// The same without attributes that are null and blocks that aren't there, at any depth.
pub(crate) fn without_nulls(json: &Json) -> Json {
    match json {
        Json::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .filter(|(_, value)| !value.is_null() && *value != json!([]) && *value != json!({}))
            .collect(),
        Json::Array(elements) => elements.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

async fn within<T>(answer: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>) -> T {
    let answer = tokio::time::timeout(LIMIT, answer).await;
    answer.expect("the provider hangs").unwrap().into_inner()
}

/// A configuration in which everything that isn't named is null.
fn whole(schema: &Schema, attributes: &Json) -> tf::DynamicValue {
    let Value::Map(mut object) = schema.empty_object() else {
        panic!("a schema's object is a map")
    };
    let tfplug::value::Type::Object(types) = schema.ty() else {
        panic!("a schema's type is an object")
    };
    for (name, value) in attributes.as_object().unwrap() {
        let ty = &types[name];
        let value = complete(value, ty);
        object.insert(name.clone(), Value::from_json(&value, ty).unwrap());
    }
    tf::DynamicValue {
        msgpack: Value::Map(object).to_msgpack(),
        json: Vec::new(),
    }
}

/// An object with nulls for all that it lacks.
fn complete(value: &Json, ty: &tfplug::value::Type) -> Json {
    let (Json::Object(entries), tfplug::value::Type::Object(types)) = (value, ty) else {
        return value.clone();
    };
    let all = types.iter().map(|(name, ty)| {
        let value = entries
            .get(name)
            .map_or(Json::Null, |value| complete(value, ty));
        (name.clone(), value)
    });
    all.collect()
}

/// A known value as a state file has it.
fn plain(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => elements.iter().map(plain).collect(),
        Value::Set(set) => {
            let mut elements: Vec<_> = set.iter().map(plain).collect();
            elements.sort_by_key(ToString::to_string);
            Json::Array(elements)
        }
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect(),
        Value::Dynamic(typed) => plain(&typed.1),
    }
}
