//! Takes both parameters away.

use tfplug::{Cx, Diagnostic, Result};

use super::model::LeafCertificate;
use super::plan::{certificate_name, key_name};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const DELETING: &str = "Deleting certificate";

/// # Errors
/// AWS refuses.
pub(super) async fn delete(cx: &Cx<Data>, state: &LeafCertificate) -> Result<()> {
    let path = state.parameter_path.get("parameter_path")?;
    // The new object of a replacement may be the old one under the same names.
    if cx.data().claims.is_taken_over(path) {
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
    let names = [key_name(path), certificate_name(path)];
    ssm.delete_parameters(&names).await.map_err(failed)?;
    Ok(())
}
