//! `demo_versioned`: one type whose schema went through three versions. `DEMO_SCHEMA_VERSION` says
//! which build of the provider this is; without it, the newest.

use serde_json::{Value as Json, json};
use tfplug::model::Model;
use tfplug::{Attr, Cx, Diagnostic, Model, Planned, Registry, Resource, Result, Saved, Upgrade};

use crate::cloud::Cloud;

/// Registers the version that the environment asks for.
pub(crate) fn register(registry: &mut Registry<Cloud>) {
    match std::env::var("DEMO_SCHEMA_VERSION").as_deref() {
        Ok("0") => registry.resource(Versioned::<Zero>::new(&[])),
        Ok("1") => registry.resource(Versioned::<One>::new(&[FROM_ZERO])),
        _ => registry.resource(Versioned::<Two>::new(&[FROM_ZERO, FROM_ONE])),
    };
}

/// As it was at first.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Zero {
    /// How large it is, as text.
    #[tf(required)]
    size: Attr<String>,
    /// What nobody needed.
    #[tf(optional)]
    ballast: Attr<String>,
}

/// With a number for a number.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(version = 1)]
pub(crate) struct One {
    /// How large it is.
    #[tf(required)]
    size: Attr<i64>,
}

/// With a better name.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(version = 2)]
pub(crate) struct Two {
    /// How much goes in.
    #[tf(required)]
    capacity: Attr<i64>,
}

const FROM_ZERO: Upgrade = Upgrade {
    from: 0,
    run: |state| {
        let text = state.get("size").and_then(Json::as_str).unwrap_or_default();
        let size: i64 = text.parse().map_err(|_| {
            let detail = format!("The size {text:?} is no number.");
            Diagnostic::error("Upgrading state", detail)
        })?;
        Ok(json!({ "size": size }))
    },
};

const FROM_ONE: Upgrade = Upgrade {
    from: 1,
    run: |mut state| {
        let size = state.get_mut("size").map(Json::take);
        Ok(json!({ "capacity": size }))
    },
};

/// Keeps what it is given; only its schema is of interest.
struct Versioned<M> {
    upgrades: &'static [Upgrade],
    model: std::marker::PhantomData<fn(M)>,
}

impl<M> Versioned<M> {
    const fn new(upgrades: &'static [Upgrade]) -> Self {
        let model = std::marker::PhantomData;
        Self { upgrades, model }
    }
}

impl<M: Model> Resource for Versioned<M> {
    type Data = Cloud;
    type Model = M;

    fn type_name(&self) -> &'static str {
        "demo_versioned"
    }

    async fn create(&self, _: &Cx<Cloud>, new: Planned<M>, _: &Saved<M>) -> Result<M> {
        Ok(new.plan)
    }

    async fn read(&self, _: &Cx<Cloud>, state: M) -> Result<Option<M>> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Cx<Cloud>, _: M, new: Planned<M>, _: &Saved<M>) -> Result<M> {
        Ok(new.plan)
    }

    async fn delete(&self, _: &Cx<Cloud>, _: M, _: &Saved<M>) -> Result<()> {
        Ok(())
    }

    fn upgrades(&self) -> Vec<Upgrade> {
        self.upgrades.to_vec()
    }
}
