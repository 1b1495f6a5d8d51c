//! Takes a load balancer away: the name first, so that clients don't meet a dead end; then the load
//! balancer and with it the listener; the target group last, since it can't go while it is in use.

use aws::wait::Progress;
use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::converge::wait;
use super::desired::record;
use super::model::ApiLoadBalancer;
use super::records::{RecordNotes, remove_record};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const DELETING: &str = "Deleting API load balancer";

/// # Errors
/// AWS refuses. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: ApiLoadBalancer,
    saved: &Saved<ApiLoadBalancer>,
) -> Result<()> {
    // The new object of a replacement may be the old one under the same name.
    let taken_over = |arn: &Attr<String>| {
        arn.text()
            .is_some_and(|arn| cx.data().claims.is_taken_over(arn))
    };
    if taken_over(&state.arn) || taken_over(&state.target_group_arn) {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's load balancer, since \
             both have the same name, so that stays. Nothing was replaced. Without \
             create_before_destroy, the old one goes first.",
        ));
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let failed = |error: aws::Error| aws_error(DELETING, &error);
    let elb = clients.elbv2().await.map_err(failed)?;
    let mut records = RecordNotes::of(cx);
    if let Some(record) = record(&state) {
        records.add(record);
    }
    if let Some(dns_name) = state.dns_name.text() {
        for record in &records.0 {
            remove_record(cx, record, dns_name).await.map_err(failed)?;
        }
    }
    if let Some(arn) = state.arn.text() {
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
        state.arn = Attr::Null;
        state.listener_arn = Attr::Null;
        saved.save(&state);
    }
    if let Some(arn) = state.target_group_arn.text() {
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
            .map_err(failed)?;
    }
    Ok(())
}

/// Why a protected load balancer stays.
pub(super) fn protected() -> Diagnostic {
    Diagnostic::error(
        "Deletion protection is on",
        "AWS refuses to delete this load balancer. Set \"enable_deletion_protection\" to false, \
         apply, and then destroy.",
    )
    .at("enable_deletion_protection")
}
