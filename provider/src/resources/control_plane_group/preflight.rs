//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::Clients;
use tfplug::{Cx, Diagnostics, Path, PlannedChange, Result};

use super::KIND;
use super::model::ControlPlaneGroup;
use super::rollout::forecast;
use crate::diagnostics::aws_error;
use crate::node_group::{HasMachine, preflight as shared};
use crate::provider::Data;

const PLANNING: &str = "Planning control plane group";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(
    cx: &Cx<Data>,
    change: &PlannedChange<ControlPlaneGroup>,
) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    // Boxed, since together they are large, and a thread's stack holds every layer around them.
    let here = Box::pin(look(cx, clients, change));
    let ahead = Box::pin(forecast(clients, change, |warning| cx.warn(warning)));
    let looked = tokio::try_join!(here, ahead);
    let (mut found, further) = looked.map_err(|error| aws_error(PLANNING, &error))?;
    found.extend(further);
    found.into_result().map(|_| ())
}

async fn look(
    cx: &Cx<Data>,
    clients: &Clients,
    change: &PlannedChange<ControlPlaneGroup>,
) -> Result<Diagnostics, aws::Error> {
    let plan = &change.plan;
    let prior = change.prior.as_ref();
    let same_places = prior.is_some_and(|prior| prior.subnets == plan.subnets);
    let same_nodes = prior.is_some_and(|prior| prior.machine() == plan.machine());
    let same_targets = prior.is_some_and(|prior| {
        prior.target_group_arns == plan.target_group_arns
            && prior.service_target_group_arns == plan.service_target_group_arns
    });
    // Each has its own findings, so that all can look at once.
    let places = async {
        let mut found = Diagnostics::new();
        if same_places && same_nodes && same_targets {
            return Ok(found);
        }
        let groups = &plan.security_group_ids;
        let vpc = shared::places(clients, &plan.subnets, groups, &mut found).await?;
        if !same_targets {
            for (name, arns) in [
                ("target_group_arns", &plan.target_group_arns),
                ("service_target_group_arns", &plan.service_target_group_arns),
            ] {
                shared::target_groups(clients, arns, name, vpc.as_deref(), &mut found).await?;
            }
        }
        Ok(found)
    };
    // Zones and instance types are AWS's alone: nothing that an apply makes changes what the plan has
    // found of them.
    let zones = async {
        let mut found = Diagnostics::new();
        if !same_places && !cx.is_applying() {
            shared::zones_are_availability_zones(clients, &plan.subnets, &mut found).await?;
        }
        Ok(found)
    };
    let nodes = async {
        let mut found = Diagnostics::new();
        if !same_places || !same_nodes {
            let types: Vec<_> = plan
                .instance_type
                .text()
                .filter(|_| !cx.is_applying())
                .map(|name| (Path::attribute("instance_type"), name.to_owned()))
                .into_iter()
                .collect();
            let (subnets, machine) = (&plan.subnets, plan.machine());
            shared::nodes(clients, subnets, &machine, &types, &mut found).await?;
        }
        Ok(found)
    };
    let name = async {
        let mut found = Diagnostics::new();
        // The create judges what has its names.
        if prior.is_none() && !cx.is_applying() {
            let names = (&plan.cluster_name, &plan.name);
            shared::name(cx.data(), clients, &KIND, PLANNING, names, &mut found).await?;
        }
        Ok::<_, aws::Error>(found)
    };
    let (mut all, zones, nodes, name) = tokio::try_join!(places, zones, nodes, name)?;
    all.extend(zones);
    all.extend(nodes);
    all.extend(name);
    Ok(all)
}
