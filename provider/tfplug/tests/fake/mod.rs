//! A provider of one resource that does what a test's script says, and the calls that Terraform
//! would make of it, without a socket between.

#![allow(dead_code)] // each test binary uses its part

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tfplug::model::Model as _;
use tfplug::proto::tfplugin6 as tf;
use tfplug::proto::tfplugin6::provider_server::Provider as _;
use tfplug::schema::{Attribute, Mode, Nesting, Schema, Shape};
use tfplug::transport::Lifecycle;
use tfplug::value::{SetValue, Value};
use tfplug::{
    Attr, Configure, Cx, Diagnostic, List, Map, Model, MoveSource, Planned, PlannedChange,
    Provider, Registry, Resource, Result, Saved, Secret, Server, Set, Timeouts, Upgrade,
};
use tonic::Request;

/// A thing with all that an attribute can be.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(version = 2)]
pub(crate) struct Thing {
    /// A new name is a new thing.
    #[tf(required, plan(requires_replace()))]
    pub(crate) name: Attr<String>,
    /// Never changes.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) id: Attr<String>,
    /// Changes with everything.
    #[tf(computed)]
    pub(crate) revision: Attr<i64>,
    /// By default 3.
    #[tf(default = 3)]
    pub(crate) size: Attr<i64>,
    /// Nothing depends on it.
    #[tf(optional)]
    pub(crate) note: Attr<String>,
    /// The provider chooses one if the configuration doesn't.
    #[tf(optional, computed, plan(requires_replace_if_configured()))]
    pub(crate) zone: Attr<String>,
    /// Only becoming big needs a new thing.
    #[tf(
        optional,
        plan(requires_replace_if("Growing forces replacement.", grows))
    )]
    pub(crate) kind: Attr<String>,
    /// Not kept.
    #[tf(optional, write_only)]
    pub(crate) secret_wo: Attr<Secret>,
    /// Counted up with the secret.
    #[tf(optional)]
    pub(crate) secret_wo_version: Attr<i64>,
    /// In order.
    #[tf(optional)]
    pub(crate) rules: Attr<List<Rule>>,
    /// By key.
    #[tf(optional)]
    pub(crate) labels: Attr<Map<Label>>,
    /// Without order.
    #[tf(optional)]
    pub(crate) members: Attr<Set<Member>>,
    /// There is always one.
    #[tf(optional, computed)]
    pub(crate) settings: Attr<Settings>,
    /// Ports, in order.
    #[tf(block)]
    pub(crate) port: Attr<List<Port>>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Rule {
    /// Where from.
    #[tf(required, plan(requires_replace()))]
    pub(crate) cidr: Attr<String>,
    /// What to do.
    #[tf(default = "allow")]
    pub(crate) action: Attr<String>,
    /// Set by the provider.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) rule_id: Attr<String>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Label {
    /// What it says.
    #[tf(optional)]
    pub(crate) text: Attr<String>,
    /// How.
    #[tf(default = "grey")]
    pub(crate) colour: Attr<String>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Member {
    /// Which one.
    #[tf(required)]
    pub(crate) host: Attr<String>,
    /// How much of the work it gets.
    #[tf(default = 1)]
    pub(crate) weight: Attr<i64>,
    /// Set by the provider.
    #[tf(computed)]
    pub(crate) member_id: Attr<String>,
}

/// Settings.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Settings {
    /// By default "fast".
    #[tf(default = "fast")]
    pub(crate) mode: Attr<String>,
    /// Not kept.
    #[tf(optional, write_only)]
    pub(crate) key_wo: Attr<Secret>,
    /// Set by the provider.
    #[tf(computed)]
    pub(crate) actual: Attr<String>,
}

/// A port.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Port {
    /// Its number.
    #[tf(required)]
    pub(crate) number: Attr<i64>,
    /// By default "tcp".
    #[tf(default = "tcp")]
    pub(crate) protocol: Attr<String>,
}

fn grows(_: &Value, planned: &Value) -> bool {
    *planned == Value::from("big")
}

/// What the resource does. What a test doesn't say is done plainly.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) plan: fn(&mut PlannedChange<Thing>) -> Result<()>,
    pub(crate) plan_destroy: fn(&Thing) -> Result<()>,
    pub(crate) preflight: fn(&PlannedChange<Thing>) -> Result<()>,
    pub(crate) create: Create,
    pub(crate) read: fn(&Context, Thing) -> Result<Option<Thing>>,
    pub(crate) update: Update,
    pub(crate) delete: fn(&Context, Thing, &Saved<Thing>) -> Result<()>,
    pub(crate) import: fn(&Context, &str) -> Result<Thing>,
    pub(crate) calls: Arc<Calls>,
}

type Context = Cx<Script>;
type Create = fn(&Context, Planned<Thing>, &Saved<Thing>) -> Result<Thing>;
type Update = fn(&Context, Thing, Planned<Thing>, &Saved<Thing>) -> Result<Thing>;

/// How often the resource was called.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    preflights: AtomicUsize,
    preflights_of_applies: AtomicUsize,
    updates: AtomicUsize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            plan: |_| Ok(()),
            plan_destroy: |_| Ok(()),
            preflight: |_| Ok(()),
            create: |_, new, _| Ok(made(new.plan, 1)),
            read: |_, state| Ok(Some(state)),
            update: |_, prior, new, _| {
                let revision = prior.revision.known().copied().unwrap_or(0);
                Ok(made(new.plan, revision + 1))
            },
            delete: |_, _, _| Ok(()),
            import: |_, id| Ok(blank(id)),
            calls: Arc::default(),
        }
    }
}

/// The thing with a value for all that is open.
pub(crate) fn made(mut thing: Thing, revision: i64) -> Thing {
    fn set<T>(attribute: &mut Attr<T>, value: impl Into<Attr<T>>) {
        if attribute.is_unknown() {
            *attribute = value.into();
        }
    }
    set(&mut thing.id, "id-1");
    set(&mut thing.revision, revision);
    set(&mut thing.zone, "a");
    let settings = Settings {
        mode: "fast".into(),
        key_wo: Attr::Null,
        actual: "fast".into(),
    };
    set(&mut thing.settings, settings);
    if let Attr::Known(settings) = &mut thing.settings {
        set(&mut settings.actual, "fast");
    }
    if let Attr::Known(List(rules)) = &mut thing.rules {
        for (index, rule) in rules.iter_mut().enumerate() {
            if let Attr::Known(rule) = rule {
                set(&mut rule.rule_id, format!("rule-{index}"));
            }
        }
    }
    if let Attr::Known(Set(members)) = &mut thing.members {
        for member in members {
            if let Attr::Known(member) = member {
                let id = format!("member-{}", member.host.text().unwrap_or("?"));
                set(&mut member.member_id, id);
            }
        }
    }
    thing
}

/// A thing of which only the name is known.
pub(crate) fn blank(name: &str) -> Thing {
    let value = Value::Map([("name".to_owned(), Value::from(name))].into());
    Thing::from_value(value).unwrap()
}

struct ThingResource;

impl Resource for ThingResource {
    type Data = Script;
    type Model = Thing;

    fn type_name(&self) -> &'static str {
        "fake_thing"
    }

    fn timeouts(&self) -> Timeouts {
        Timeouts {
            create: Some(Duration::from_secs(60)),
            ..Timeouts::default()
        }
    }

    fn plan(&self, data: &Script, change: &mut PlannedChange<Thing>) -> Result<()> {
        (data.plan)(change)
    }

    fn plan_destroy(&self, data: &Script, state: &Thing) -> Result<()> {
        (data.plan_destroy)(state)
    }

    async fn preflight(&self, cx: &Cx<Script>, change: &PlannedChange<Thing>) -> Result<()> {
        let calls = &cx.data().calls;
        calls.preflights.fetch_add(1, Ordering::Relaxed);
        if cx.is_applying() {
            calls.preflights_of_applies.fetch_add(1, Ordering::Relaxed);
        }
        (cx.data().preflight)(change)
    }

    async fn create(
        &self,
        cx: &Cx<Script>,
        planned: Planned<Thing>,
        saved: &Saved<Thing>,
    ) -> Result<Thing> {
        (cx.data().create)(cx, planned, saved)
    }

    async fn read(&self, cx: &Cx<Script>, state: Thing) -> Result<Option<Thing>> {
        (cx.data().read)(cx, state)
    }

    async fn update(
        &self,
        cx: &Cx<Script>,
        prior: Thing,
        planned: Planned<Thing>,
        saved: &Saved<Thing>,
    ) -> Result<Thing> {
        cx.data().calls.updates.fetch_add(1, Ordering::Relaxed);
        (cx.data().update)(cx, prior, planned, saved)
    }

    async fn delete(&self, cx: &Cx<Script>, state: Thing, saved: &Saved<Thing>) -> Result<()> {
        (cx.data().delete)(cx, state, saved)
    }

    async fn import(&self, cx: &Cx<Script>, id: &str) -> Result<Thing> {
        (cx.data().import)(cx, id)
    }

    fn upgrades(&self) -> Vec<Upgrade> {
        vec![
            Upgrade {
                from: 0,
                run: |mut state| {
                    state["note"] = state["comment"].take();
                    Ok(state)
                },
            },
            Upgrade {
                from: 1,
                run: |mut state| {
                    let note = state["note"]
                        .as_str()
                        .ok_or_else(|| Diagnostic::error("Upgrading thing", "There is no note."))?;
                    state["note"] = format!("{note}!").into();
                    Ok(state)
                },
            },
        ]
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Thing>> {
        (source.type_name == "other_thing").then(|| {
            let name = source.state["label"].as_str().ok_or_else(|| {
                Diagnostic::error("Moving thing", "The other thing has no label.")
            })?;
            Ok(blank(name))
        })
    }
}

/// The provider's configuration.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Config {}

pub(crate) struct Fake(Script);

impl Provider for Fake {
    type Config = Config;
    type Data = Script;

    async fn configure(&self, _: Configure<Config>) -> Result<Script> {
        Ok(self.0.clone())
    }

    fn register(&self, registry: &mut Registry<Script>) {
        registry.resource(ThingResource);
    }
}

/// Calls the provider as Terraform does.
pub(crate) struct Terraform {
    server: Server<Fake>,
    runtime: tokio::runtime::Runtime,
    calls: Arc<Calls>,
    pub(crate) schema: Schema,
}

/// An answer to a plan.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) state: Value,
    pub(crate) replace: Vec<String>,
    pub(crate) private: Vec<u8>,
    pub(crate) messages: Vec<String>,
}

/// An answer with a state.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) state: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) messages: Vec<String>,
}

const TYPE: &str = "fake_thing";

/// Private bytes beside a state.
pub(crate) const KEPT: &[u8] = br#"{"key":"AQI="}"#;

impl Terraform {
    pub(crate) fn new(script: Script) -> Self {
        let calls = script.calls.clone();
        let schema = tfplug::reference(Fake(script.clone())).resources[TYPE].clone();
        let server = Server::new(Fake(script), Lifecycle::default());
        assert_eq!(server.problems(), [""; 0]);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let terraform = Self {
            server,
            runtime,
            calls,
            schema,
        };
        terraform.configure();
        terraform
    }

    /// As each run begins.
    pub(crate) fn configure(&self) {
        let request = tf::configure_provider::Request {
            terraform_version: "1.11.4".into(),
            config: wire(&Value::Map([].into())),
            ..Default::default()
        };
        let configured = self.server.configure_provider(Request::new(request));
        let configured = self.runtime.block_on(configured);
        assert_eq!(configured.unwrap().into_inner().diagnostics, []);
    }

    /// A configuration, state or plan; what isn't named is null, blocks that aren't are absent.
    /// `"?"` is unknown.
    pub(crate) fn object(&self, attributes: &Json) -> Value {
        let Value::Map(mut object) = self.schema.empty_object() else {
            panic!("a schema's object is a map")
        };
        for (name, value) in attributes.as_object().unwrap() {
            let shape = self.schema.attribute(name).map(|found| found.shape.ty());
            let block = || self.schema.blocks.iter().find(|block| block.name == *name);
            let ty = shape.unwrap_or_else(|| match block().unwrap().nesting {
                Nesting::List => tfplug::value::Type::List(Box::new(block().unwrap().schema.ty())),
                _ => block().unwrap().schema.ty(),
            });
            object.insert(name.clone(), read(value, &ty));
        }
        Value::Map(object)
    }

    pub(crate) fn plan(&self, prior: &Value, config: &Value) -> Plan {
        self.plan_with(prior, config, &propose(&self.schema, prior, config), KEPT)
    }

    /// The second plan of a replacement, after that of the existing object.
    pub(crate) fn plan_anew(&self, first: &Plan, config: &Value) -> Plan {
        let proposed = propose(&self.schema, &Value::Null, config);
        self.plan_with(&Value::Null, config, &proposed, &first.private)
    }

    pub(crate) fn plan_destroy(&self, prior: &Value) -> Plan {
        self.plan_with(prior, &Value::Null, &Value::Null, KEPT)
    }

    fn plan_with(&self, prior: &Value, config: &Value, proposed: &Value, private: &[u8]) -> Plan {
        let request = tf::plan_resource_change::Request {
            type_name: TYPE.into(),
            prior_state: wire(prior),
            proposed_new_state: wire(proposed),
            config: wire(config),
            prior_private: private.to_vec(),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.plan_resource_change(Request::new(request)))
            .unwrap()
            .into_inner();
        Plan {
            state: self.value(answer.planned_state),
            replace: answer.requires_replace.iter().map(path).collect(),
            private: answer.planned_private,
            messages: messages(&answer.diagnostics),
        }
    }

    pub(crate) fn apply(&self, prior: &Value, planned: &Value, config: &Value) -> Answer {
        self.apply_with(prior, planned, config, KEPT)
    }

    pub(crate) fn apply_with(
        &self,
        prior: &Value,
        planned: &Value,
        config: &Value,
        private: &[u8],
    ) -> Answer {
        let request = tf::apply_resource_change::Request {
            type_name: TYPE.into(),
            prior_state: wire(prior),
            planned_state: wire(planned),
            config: wire(config),
            planned_private: private.to_vec(),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.apply_resource_change(Request::new(request)))
            .unwrap()
            .into_inner();
        Answer {
            state: self.value(answer.new_state),
            private: answer.private,
            messages: messages(&answer.diagnostics),
        }
    }

    /// Plans and applies a configuration: the state after `terraform apply`.
    pub(crate) fn converge(&self, prior: &Value, config: &Value) -> Value {
        let plan = self.plan(prior, config);
        assert_eq!(plan.messages, [""; 0]);
        let applied = self.apply(prior, &plan.state, config);
        assert_eq!(applied.messages, [""; 0]);
        applied.state
    }

    pub(crate) fn read(&self, state: &Value, private: &[u8]) -> Answer {
        let request = tf::read_resource::Request {
            type_name: TYPE.into(),
            current_state: wire(state),
            private: private.to_vec(),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.read_resource(Request::new(request)))
            .unwrap()
            .into_inner();
        Answer {
            state: self.value(answer.new_state),
            private: answer.private,
            messages: messages(&answer.diagnostics),
        }
    }

    pub(crate) fn import(&self, id: &str) -> (Vec<Value>, Vec<String>) {
        let request = tf::import_resource_state::Request {
            type_name: TYPE.into(),
            id: id.into(),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.import_resource_state(Request::new(request)))
            .unwrap()
            .into_inner();
        let imported = answer.imported_resources.into_iter();
        (
            imported.map(|object| self.value(object.state)).collect(),
            messages(&answer.diagnostics),
        )
    }

    pub(crate) fn upgrade(&self, version: i64, state: &Json) -> Result<Value, Vec<String>> {
        let request = tf::upgrade_resource_state::Request {
            type_name: TYPE.into(),
            version,
            raw_state: Some(raw(state)),
        };
        let answer = self
            .runtime
            .block_on(self.server.upgrade_resource_state(Request::new(request)))
            .unwrap()
            .into_inner();
        self.outcome(answer.upgraded_state, &answer.diagnostics)
    }

    pub(crate) fn move_from(&self, source: &str, state: &Json) -> Result<Value, Vec<String>> {
        let request = tf::move_resource_state::Request {
            source_provider_address: "registry.terraform.io/example/other".into(),
            source_type_name: source.into(),
            source_state: Some(raw(state)),
            target_type_name: TYPE.into(),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.move_resource_state(Request::new(request)))
            .unwrap()
            .into_inner();
        self.outcome(answer.target_state, &answer.diagnostics)
    }

    pub(crate) fn validate(&self, config: &Value) -> Vec<String> {
        let request = tf::validate_resource_config::Request {
            type_name: TYPE.into(),
            config: wire(config),
            ..Default::default()
        };
        let answer = self
            .runtime
            .block_on(self.server.validate_resource_config(Request::new(request)))
            .unwrap()
            .into_inner();
        messages(&answer.diagnostics)
    }

    pub(crate) fn preflights(&self) -> usize {
        self.calls.preflights.load(Ordering::Relaxed)
    }

    pub(crate) fn preflights_of_applies(&self) -> usize {
        self.calls.preflights_of_applies.load(Ordering::Relaxed)
    }

    pub(crate) fn updates(&self) -> usize {
        self.calls.updates.load(Ordering::Relaxed)
    }

    fn outcome(
        &self,
        state: Option<tf::DynamicValue>,
        diagnostics: &[tf::Diagnostic],
    ) -> Result<Value, Vec<String>> {
        if diagnostics.is_empty() {
            Ok(self.value(state))
        } else {
            Err(messages(diagnostics))
        }
    }

    fn value(&self, value: Option<tf::DynamicValue>) -> Value {
        match value {
            Some(value) => Value::from_msgpack(&value.msgpack, &self.schema.ty()).unwrap(),
            None => Value::Null,
        }
    }
}

fn wire(value: &Value) -> Option<tf::DynamicValue> {
    Some(tf::DynamicValue {
        msgpack: value.to_msgpack(),
        json: Vec::new(),
    })
}

fn raw(state: &Json) -> tf::RawState {
    tf::RawState {
        json: state.to_string().into_bytes(),
        ..Default::default()
    }
}

/// `severity: summary: detail`, and the attribute in brackets.
fn messages(diagnostics: &[tf::Diagnostic]) -> Vec<String> {
    let text = |message: &tf::Diagnostic| {
        let severity = match message.severity() {
            tf::diagnostic::Severity::Warning => "warning",
            _ => "error",
        };
        let at = message.attribute.as_ref().map(path).unwrap_or_default();
        format!("{severity}: {}: {} [{at}]", message.summary, message.detail)
    };
    diagnostics.iter().map(text).collect()
}

fn path(path: &tf::AttributePath) -> String {
    use tf::attribute_path::step::Selector;
    let steps = path.steps.iter().map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => name.clone(),
        Some(Selector::ElementKeyString(key)) => format!("{key:?}"),
        Some(Selector::ElementKeyInt(index)) => index.to_string(),
        None => "?".to_owned(),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// Reads a value written for people: `"?"` is unknown.
fn read(json: &Json, ty: &tfplug::value::Type) -> Value {
    use tfplug::value::Type;
    match (json, ty) {
        (Json::String(text), _) if text == "?" => Value::Unknown,
        (Json::Array(elements), Type::List(ty)) => {
            Value::List(elements.iter().map(|element| read(element, ty)).collect())
        }
        (Json::Array(elements), Type::Set(ty)) => {
            let elements = elements.iter().map(|element| read(element, ty)).collect();
            Value::Set(SetValue::new(elements))
        }
        (Json::Object(entries), Type::Map(ty)) => Value::Map(
            entries
                .iter()
                .map(|(key, element)| (key.clone(), read(element, ty)))
                .collect(),
        ),
        (Json::Object(entries), Type::Object(types)) => Value::Map(
            types
                .iter()
                .map(|(name, ty)| {
                    let attribute = entries.get(name).unwrap_or(&Json::Null);
                    (name.clone(), read(attribute, ty))
                })
                .collect(),
        ),
        _ => Value::from_json(json, ty).unwrap(),
    }
}

/// A value for people: without what is null or empty, unknown as `"?"`, sets in order.
pub(crate) fn show(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Unknown => "?".into(),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => elements.iter().map(show).collect(),
        Value::Set(set) => {
            let mut elements: Vec<_> = set.iter().map(show).collect();
            elements.sort_by_key(ToString::to_string);
            elements.into()
        }
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), show(value)))
            .filter(|(_, value)| *value != Json::Null && *value != json!([]))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Dynamic(typed) => show(&typed.1),
    }
}

/// What Terraform proposes: the configuration, and the prior value of what it leaves to the
/// provider. See "Proposed New State" in Terraform's docs/resource-instance-change-lifecycle.md.
fn propose(schema: &Schema, prior: &Value, config: &Value) -> Value {
    let Value::Map(_) = config else {
        return config.clone();
    };
    let attributes = schema.attributes.iter().map(|attribute| {
        let (prior, config) = (prior.get(&attribute.name), config.get(&attribute.name));
        (
            attribute.name.clone(),
            propose_attribute(attribute, prior, config),
        )
    });
    let blocks = schema.blocks.iter().map(|block| {
        let (prior, config) = (prior.get(&block.name), config.get(&block.name));
        (
            block.name.clone(),
            propose_nested(&block.schema, block.nesting, prior, config),
        )
    });
    Value::Map(attributes.chain(blocks).collect())
}

fn propose_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    let computed = matches!(attribute.mode, Mode::Computed | Mode::OptionalComputed);
    match &attribute.shape {
        _ if attribute.write_only => Value::Null,
        _ if config.is_null() && computed => prior.clone(),
        Shape::Nested(nesting, schema) => propose_nested(schema, *nesting, prior, config),
        Shape::Plain(_) => config.clone(),
    }
}

fn propose_nested(schema: &Schema, nesting: Nesting, prior: &Value, config: &Value) -> Value {
    match (nesting, config) {
        (Nesting::Single, config) => propose(schema, prior, config),
        (Nesting::List, Value::List(elements)) => {
            let prior = |index: usize| match prior {
                Value::List(elements) => elements.get(index).unwrap_or(&Value::Null),
                _ => &Value::Null,
            };
            let elements = elements.iter().enumerate();
            Value::List(
                elements
                    .map(|(index, element)| propose(schema, prior(index), element))
                    .collect(),
            )
        }
        (Nesting::Map, Value::Map(entries)) => Value::Map(
            entries
                .iter()
                .map(|(key, element)| (key.clone(), propose(schema, prior.get(key), element)))
                .collect(),
        ),
        (Nesting::Set, Value::Set(set)) => {
            // An element keeps what the provider set if the rest of it is as it was. Terraform
            // keeps sets in the order of their hashes: any order must do.
            let mut unclaimed: Vec<&Value> = match prior {
                Value::Set(prior) => prior.iter().collect(),
                _ => Vec::new(),
            };
            let mut elements: Vec<_> = set
                .iter()
                .map(|element| {
                    let found = unclaimed
                        .iter()
                        .position(|prior| propose(schema, prior, element) == **prior);
                    let prior = found.map(|found| unclaimed.swap_remove(found));
                    propose(schema, prior.unwrap_or(&Value::Null), element)
                })
                .collect();
            elements.reverse();
            Value::Set(SetValue::new(elements))
        }
        _ => config.clone(),
    }
}
