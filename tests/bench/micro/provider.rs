//! The release build, running and spoken to as Terraform does to a provider that somebody debugs:
//! over a Unix socket, without TLS.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tfplug::proto::tfplugin6::provider_client::ProviderClient;
use tfplug::proto::tfplugin6::schema::{Attribute, Block, nested_block, object};
use tfplug::proto::tfplugin6::{DynamicValue, Schema, configure_provider, get_provider_schema};
use tfplug::value::{Type, Value};
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint, Uri};

use crate::Result;

/// A running provider. It ends with this.
pub(crate) struct Provider {
    pub(crate) client: ProviderClient<Channel>,
    pub(crate) pid: u32,
    /// The types of resources' objects.
    pub(crate) schemas: BTreeMap<String, Type>,
    /// The attributes of each resource that a configuration may set.
    pub(crate) settable: BTreeMap<String, Vec<String>>,
    child: Child,
}

impl Provider {
    /// Starts it and configures it as Terraform does while its region isn't known yet. Such a
    /// provider plans and asks AWS for nothing.
    pub(crate) async fn start() -> Result<Self> {
        let mut child = Command::new(release_build()?)
            .arg("--debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let socket = socket(&mut child);
        // From here on it is ended whatever happens.
        let mut provider = Self {
            client: ProviderClient::new(channel(socket?).await?),
            pid: child.id(),
            schemas: BTreeMap::new(),
            settable: BTreeMap::new(),
            child,
        };
        let request = get_provider_schema::Request {};
        let answer = provider.client.get_provider_schema(request).await?;
        let answer = answer.into_inner();
        for (name, schema) in &answer.resource_schemas {
            let block = block(schema)?;
            provider.schemas.insert(name.clone(), object(block)?);
            let settable = block.attributes.iter();
            let settable = settable.filter(|one| one.required || one.optional);
            let settable = settable.map(|one| one.name.clone()).collect();
            provider.settable.insert(name.clone(), settable);
        }
        let schema = answer.provider.ok_or("the provider has no schema")?;
        provider.configure(&object(block(&schema)?)?).await?;
        Ok(provider)
    }

    async fn configure(&mut self, ty: &Type) -> Result<()> {
        let mut config = with_nulls(ty);
        if let Value::Map(attributes) = &mut config {
            attributes.insert("region".to_owned(), Value::Unknown);
        }
        let request = configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(encoded(&config)),
            ..Default::default()
        };
        let answer = self.client.configure_provider(request).await?.into_inner();
        match answer.diagnostics.first() {
            Some(problem) => Err(format!("{}: {}", problem.summary, problem.detail).into()),
            None => Ok(()),
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The provider stands beside the benchmarks in cargo's target directory.
fn release_build() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    own.ancestors()
        .map(|folder| folder.join("release/terraform-provider-kubeha"))
        .find(|path| path.exists())
        .ok_or_else(|| "there is no release build: run \"make bench-micro\"".into())
}

/// Where it says that it listens.
fn socket(child: &mut Child) -> Result<PathBuf> {
    let stdout = child.stdout.take().ok_or("the provider has no stdout")?;
    for line in BufReader::new(stdout).lines() {
        if let Some((_, json)) = line?.split_once("TF_REATTACH_PROVIDERS=") {
            let providers: BTreeMap<String, Json> =
                serde_json::from_str(json.trim().trim_matches('\''))?;
            let address = providers
                .values()
                .find_map(|provider| provider.pointer("/Addr/String")?.as_str());
            return Ok(address.ok_or("the provider names no address")?.into());
        }
    }
    Err("the provider ended before it listened".into())
}

async fn channel(socket: PathBuf) -> Result<Channel> {
    let connector = tower::service_fn(move |_: Uri| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    // It goes to the socket whatever it is called.
    let endpoint = Endpoint::from_static("http://localhost");
    Ok(endpoint.connect_with_connector(connector).await?)
}

/// A value as it is sent.
pub(crate) fn encoded(value: &Value) -> DynamicValue {
    DynamicValue {
        msgpack: value.to_msgpack(),
        json: Vec::new(),
    }
}

/// An object in which nothing is set.
pub(crate) fn with_nulls(ty: &Type) -> Value {
    let Type::Object(attributes) = ty else {
        return Value::Null;
    };
    Value::Map(
        attributes
            .keys()
            .map(|name| (name.clone(), Value::Null))
            .collect(),
    )
}

fn block(schema: &Schema) -> Result<&Block> {
    Ok(schema.block.as_ref().ok_or("a schema has no block")?)
}

/// The type of an object that a block describes.
fn object(block: &Block) -> Result<Type> {
    let mut types = attributes(&block.attributes)?;
    for nested in &block.block_types {
        let inner = object(nested.block.as_ref().ok_or("a nested block is empty")?)?;
        let ty = match nested.nesting() {
            nested_block::NestingMode::List => Type::List(Box::new(inner)),
            nested_block::NestingMode::Set => Type::Set(Box::new(inner)),
            nested_block::NestingMode::Map => Type::Map(Box::new(inner)),
            _ => inner,
        };
        types.insert(nested.type_name.clone(), ty);
    }
    Ok(Type::Object(types))
}

fn attributes(attributes: &[Attribute]) -> Result<BTreeMap<String, Type>> {
    let types = attributes
        .iter()
        .map(|one| Ok((one.name.clone(), attribute(one)?)));
    types.collect()
}

fn attribute(attribute: &Attribute) -> Result<Type> {
    let Some(nested) = &attribute.nested_type else {
        return Ok(Type::from_json(&attribute.r#type)?);
    };
    let inner = Type::Object(attributes(&nested.attributes)?);
    Ok(match nested.nesting() {
        object::NestingMode::List => Type::List(Box::new(inner)),
        object::NestingMode::Set => Type::Set(Box::new(inner)),
        object::NestingMode::Map => Type::Map(Box::new(inner)),
        _ => inner,
    })
}
