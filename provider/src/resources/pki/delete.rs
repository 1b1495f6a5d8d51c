//! Takes all parameters away: as few calls as there can be, and what is gone is no matter.

use pki::Part;
use tfplug::{Cx, Diagnostic, Result};

use super::model::ClusterPki;
use crate::authorities::Layout;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const DELETING: &str = "Deleting PKI";

/// # Errors
/// AWS refuses.
pub(super) async fn delete(cx: &Cx<Data>, state: &ClusterPki) -> Result<()> {
    let layout = Layout::new(state.parameter_path.get("parameter_path")?);
    // The new object of a replacement may be the old one under the same names.
    if cx.data().claims.is_taken_over(layout.path()) {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's parameters, since \
             both have the same path, so those stay. Nothing was replaced. Without \
             create_before_destroy, the old ones go first.",
        ));
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(DELETING, &error);
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    // A create that was stopped may have made more than it could tell.
    let keys = ssm
        .metadata_below(&layout.all_private())
        .await
        .map_err(failed)?;
    let public = Part::ALL.map(|part| layout.public(part));
    let names: Vec<_> = keys.into_iter().map(|key| key.name).chain(public).collect();
    ssm.delete_parameters(&names).await.map_err(failed)?;
    Ok(())
}
