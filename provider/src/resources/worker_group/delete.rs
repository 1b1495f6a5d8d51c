//! Takes a group away, and with it its nodes and its launch template.

use tfplug::{Attr, Cx, Result, Saved};

use super::KIND;
use super::model::WorkerGroup;
use super::plan::is_protected;
use crate::node_group::{self, Leaving};
use crate::provider::Data;

const DELETING: &str = "Deleting worker group";

/// # Errors
/// AWS refuses, or the nodes take too long to leave. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: WorkerGroup,
    saved: &Saved<WorkerGroup>,
) -> Result<()> {
    let text = |attribute: &Attr<String>| attribute.text().map(str::to_owned);
    let leaving = Leaving {
        cluster: text(&state.cluster_name).unwrap_or_default(),
        name: text(&state.autoscaling_group_name).unwrap_or_default(),
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
