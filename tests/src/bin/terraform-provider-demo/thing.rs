//! `demo_thing`: the whole life cycle, with faults and gates.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tfplug::{Attr, Cx, Diagnostic, Model, Planned, Resource, Result, Saved, Timeouts};

use crate::cloud::{Cloud, pass_gate};
use crate::fault;

/// A thing in the cloud.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Thing {
    /// Its name. Changing this forces replacement.
    #[tf(required, plan(requires_replace()))]
    name: Attr<String>,
    /// What it says. Default: `"nothing"`.
    #[tf(default = "nothing")]
    text: Attr<String>,
    /// A remark, which is written after the text.
    #[tf(optional)]
    note: Attr<String>,
    /// What goes wrong with it.
    #[tf(optional, check(fault::known()))]
    fault: Attr<String>,
    /// The gate at which each change waits half-way.
    #[tf(optional)]
    gate: Attr<String>,
    /// What the cloud calls it.
    #[tf(computed, plan(use_state_for_unknown()))]
    id: Attr<String>,
    /// How often it was written.
    #[tf(computed)]
    revision: Attr<i64>,
}

pub(crate) struct ThingResource;

/// The private state's key for who wrote the object last.
const WRITER: &str = "writer";

impl Resource for ThingResource {
    type Data = Cloud;
    type Model = Thing;

    fn type_name(&self) -> &'static str {
        "demo_thing"
    }

    fn timeouts(&self) -> Timeouts {
        let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        Timeouts {
            create: minutes(10),
            read: None,
            update: minutes(11),
            delete: minutes(12),
        }
    }

    async fn create(
        &self,
        cx: &Cx<Cloud>,
        new: Planned<Thing>,
        saved: &Saved<Thing>,
    ) -> Result<Thing> {
        let mut thing = new.plan;
        tell(cx, "create", &thing)?;
        fault::fail_on(&thing.fault, fault::CREATE)?;
        if fault::is(&thing.fault, fault::PANIC) {
            cx.data().open_gate("panicked")?;
        }
        fault::panic_on(&thing.fault, fault::PANIC);

        thing.id = id(thing.name.get("name")?).into();
        write(cx, &thing, 1)?;
        cx.set_private(WRITER, Some(b"create".to_vec()));
        saved.save(&thing);
        fault::panic_on(&thing.fault, fault::PANIC_LATE);
        fault::fail_on(&thing.fault, fault::CREATE_LATE)?;
        wait(cx, &thing).await?;
        thing.revision = 1.into();
        cx.data().event(format_args!("created {}", label(&thing)))?;
        Ok(thing)
    }

    async fn read(&self, cx: &Cx<Cloud>, state: Thing) -> Result<Option<Thing>> {
        tell(cx, "read", &state)?;
        if fault::is(&state.fault, fault::SLOW_READ) {
            pass_gate(cx, "read", true).await?;
        }
        let Some(object) = cx.data().get(state.id.get("id")?)? else {
            return Ok(None);
        };
        let text = |name: &str| {
            object
                .get(name)
                .and_then(Json::as_str)
                .map(str::to_owned)
                .into()
        };
        Ok(Some(Thing {
            name: text("name"),
            text: text("text"),
            note: text("note"),
            revision: object.get("revision").and_then(Json::as_i64).into(),
            ..state
        }))
    }

    async fn update(
        &self,
        cx: &Cx<Cloud>,
        prior: Thing,
        new: Planned<Thing>,
        saved: &Saved<Thing>,
    ) -> Result<Thing> {
        let mut thing = new.plan;
        tell(cx, "update", &thing)?;
        fault::fail_on(&thing.fault, fault::UPDATE)?;

        let revision = prior.revision.known().unwrap_or(&0) + 1;
        thing.revision = revision.into();
        let half = Thing {
            note: prior.note.clone(),
            ..thing.clone()
        };
        write(cx, &half, revision)?;
        cx.set_private(WRITER, Some(b"update".to_vec()));
        saved.save(&half);
        fault::fail_on(&thing.fault, fault::UPDATE_LATE)?;
        wait(cx, &thing).await?;
        write(cx, &thing, revision)?;
        Ok(thing)
    }

    async fn delete(&self, cx: &Cx<Cloud>, state: Thing, _: &Saved<Thing>) -> Result<()> {
        tell(cx, "delete", &state)?;
        fault::fail_on(&state.fault, fault::DELETE)?;
        cx.data().remove(state.id.get("id")?)
    }

    async fn import(&self, cx: &Cx<Cloud>, id: &str) -> Result<Thing> {
        if cx.data().get(id)?.is_none() {
            let detail = format!("There is no {id}. The id is thing-<name>.");
            return Err(Diagnostic::error("Importing a thing", detail).into());
        }
        Ok(Thing {
            name: Attr::Null,
            text: Attr::Null,
            note: Attr::Null,
            fault: Attr::Null,
            gate: Attr::Null,
            id: id.into(),
            revision: Attr::Null,
        })
    }
}

/// What the cloud calls a thing of this name.
pub(crate) fn id(name: &str) -> String {
    format!("thing-{name}")
}

fn write(cx: &Cx<Cloud>, thing: &Thing, revision: i64) -> Result<()> {
    let text = |value: &Attr<String>| value.text().map_or(Json::Null, Json::from);
    let object = json!({
        "name": text(&thing.name),
        "text": text(&thing.text),
        "note": text(&thing.note),
        "revision": revision,
    });
    cx.data().put(thing.id.get("id")?, &object)
}

async fn wait(cx: &Cx<Cloud>, thing: &Thing) -> Result<()> {
    match thing.gate.text() {
        Some(gate) => pass_gate(cx, gate, fault::is(&thing.fault, fault::DEAF)).await,
        None => Ok(()),
    }
}

/// Tells tests what is being done, in how much time, and what the private state says.
fn tell(cx: &Cx<Cloud>, operation: &str, thing: &Thing) -> Result<()> {
    let left = cx
        .deadline()
        .saturating_duration_since(tokio::time::Instant::now());
    let writer = cx.private(WRITER).unwrap_or_default();
    tracing::debug!(operation, name = label(thing), "working");
    cx.data().event(format_args!(
        "{operation} {} within={}s deadline={} writer={}",
        label(thing),
        cx.timeout().as_secs(),
        if left <= cx.timeout() { "ahead" } else { "odd" },
        String::from_utf8_lossy(&writer),
    ))
}

fn label(thing: &Thing) -> &str {
    thing.name.text().or_else(|| thing.id.text()).unwrap_or("?")
}
