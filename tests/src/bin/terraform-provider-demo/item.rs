//! `demo_item`: what a thing, or a foreign `terraform_data`, can become by a `moved` block.

use serde_json::Value as Json;
use tfplug::{Attr, Cx, Diagnostic, Model, MoveSource, Planned, Resource, Result, Saved};

use crate::cloud::Cloud;

/// A thing by a better name.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Item {
    /// What it is called. Changing this forces replacement.
    #[tf(required, plan(requires_replace()))]
    title: Attr<String>,
    /// What it was before.
    #[tf(computed, plan(use_state_for_unknown()))]
    origin: Attr<String>,
}

pub(crate) struct ItemResource;

impl Resource for ItemResource {
    type Data = Cloud;
    type Model = Item;

    fn type_name(&self) -> &'static str {
        "demo_item"
    }

    async fn create(&self, _: &Cx<Cloud>, new: Planned<Item>, _: &Saved<Item>) -> Result<Item> {
        Ok(Item {
            origin: "new".into(),
            ..new.plan
        })
    }

    async fn read(&self, _: &Cx<Cloud>, state: Item) -> Result<Option<Item>> {
        Ok(Some(state))
    }

    async fn delete(&self, _: &Cx<Cloud>, _: Item, _: &Saved<Item>) -> Result<()> {
        Ok(())
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Item>> {
        let place = match source.type_name.as_str() {
            "demo_thing" => "/name",
            "terraform_data" => "/input/value",
            _ => return None,
        };
        let origin = format!("{} of {}", source.type_name, source.provider_address);
        Some(match source.state.pointer(place).and_then(Json::as_str) {
            Some(title) => Ok(Item {
                title: title.into(),
                origin: origin.into(),
            }),
            None => Err(Diagnostic::error("Moving", format!("The {origin} has no name.")).into()),
        })
    }
}
