//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::Clients;
use tfplug::{Attr, Cx, Diagnostics, Path, PlannedChange, Result};

use super::KIND;
use super::model::WorkerGroup;
use super::types::{Offer, problems};
use crate::diagnostics::aws_error;
use crate::node_group::{HasMachine, preflight};
use crate::provider::Data;

const PLANNING: &str = "Planning worker group";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(cx: &Cx<Data>, change: &PlannedChange<WorkerGroup>) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let (plan, prior) = (&change.plan, change.prior.as_ref());
    let changed =
        |same: fn(&WorkerGroup, &WorkerGroup) -> bool| prior.is_none_or(|prior| !same(prior, plan));
    let targets = changed(|a, b| a.target_group_arns == b.target_group_arns);
    let places = targets
        || changed(|a, b| a.subnets == b.subnets && a.security_group_ids == b.security_group_ids);
    let nodes = changed(|a, b| a.machine() == b.machine());
    // Instance types are AWS's alone: nothing that an apply makes changes what the plan has found of
    // them.
    let types = !cx.is_applying()
        && (nodes
            || changed(|a, b| {
                a.instance_types == b.instance_types
                    && a.subnets == b.subnets
                    && has_spot(a) == has_spot(b)
            }));
    // Side by side, so that looks for the same object share a call.
    let found = tokio::try_join!(
        async {
            let mut found = Diagnostics::new();
            if places {
                let groups = &plan.security_group_ids;
                let vpc = preflight::places(clients, &plan.subnets, groups, &mut found).await?;
                if targets {
                    let (arns, at) = (&plan.target_group_arns, "target_group_arns");
                    preflight::target_groups(clients, arns, at, vpc.as_deref(), &mut found).await?;
                }
            }
            Ok(found)
        },
        async {
            let mut found = Diagnostics::new();
            if nodes {
                let machine = plan.machine();
                preflight::nodes(clients, &plan.subnets, &machine, &[], &mut found).await?;
            }
            Ok(found)
        },
        async {
            if types {
                types_of(clients, plan).await
            } else {
                Ok(Diagnostics::new())
            }
        },
        async {
            let mut found = Diagnostics::new();
            // The create judges what has its names.
            if prior.is_none() && !cx.is_applying() {
                let names = (&plan.cluster_name, &plan.autoscaling_group_name);
                let data = cx.data();
                preflight::name(data, clients, &KIND, PLANNING, names, &mut found).await?;
            }
            Ok(found)
        },
    );
    let found = found.map_err(|error| aws_error(PLANNING, &error))?;
    let (mut all, nodes, types, name) = found;
    all.extend(nodes);
    all.extend(types);
    all.extend(name);
    for warning in all.into_result()? {
        cx.warn(warning);
    }
    Ok(())
}

/// The instance types exist, can run the image, and are to be had where nodes are to be.
async fn types_of(
    clients: &Clients,
    plan: &WorkerGroup,
) -> std::result::Result<Diagnostics, aws::Error> {
    let ec2 = clients.ec2().await?;
    let image = async {
        match plan.image_id.text() {
            Some(id) => ec2.image(id).await,
            None => Ok(None),
        }
    };
    let names = plan
        .instance_types
        .known()
        .into_iter()
        .flat_map(|list| &list.0);
    let names = names
        .enumerate()
        .filter_map(|(at, name)| Some((at, name.text()?)));
    let offers = futures_util::future::try_join_all(names.map(async |(at, name)| {
        let (kind, zones) = tokio::try_join!(ec2.instance_type(name), ec2.zones_offering(name))?;
        Ok::<_, aws::Error>(Offer {
            at: Path::attribute("instance_types").index(at),
            name: name.to_owned(),
            kind,
            zones,
        })
    }));
    let (image, offers) = tokio::try_join!(image, offers)?;
    let zones: Vec<&str> = plan
        .subnets
        .known()
        .into_iter()
        .flat_map(|subnets| subnets.0.keys())
        .map(String::as_str)
        .collect();
    Ok(problems(&offers, &zones, image.as_ref(), has_spot(plan)))
}

fn has_spot(group: &WorkerGroup) -> bool {
    let on_demand = group.on_demand_percentage_above_base_capacity;
    matches!(on_demand, Attr::Known(share) if share < 100)
}
