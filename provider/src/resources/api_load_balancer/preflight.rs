//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::Clients;
use tfplug::{Cx, Diagnostics, PlannedChange, Result};

use super::TYPE;
use super::model::ApiLoadBalancer;
use crate::diagnostics::aws_error;
use crate::load_balancing::{HasBalancer, preflight as common};
use crate::provider::Data;

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(
    cx: &Cx<Data>,
    change: &PlannedChange<ApiLoadBalancer>,
) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let (network, names, zone) = tokio::try_join!(
        common::network(clients, change),
        names(cx, clients, change),
        common::hosted_zone(clients, change)
    )
    .map_err(|error| aws_error(TYPE.planning, &error))?;
    let mut found = network;
    found.extend(names);
    found.extend(zone);
    found.into_result().map(|_| ())
}

/// The names of a new one are free, or what has them is ours to take.
async fn names(
    cx: &Cx<Data>,
    clients: &Clients,
    change: &PlannedChange<ApiLoadBalancer>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let data = cx.data();
    // The create judges what has its names.
    if change.prior.is_some() || !data.owner_is_known() || cx.is_applying() {
        return Ok(found);
    }
    let balancer = change.plan.balancer();
    let refused = common::load_balancer_name(data, clients, &TYPE, &balancer).await?;
    if let Some(refused) = refused {
        // What is refused already needn't be refused again for its parts.
        found.push(refused);
        return Ok(found);
    }
    let named_by = "target_group_name";
    if let Some(name) = change.plan.target_group_name.text() {
        let refused =
            common::target_group_name(data, clients, &TYPE, &balancer, name, named_by).await?;
        refused.into_iter().for_each(|refused| found.push(refused));
    }
    Ok(found)
}
