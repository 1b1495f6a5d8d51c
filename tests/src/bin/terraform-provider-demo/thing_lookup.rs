//! `data "demo_thing"`: finds a thing by its name.

use serde_json::Value as Json;
use tfplug::{Attr, Cx, DataSource, Diagnostic, Model, Result};

use crate::cloud::Cloud;
use crate::thing;

/// A thing that is there.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Found {
    /// Its name.
    #[tf(required)]
    name: Attr<String>,
    /// What the cloud calls it.
    #[tf(computed)]
    id: Attr<String>,
    /// What it says.
    #[tf(computed)]
    text: Attr<String>,
}

pub(crate) struct ThingLookup;

impl DataSource for ThingLookup {
    type Data = Cloud;
    type Model = Found;

    fn type_name(&self) -> &'static str {
        "demo_thing"
    }

    async fn read(&self, cx: &Cx<Cloud>, config: Found) -> Result<Found> {
        let name = config.name.get("name")?;
        let id = thing::id(name);
        let Some(object) = cx.data().get(&id)? else {
            let detail = format!("There is no thing of the name {name}.");
            return Err(Diagnostic::error("Reading a thing", detail)
                .at("name")
                .into());
        };
        Ok(Found {
            id: id.into(),
            text: object
                .get("text")
                .and_then(Json::as_str)
                .map(str::to_owned)
                .into(),
            ..config
        })
    }
}
