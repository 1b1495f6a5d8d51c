//! Takes a group away, and then its launch template.

use tfplug::{Attr, Cx, Result, Saved};

use super::model::ControlPlaneGroup;
use super::{KIND, is_protected};
use crate::node_group::{self, Leaving};
use crate::provider::Data;

const DELETING: &str = "Deleting control plane group";

/// # Errors
/// AWS refuses, or nodes don't leave in time. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: ControlPlaneGroup,
    saved: &Saved<ControlPlaneGroup>,
) -> Result<()> {
    let text = |attribute: &Attr<String>| attribute.text().map(str::to_owned);
    let leaving = Leaving {
        cluster: text(&state.cluster_name).unwrap_or_default(),
        name: state.name.get("name")?.clone(),
        arn: text(&state.arn),
        launch_template_id: text(&state.launch_template_id),
        force: state.force_delete == Attr::Known(true),
        protected: is_protected(&state),
    };
    node_group::delete(cx, &KIND, DELETING, leaving, || {
        state.arn = Attr::Null;
        saved.save(&state);
    })
    .await
}
