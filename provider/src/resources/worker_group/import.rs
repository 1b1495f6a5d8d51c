//! Finds an existing group by what a user gives: its name.

use aws::autoscaling::{Group, Launch};
use aws::ec2::LaunchTemplate;
use aws::names::group_name;
use aws::ownership::CLUSTER_KEY;
use tfplug::{Attr, Cx, Diagnostic, Result};

use super::model::{InstanceRefresh, Preferences, WorkerGroup};
use super::{KIND, part};
use crate::diagnostics::aws_error;
use crate::node_group::root_block_device;
use crate::provider::Data;

/// # Errors
/// There is no such group that is launched from a launch template.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<WorkerGroup> {
    let importing = KIND.importing();
    let failed = |error: aws::Error| aws_error(&importing, &error);
    let clients = cx.data().clients()?;
    let (scaling, ec2) = tokio::try_join!(clients.autoscaling(), clients.ec2()).map_err(failed)?;
    let group = scaling.group(id).await.map_err(failed)?;
    let group = group.filter(|group| group.status.is_none());
    // An unfinished create may have left a launch template without a group.
    let used = match group.as_ref().map(|group| &group.launch) {
        Some(Launch::Template(used)) => Some(used),
        Some(Launch::Mixed(mixed)) => Some(&mixed.template),
        Some(Launch::Other) => {
            let text = format!(
                "The Auto Scaling group \"{id}\" launches from something else than a launch \
                 template with instance types."
            );
            return Err(Diagnostic::error(&importing, text).into());
        }
        None => None,
    };
    let template = match used {
        Some(used) => ec2.launch_template(&used.id).await,
        None => ec2.launch_template_by_name(id).await,
    };
    let template = template.map_err(failed)?;
    if group.is_none() && template.is_none() {
        let text = format!(
            "There is no Auto Scaling group \"{id}\". It must be in the provider's region and account."
        );
        return Err(Diagnostic::error(&importing, text).into());
    }
    let root = match (&template, used) {
        (Some(template), Some(used)) => root_block_device(ec2, template, &used.version)
            .await
            .map_err(failed)?,
        _ => None,
    };
    let cluster = cluster_of(group.as_ref(), template.as_ref());
    let cluster = cluster.map_or_else(|| cx.data().cluster_name().clone(), Attr::Known);
    Ok(WorkerGroup {
        name: short_name(&cluster, id).into(),
        cluster_name: cluster,
        autoscaling_group_name: id.into(),
        arn: group.as_ref().map(|group| group.arn.clone()).into(),
        launch_template_id: template.as_ref().map(|template| template.id.clone()).into(),
        root_block_device: root.into(),
        ..not_of_aws()
    })
}

/// What AWS doesn't have is as it is by default, unless a configuration says otherwise.
fn not_of_aws() -> WorkerGroup {
    let preferences = Preferences {
        auto_rollback: false.into(),
        skip_matching: true.into(),
        standby_instances: "Wait".into(),
        ..Preferences::default()
    };
    let refresh = InstanceRefresh {
        strategy: "rolling".into(),
        preferences: preferences.into(),
    };
    WorkerGroup {
        force_delete: false.into(),
        wait_for_capacity_timeout: "10m".into(),
        instance_refresh: refresh.into(),
        ..WorkerGroup::default()
    }
}

fn cluster_of(group: Option<&Group>, template: Option<&LaunchTemplate>) -> Option<String> {
    let of_group = group.and_then(|group| group.tags.get(CLUSTER_KEY));
    let of_template = || template.and_then(|template| template.tags.get(CLUSTER_KEY).cloned());
    of_group.map(|tag| tag.value.clone()).or_else(of_template)
}

/// The name within the cluster that leads to the group's, where one does. A hash tells none.
fn short_name(cluster: &Attr<String>, group: &str) -> Option<String> {
    let cluster = cluster.text()?;
    let name = group.strip_prefix(&group_name(cluster, &part("")))?;
    (!name.is_empty() && group_name(cluster, &part(name)) == group).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_short_name_is_what_stands_behind_the_cluster_s() {
        let of = |cluster: &str, group: &str| short_name(&cluster.into(), group);
        assert_eq!(of("prod", "prod-worker-gpu"), Some("gpu".to_owned()));
        assert_eq!(of("prod", "prod-worker-"), None);
        assert_eq!(of("prod", "dev-worker-gpu"), None);
        assert_eq!(of("prod", "anything"), None);
        assert_eq!(short_name(&Attr::Null, "prod-worker-gpu"), None);
    }

    proptest! {
        #[test]
        fn a_short_name_leads_back(cluster in "[a-z. ]{1,60}", name in "[a-zA-Z0-9.]{1,63}") {
            let group = group_name(&cluster, &part(&name));
            if let Some(found) = short_name(&cluster.as_str().into(), &group) {
                prop_assert_eq!(group_name(&cluster, &part(&found)), group);
            }
        }
    }
}
