//! Subnets and security groups that users name, looked up at plan. Those that the same run has just
//! made needn't be: AWS judges them again when something is made in them.

use std::collections::BTreeSet;

use aws::{Clients, Error};
use futures_util::future::join_all;
use tfplug::{Attr, Diagnostic, Diagnostics, Map, Path, Set};

/// Subnets exist, stand in the zones they are said to, and share a VPC, which is returned.
/// `tenant` is who lives in them, such as "a load balancer".
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn subnets(
    clients: &Clients,
    subnets: &Attr<Map<String>>,
    tenant: &str,
    found: &mut Diagnostics,
) -> Result<Option<String>, Error> {
    let ec2 = clients.ec2().await?;
    let mut vpc: Option<(String, String)> = None;
    let mut seen = BTreeSet::new();
    let subnets: Vec<(&str, &String)> = subnets.known().into_iter().flat_map(Map::known).collect();
    // All of them at once, so that they share a call.
    let looks = subnets.iter().map(|(_, id)| ec2.known_subnet(id));
    for ((zone, id), subnet) in subnets.iter().zip(join_all(looks).await) {
        let at = Path::attribute("subnets").key(*zone);
        let mut fault = |text: String| {
            found.push(Diagnostic::error("Invalid subnet", text).at(at.clone()));
        };
        let Some(subnet) = subnet? else {
            fault(format!(
                "There is no subnet \"{id}\" in this region and account."
            ));
            continue;
        };
        if subnet.availability_zone != *zone {
            fault(format!(
                "The subnet \"{id}\" is in {}, not in {zone}. The keys of \"subnets\" are the \
                 subnets' own zones.",
                subnet.availability_zone
            ));
        }
        if !seen.insert(id.as_str()) {
            fault(format!(
                "The subnet \"{id}\" stands there twice: each zone has its own."
            ));
        }
        match &vpc {
            None => vpc = Some((subnet.vpc_id, subnet.id)),
            Some((first, of)) if *first != subnet.vpc_id => fault(format!(
                "The subnet \"{id}\" is in {}, but \"{of}\" is in {first}. {tenant} lives in one \
                 VPC.",
                subnet.vpc_id
            )),
            Some(_) => {}
        }
    }
    Ok(vpc.map(|(vpc, _)| vpc))
}

/// Security groups exist, and in the subnets' VPC.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn security_groups(
    clients: &Clients,
    groups: &Attr<Set<String>>,
    vpc: Option<&str>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let ec2 = clients.ec2().await?;
    let groups: Vec<&String> = groups.known().into_iter().flat_map(Set::known).collect();
    let looks = groups.iter().map(|id| ec2.known_security_group(id));
    for (id, group) in groups.iter().zip(join_all(looks).await) {
        let mut fault = |text: String| {
            found.push(Diagnostic::error("Invalid security group", text).at("security_group_ids"));
        };
        match (group?, vpc) {
            (None, _) => {
                fault(format!(
                    "There is no security group \"{id}\" in this region and account."
                ));
            }
            (Some(group), Some(vpc)) if group.vpc_id != *vpc => fault(format!(
                "The security group \"{id}\" is in {}, but the subnets are in {vpc}.",
                group.vpc_id
            )),
            _ => {}
        }
    }
    Ok(())
}
