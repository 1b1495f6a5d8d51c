//! What would fail at apply for any node group, found at plan by asking AWS. Changes nothing.

use std::collections::BTreeSet;

use aws::ec2::{Image, InstanceType};
use aws::ownership::Claim;
use aws::tags::Tags;
use aws::{Clients, Error};
use futures_util::future::{join_all, try_join_all};
use tfplug::{Attr, Diagnostic, Diagnostics, Map, Path, Set};

use super::marks::values;
use super::observed::is_leaving;
use super::{Kind, Machine, machine};
use crate::diagnostics::refusal;
use crate::network;
use crate::provider::Data;

/// Where nodes stand and who may reach them. Returns the VPC.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn places(
    clients: &Clients,
    subnets: &Attr<Map<String>>,
    security_groups: &Attr<Set<String>>,
    found: &mut Diagnostics,
) -> Result<Option<String>, Error> {
    let vpc = network::subnets(clients, subnets, "A group", found).await?;
    network::security_groups(clients, security_groups, vpc.as_deref(), found).await?;
    Ok(vpc)
}

/// Zones are Availability Zones, which fail one by one. Local and Wavelength Zones hang on one.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn zones_are_availability_zones(
    clients: &Clients,
    subnets: &Attr<Map<String>>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let ec2 = clients.ec2().await?;
    let names: Vec<&String> = zones(subnets);
    let looks = names.iter().map(|name| ec2.zone(name));
    for (name, zone) in names.iter().zip(join_all(looks).await) {
        let at = || Path::attribute("subnets").key(name.as_str());
        let text = match zone? {
            None => format!("There is no zone \"{name}\" in this region."),
            Some(zone) if zone.zone_type != "availability-zone" => format!(
                "\"{name}\" is a {}. It fails with the Availability Zone that it belongs to, and \
                 etcd waits for it on every write. Use Availability Zones for the control plane.",
                zone.zone_type
            ),
            Some(_) => continue,
        };
        found.push(Diagnostic::error("Invalid zone", text).at(at()));
    }
    Ok(())
}

/// Image, key pair and instance profile exist; the instance types can run the image, and every zone
/// has them. `types` are their names, each with the place it stands at.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn nodes(
    clients: &Clients,
    subnets: &Attr<Map<String>>,
    machine: &Machine,
    types: &[(Path, String)],
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let ec2 = clients.ec2().await?;
    let image = async {
        match machine.image_id.text() {
            Some(id) => ec2.image(id).await,
            None => Ok(None),
        }
    };
    let key = async {
        match machine.key_name.text() {
            Some(name) => ec2.key_pair_exists(name).await,
            None => Ok(true),
        }
    };
    let profile = async {
        match machine.iam_instance_profile.text() {
            Some(profile) => {
                let name = profile.rsplit('/').next().unwrap_or(profile);
                let found = clients.iam().await?.known_instance_profile(name).await?;
                Ok(found.is_some())
            }
            None => Ok(true),
        }
    };
    let types = try_join_all(types.iter().map(async |(at, name)| {
        let (kind, offered) = tokio::try_join!(ec2.instance_type(name), ec2.zones_offering(name))?;
        Ok::<_, Error>((at, name, kind, offered))
    }));
    let (image, key, profile, types) = tokio::try_join!(image, key, profile, types)?;
    if let Some(id) = machine.image_id.text() {
        found.extend(image_problems(id, image.as_ref(), machine));
    }
    if let (Some(name), false) = (machine.key_name.text(), key) {
        let text = format!(
            "There is no key pair \"{name}\" in this region. Each region has its own: make it there, \
             or name another."
        );
        found.push(Diagnostic::error("Invalid key pair", text).at("key_name"));
    }
    if let (Some(name), false) = (machine.iam_instance_profile.text(), profile) {
        let text = format!(
            "There is no instance profile \"{name}\". A role isn't one: the profile that holds it \
             may have another name."
        );
        let at = "iam_instance_profile";
        found.push(Diagnostic::error("Invalid instance profile", text).at(at));
    }
    for (at, name, kind, offered) in types {
        found.extend(type_problems(
            at,
            name,
            kind.as_ref(),
            &offered,
            subnets,
            image.as_ref(),
        ));
    }
    Ok(())
}

fn image_problems(id: &str, image: Option<&Image>, machine: &Machine) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Some(image) = image else {
        let text = format!(
            "There is no image \"{id}\" in this region for this account. An image has another id in \
             each region, and a private one must be shared with the account."
        );
        found.push(Diagnostic::error("Invalid image", text).at("image_id"));
        return found;
    };
    if image.state != "available" {
        let text = format!(
            "The image \"{id}\" is {}, not available. Wait until it is, or take another.",
            image.state
        );
        found.push(Diagnostic::error("Invalid image", text).at("image_id"));
    }
    let Some(root) = &image.root_device_name else {
        return found;
    };
    let size = (machine.root_block_device.known()).and_then(|root| root.volume_size.known());
    let least = image
        .block_devices
        .get(root)
        .and_then(|device| device.size_gib);
    if let (Some(&size), Some(least)) = (size, least)
        && size < i64::from(least)
    {
        let text = format!("The image \"{id}\" needs {least} GiB at least, not {size}.");
        let at = Path::attribute("root_block_device").and("volume_size");
        found.push(Diagnostic::error("Invalid volume", text).at(at));
    }
    // Where the root device's name is known already, the plan has said so.
    let further = machine.ebs_block_devices.known();
    if machine.root_device_name().is_none() && further.is_some_and(|map| map.0.contains_key(root)) {
        let at = Path::attribute("ebs_block_devices").key(root.as_str());
        found.push(machine::root_again(root).at(at));
    }
    found
}

fn type_problems(
    at: &Path,
    name: &str,
    kind: Option<&InstanceType>,
    offered: &BTreeSet<String>,
    subnets: &Attr<Map<String>>,
    image: Option<&Image>,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut fault =
        |text: String| found.push(Diagnostic::error("Invalid instance type", text).at(at.clone()));
    let Some(kind) = kind else {
        fault(format!(
            "There is no instance type \"{name}\" in this region: aws ec2 \
             describe-instance-type-offerings lists those there are."
        ));
        return found;
    };
    let without: Vec<_> = zones(subnets)
        .into_iter()
        .filter(|zone| !offered.contains(*zone))
        .map(String::as_str)
        .collect();
    if !without.is_empty() {
        fault(format!(
            "{name} isn't offered in {}. Its nodes would never come. Choose another type, or other \
             zones.",
            without.join(", ")
        ));
    }
    if let Some(image) = image
        && !kind.architectures.contains(&image.architecture)
    {
        let architectures: Vec<_> = kind.architectures.iter().map(String::as_str).collect();
        fault(format!(
            "{name} runs images for {}, but \"{}\" is one for {}. Choose another type, or another \
             image.",
            architectures.join(" and "),
            image.id,
            image.architecture
        ));
    }
    found
}

/// Target groups exist, in the nodes' VPC, and take instances.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn target_groups(
    clients: &Clients,
    arns: &Attr<Set<String>>,
    attribute: &str,
    vpc: Option<&str>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let arns: Vec<&String> = arns.known().into_iter().flat_map(Set::known).collect();
    if arns.is_empty() {
        return Ok(());
    }
    let elb = clients.elbv2().await?;
    let looks = arns.iter().map(|arn| elb.known_target_group(arn));
    for (arn, group) in arns.iter().zip(join_all(looks).await) {
        let text = match (group?, vpc) {
            (None, _) => {
                format!("There is no target group \"{arn}\" in this region and account.")
            }
            (Some(group), _) if group.target_type != "instance" => format!(
                "The target group \"{}\" takes targets of type {}, not instances.",
                group.name, group.target_type
            ),
            (Some(group), Some(vpc)) if group.vpc_id != vpc => format!(
                "The target group \"{}\" is in {}, but the subnets are in {vpc}.",
                group.name, group.vpc_id
            ),
            _ => continue,
        };
        found.push(Diagnostic::error("Invalid target group", text).at(attribute));
    }
    Ok(())
}

/// The name is free, for group and launch template, or what has it is ours to take.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn name(
    data: &Data,
    clients: &Clients,
    kind: &'static Kind,
    doing: &str,
    (cluster, name): (&Attr<String>, &Attr<String>),
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let (Some(cluster), Some(name), true) = (cluster.text(), name.text(), data.owner_is_known())
    else {
        return Ok(());
    };
    let (scaling, ec2) = tokio::try_join!(clients.autoscaling(), clients.ec2())?;
    let (group, template) =
        tokio::try_join!(scaling.group(name), ec2.launch_template_by_name(name))?;
    let refused = |what: &str, part: &'static str, tags: &Tags| match data
        .ownership(cluster, part)
        .claim(tags)
    {
        Claim::Adopt => None,
        Claim::Refuse(why) => {
            let what = format!("{what} named \"{name}\"");
            Some(refusal(doing, &what, &why, kind.resource, Some(name)).at(kind.name_attribute))
        }
    };
    // What the state has goes before the new one comes, and what is being deleted goes too.
    let group = group
        .filter(|group| !is_leaving(group) && !data.claims.is_managed(&group.arn))
        .and_then(|group| refused("An Auto Scaling group", kind.group, &values(&group.tags)));
    let template = template
        .filter(|template| !data.claims.is_managed(&template.id))
        .and_then(|template| refused("A launch template", kind.template, &template.tags));
    // What is refused already needn't be refused again for its parts.
    if let Some(refused) = group.or(template) {
        found.push(refused);
    }
    Ok(())
}

fn zones(subnets: &Attr<Map<String>>) -> Vec<&String> {
    subnets
        .known()
        .into_iter()
        .flat_map(|map| map.0.keys())
        .collect()
}
