//! Finds an existing group by what a user gives.

use aws::autoscaling::{Autoscaling, Group, Launch};
use aws::ec2::{Ec2, TemplateData};
use aws::ownership::CLUSTER_KEY;
use tfplug::{Attr, Cx, Diagnostic, Result};

use super::KIND;
use super::model::ControlPlaneGroup;
use super::rollout::Rollout;
use crate::diagnostics::aws_error;
use crate::node_group::RootBlockDevice;
use crate::provider::Data;

/// An import id taken apart: `<name>`, or `<name>,<ARN of a service's target group>,...`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Id<'a> {
    name: &'a str,
    service_target_groups: Vec<&'a str>,
}

impl<'a> Id<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(',').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let service_target_groups: Vec<_> = parts.collect();
        let arns = service_target_groups
            .iter()
            .all(|arn| arn.starts_with("arn:") && arn.contains(":targetgroup/"));
        arns.then_some(Self {
            name,
            service_target_groups,
        })
    }
}

/// # Errors
/// The id isn't of that form, or there is no such group that is launched by a template of its own.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<ControlPlaneGroup> {
    let importing = KIND.importing();
    let failed = |error: aws::Error| aws_error(&importing, &error);
    let Some(id) = Id::parse(id) else {
        return Err(malformed(&importing, id).into());
    };
    let clients = cx.data().clients()?;
    let (scaling, ec2) = tokio::try_join!(clients.autoscaling(), clients.ec2()).map_err(failed)?;
    let group = find(scaling, id.name).await.map_err(failed)?;
    // An unfinished create may have left a launch template without a group.
    let template = match &group {
        Some(group) => match &group.launch {
            Launch::Template(used) => ec2.launch_template(&used.id).await,
            Launch::Mixed(_) => {
                return Err(unlike(&importing, id.name, "a mix of instance types").into());
            }
            Launch::Other => {
                return Err(
                    unlike(&importing, id.name, "something else than a launch template").into(),
                );
            }
        },
        None => ec2.launch_template_by_name(id.name).await,
    };
    let template = template.map_err(failed)?;
    if group.is_none() && template.is_none() {
        let text = format!(
            "There is no Auto Scaling group \"{}\". It must be in the provider's region and account.",
            id.name
        );
        return Err(Diagnostic::error(&importing, text).into());
    }
    let cluster = group
        .as_ref()
        .and_then(|group| group.tags.get(CLUSTER_KEY).map(|tag| &tag.value))
        .or_else(|| template.as_ref()?.tags.get(CLUSTER_KEY));
    let services = id.service_target_groups.iter().map(|arn| (*arn).to_owned());
    let mut model = ControlPlaneGroup {
        cluster_name: match cluster {
            Some(cluster) => cluster.as_str().into(),
            None => cx.data().cluster_name().clone(),
        },
        name: id.name.into(),
        arn: group.as_ref().map(|group| group.arn.clone()).into(),
        launch_template_id: template.as_ref().map(|template| template.id.clone()).into(),
        service_target_group_arns: if id.service_target_groups.is_empty() {
            Attr::Null
        } else {
            Attr::Known(services.collect())
        },
        // What AWS doesn't know is as it is unless a configuration says otherwise.
        force_delete: false.into(),
        wait_for_capacity_timeout: "10m".into(),
        rollout: Rollout::by_default().into(),
        ..ControlPlaneGroup::default()
    };
    if let (Some(group), Some(template)) = (&group, &template)
        && let Launch::Template(used) = &group.launch
    {
        let found = ec2
            .launch_template_version(&template.id, &used.version)
            .await;
        if let Some(version) = found.map_err(failed)? {
            let root = root_device(ec2, &version.data).await.map_err(failed)?;
            model.root_block_device = Attr::Known(RootBlockDevice {
                device_name: root.into(),
                ..RootBlockDevice::default()
            });
        }
    }
    Ok(model)
}

async fn find(scaling: &Autoscaling, name: &str) -> Result<Option<Group>, aws::Error> {
    Ok(scaling
        .group(name)
        .await?
        .filter(|group| group.status.is_none()))
}

/// Which device is the root: the image says. Of an image that is gone it must be the only one.
async fn root_device(ec2: &Ec2, data: &TemplateData) -> Result<Option<String>, aws::Error> {
    let image = match &data.image_id {
        Some(id) => ec2.image(id).await?,
        None => None,
    };
    let only = || match data.block_devices.len() {
        1 => data.block_devices.keys().next().cloned(),
        _ => None,
    };
    Ok(image.and_then(|image| image.root_device_name).or_else(only))
}

fn unlike(importing: &str, name: &str, what: &str) -> Diagnostic {
    let text = format!(
        "The Auto Scaling group \"{name}\" launches from {what}. A {} has one launch template and \
         one instance type.",
        KIND.noun
    );
    Diagnostic::error(importing, text)
}

fn malformed(importing: &str, id: &str) -> Diagnostic {
    let text = format!(
        "\"{id}\" is not an import id. Give the Auto Scaling group's name, and if services' target \
         groups are attached to it, their ARNs too, with commas between: prod-control-plane or \
         prod-control-plane,arn:aws:elasticloadbalancing:...:targetgroup/prod-http/0123456789abcdef."
    );
    Diagnostic::error(importing, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_name_and_perhaps_target_groups() {
        let id = Id::parse("prod-control-plane").unwrap();
        assert_eq!(
            (id.name, id.service_target_groups.len()),
            ("prod-control-plane", 0)
        );
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/x/1";
        let text = format!("prod, {arn},{arn}");
        assert_eq!(Id::parse(&text).unwrap().service_target_groups, [arn, arn]);
        for text in ["", ",", "prod,", "prod,x", "prod,arn:aws:iam::1:role/x"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
