//! Takes a group away, and then its launch template.

use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::model::ControlPlaneGroup;
use super::{KIND, is_protected};
use crate::node_group::Walk;
use crate::provider::Data;

const DELETING: &str = "Deleting control plane group";

/// # Errors
/// AWS refuses, or nodes don't leave in time. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: ControlPlaneGroup,
    saved: &Saved<ControlPlaneGroup>,
) -> Result<()> {
    // The new object of a replacement may be the old one under the same name.
    let taken_over = |id: &Attr<String>| {
        id.text()
            .is_some_and(|id| cx.data().claims.is_taken_over(id))
    };
    if taken_over(&state.arn) || taken_over(&state.launch_template_id) {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's group, since both \
             have the same name, so that stays. Nothing was replaced. Without \
             create_before_destroy, the old one goes first.",
        ));
        return Ok(());
    }
    if let Some(protected) = is_protected(&state) {
        return Err(protected.into());
    }
    let cluster = state.cluster_name.text().unwrap_or_default();
    let name = state.name.get("name")?;
    let walk = Walk::new(cx, &KIND, DELETING, cluster, name).await?;
    let (arn, template_id) = (state.arn.text(), state.launch_template_id.text());
    if let Some(group) = walk.group_to_delete(arn, template_id).await? {
        let force = state.force_delete == Attr::Known(true);
        walk.delete_group(&group, force).await?;
    }
    state.arn = Attr::Null;
    saved.save(&state);
    if let Some(id) = state.launch_template_id.text() {
        walk.delete_template(id).await?;
    }
    Ok(())
}
