//! `ephemeral "demo_token"`: hands out the cloud's secret.

use std::time::SystemTime;

use tfplug::{Attr, Cx, EphemeralResource, Model, Opened, Result, Secret};

use crate::cloud::Cloud;

/// A secret that lives while terraform runs.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Token {
    /// Whose it is.
    #[tf(required)]
    owner: Attr<String>,
    /// Whether it needs to be renewed at once.
    #[tf(default = false)]
    brief: Attr<bool>,
    /// The secret.
    #[tf(computed, sensitive)]
    value: Attr<Secret>,
}

pub(crate) struct TokenResource;

/// The private state's key for the owner.
const OWNER: &str = "owner";

impl EphemeralResource for TokenResource {
    type Data = Cloud;
    type Model = Token;

    fn type_name(&self) -> &'static str {
        "demo_token"
    }

    async fn open(&self, cx: &Cx<Cloud>, config: Token) -> Result<Opened<Token>> {
        let owner = config.owner.get("owner")?;
        cx.data().event(format_args!("open {owner}"))?;
        cx.set_private(OWNER, Some(owner.as_bytes().to_vec()));
        let brief = config.brief == true.into();
        Ok(Opened {
            result: Token {
                value: Secret::new(cx.data().secret()?).into(),
                ..config
            },
            renew_at: brief.then(SystemTime::now),
        })
    }

    async fn renew(&self, cx: &Cx<Cloud>) -> Result<Option<SystemTime>> {
        cx.data().event(format_args!("renew {}", owner(cx)))?;
        Ok(None)
    }

    async fn close(&self, cx: &Cx<Cloud>) -> Result<()> {
        cx.data().event(format_args!("close {}", owner(cx)))
    }
}

fn owner(cx: &Cx<Cloud>) -> String {
    String::from_utf8_lossy(&cx.private(OWNER).unwrap_or_default()).into_owned()
}
