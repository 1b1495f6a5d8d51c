//! Takes a load balancer and its parts away.

use aws::elbv2::Elbv2;
use aws::wait::Progress;
use tfplug::{Cx, Diagnostic, Result};

use super::records::remove_records;
use super::{Balancer, Type};
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::waits::wait;

/// Removes the name, so that clients don't meet a dead end; then the load balancer, and with it the
/// listeners.
///
/// # Errors
/// AWS refuses.
pub(crate) async fn load_balancer(
    cx: &Cx<Data>,
    elb: &Elbv2,
    kind: &Type,
    balancer: &Balancer,
) -> Result<()> {
    let failed = |error: aws::Error| aws_error(kind.deleting, &error);
    remove_records(cx, balancer).await.map_err(failed)?;
    let Some(arn) = balancer.arn.text() else {
        return Ok(());
    };
    elb.delete_load_balancer(arn).await.map_err(|error| {
        if error.code() == Some("OperationNotPermitted") {
            protected()
        } else {
            failed(error)
        }
    })?;
    let what = format!("load balancer {arn} to be gone");
    elb.wait_until_load_balancer_gone(arn, wait(cx, what))
        .await
        .map_err(failed)?;
    Ok(())
}

/// Removes a target group that nothing sends to any more.
///
/// # Errors
/// AWS refuses, or something goes on sending to it.
pub(crate) async fn target_group(cx: &Cx<Data>, elb: &Elbv2, arn: &str) -> Result<(), aws::Error> {
    // A listener that is gone may hold its target group for some seconds more.
    let what = format!("target group {arn} to be unused");
    wait(cx, what)
        .until(async || match elb.delete_target_group(arn).await {
            Ok(()) => Ok(Progress::Done(())),
            Err(error) if error.code() == Some("ResourceInUse") => {
                Ok(Progress::Pending("in use".to_owned()))
            }
            Err(error) => Err(error),
        })
        .await
}

/// Why a protected load balancer stays.
pub(crate) fn protected() -> Diagnostic {
    Diagnostic::error(
        "Deletion protection is on",
        "AWS refuses to delete this load balancer. Set \"enable_deletion_protection\" to false, \
         apply, and then destroy.",
    )
    .at("enable_deletion_protection")
}

/// Why nothing is deleted where the new object of a replacement is the old one under the same name.
pub(crate) fn taken_over() -> Diagnostic {
    Diagnostic::warning(
        "Not deleted",
        "The new object of this replacement has taken over the old one's load balancer, since \
         both have the same name, so that stays. Nothing was replaced. Without \
         create_before_destroy, the old one goes first.",
    )
}
