//! Takes a network away: the NAT gateways first, since they hold addresses and subnets; then the
//! subnets, from which everybody else must be gone; then what they used; the VPC last.

use tfplug::{Cx, Diagnostic, Result, Saved};

use super::converge::is_ours;
use super::model::Network;
use super::observed::{Ids, Observed};
use super::removal::Removal;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const DELETING: &str = "Deleting network";

/// # Errors
/// AWS refuses, or somebody's things stay in the VPC. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: Network,
    saved: &Saved<Network>,
) -> Result<()> {
    // The new object of a replacement may be the old one, as the cluster has one.
    let taken_over = state
        .vpc_id
        .text()
        .is_some_and(|id| cx.data().claims.is_taken_over(id));
    if taken_over {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's VPC, since a cluster \
             has one network, so that stays. Nothing was replaced. Without create_before_destroy, \
             the old one goes first.",
        ));
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(DELETING, &error);
    let clients = cx.data().clients()?;
    let ec2 = clients.ec2().await.map_err(failed)?;
    let ids = Ids {
        // Whether it is there shows when it is to go.
        with_vpc: false,
        ..Ids::of(&state)
    };
    let cluster = state.cluster_name.text().unwrap_or_default().to_owned();
    let ours = is_ours(cx.data(), &cluster);
    let there = Observed::read_with_outside(clients, &cluster, &ids, ours).await;
    let mut there = there.map_err(failed)?;
    let removal = Removal {
        cx,
        ec2,
        doing: DELETING,
    };
    let vpc_id = there.vpc.as_ref().map(|vpc| vpc.id.clone());
    let vpc_id = vpc_id.unwrap_or_default();

    let gateways: Vec<_> = there.nat_gateways.values().cloned().collect();
    removal.nat_gateways(&vpc_id, &gateways).await?;
    there.nat_gateways.clear();
    let mut addresses: Vec<_> = there.addresses.values().cloned().collect();
    addresses.append(&mut there.surplus_addresses);
    removal.addresses(&addresses).await?;
    there.addresses.clear();
    there.set_parts(&mut state);
    saved.save(&state);

    let public = there.public_subnets.values();
    let subnets: Vec<_> = public
        .chain(there.private_subnets.values())
        .cloned()
        .collect();
    removal.subnets(&subnets).await?;
    there.public_subnets.clear();
    there.private_subnets.clear();
    let tables = there.public_table.take().into_iter();
    let tables: Vec<_> = tables
        .chain(there.private_tables.values().cloned())
        .chain(std::mem::take(&mut there.surplus_tables))
        .collect();
    removal.route_tables(&tables).await?;
    there.private_tables.clear();
    there.set_parts(&mut state);
    saved.save(&state);

    let mut gateways: Vec<_> = there.internet_gateway.take().into_iter().collect();
    gateways.append(&mut there.surplus_gateways);
    removal.internet_gateways(&vpc_id, &gateways).await?;
    there.set_parts(&mut state);
    saved.save(&state);
    if there.vpc.is_some() {
        removal.vpc(&vpc_id).await?;
    }
    Ok(())
}
