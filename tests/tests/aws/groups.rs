//! Groups and all that is theirs.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::autoscaling::{
    Autoscaling, Group, GroupChanges, GroupSettings, GroupTag, Hook, InstanceTypeOverride,
    InstancesDistribution, Launch, MaintenancePolicy, MixedInstances, NewGroup, RefreshSpec,
    TemplateRef, TemplateVersion, Transition,
};
use aws::tags::Tags;
use aws::wait::{Backoff, Wait};
use kubeha_tests::lifecycle::IMAGE_X86_64;
use tokio_util::sync::CancellationToken;

use super::templates::full;
use super::{World, block_on, strings};

const NAME: &str = "nodes";

fn settings() -> GroupSettings {
    GroupSettings {
        health_check_type: "ELB".into(),
        health_check_grace_period: 120,
        default_cooldown: 30,
        default_instance_warmup: Some(0),
        termination_policies: strings(&["OldestLaunchTemplate", "Default"]),
        new_instances_protected_from_scale_in: true,
        capacity_rebalance: false,
        max_instance_lifetime: Some(86_400),
        instance_maintenance_policy: Some(MaintenancePolicy {
            min_healthy_percentage: 90,
            max_healthy_percentage: 120,
        }),
        capacity_distribution_strategy: "balanced-only".into(),
        deletion_protection: "prevent-force-deletion".into(),
    }
}

fn other_settings() -> GroupSettings {
    GroupSettings {
        health_check_type: "EC2".into(),
        health_check_grace_period: 0,
        default_cooldown: 300,
        default_instance_warmup: None,
        termination_policies: strings(&["Default"]),
        new_instances_protected_from_scale_in: false,
        capacity_rebalance: true,
        max_instance_lifetime: None,
        instance_maintenance_policy: None,
        capacity_distribution_strategy: "balanced-best-effort".into(),
        deletion_protection: "none".into(),
    }
}

fn hook(name: &str, transition: Transition) -> Hook {
    Hook {
        name: name.into(),
        transition,
        heartbeat_timeout: 900,
        default_result: "CONTINUE".into(),
        notification_target_arn: Some("arn:aws:sqs:us-east-1:123456789012:queue".into()),
        role_arn: Some("arn:aws:iam::123456789012:role/hooks".into()),
        notification_metadata: Some("here".into()),
    }
}

fn tag(value: &str, propagate_at_launch: bool) -> GroupTag {
    GroupTag {
        value: value.into(),
        propagate_at_launch,
    }
}

async fn read(autoscaling: &Autoscaling) -> Group {
    autoscaling.group(NAME).await.unwrap().unwrap()
}

/// A group of three in three zones, launched from version 1 of a template.
async fn make(world: &World, target_group: &str) -> NewGroup {
    let ec2 = world.clients.ec2().await.unwrap();
    let (data, tags) = (full(world), Tags::new());
    let template = ec2.create_launch_template(NAME, &data, &tags, "token");
    let template = template.await.unwrap();
    let new = NewGroup {
        name: NAME.into(),
        min_size: 0,
        max_size: 5,
        desired_capacity: Some(3),
        launch: Launch::Template(TemplateRef {
            id: template.id,
            version: "1".into(),
        }),
        subnets: world.network.subnets.values().take(3).cloned().collect(),
        target_group_arns: vec![target_group.to_owned()],
        settings: settings(),
        hooks: vec![hook("drain", Transition::Terminating)],
        tags: [("a".into(), tag("1", true)), ("b".into(), tag("2", false))].into(),
    };
    let autoscaling = world.clients.autoscaling().await.unwrap();
    autoscaling.create_group(&new).await.unwrap();
    new
}

#[test]
fn a_group_reads_back_as_it_was_written() {
    let world = World::new();
    let (one, two) = (world.target_group("one", 1), world.target_group("two", 2));
    block_on(async {
        let autoscaling = world.clients.autoscaling().await.unwrap();
        assert_eq!(autoscaling.group(NAME).await.unwrap(), None);
        let new = make(&world, &one).await;
        let error = autoscaling.create_group(&new).await.unwrap_err();
        assert_eq!(error.code(), Some("AlreadyExists"));

        let found = read(autoscaling).await;
        assert_eq!(
            (found.min_size, found.max_size, found.desired_capacity),
            (0, 5, 3)
        );
        assert_eq!(found.launch, new.launch);
        assert_eq!(found.settings, new.settings);
        assert_eq!(found.tags, new.tags);
        assert_eq!(found.subnets, new.subnets.iter().cloned().collect());
        assert_eq!(found.zones.len(), 3);
        assert_eq!(found.target_group_arns, [one.clone()].into());
        assert_eq!(found.status, None);
        assert_eq!(autoscaling.hooks(NAME).await.unwrap(), new.hooks);

        let Launch::Template(template) = &new.launch else {
            unreachable!()
        };
        let mixed = Launch::Mixed(MixedInstances {
            template: template.clone(),
            instance_types: ["m6g.large", "m6g.xlarge"]
                .map(|instance_type| InstanceTypeOverride {
                    instance_type: instance_type.into(),
                    weighted_capacity: None,
                    template: None,
                })
                .into(),
            distribution: InstancesDistribution {
                on_demand_allocation_strategy: Some("prioritized".into()),
                on_demand_base_capacity: 1,
                on_demand_percentage_above_base_capacity: 50,
                spot_allocation_strategy: "price-capacity-optimized".into(),
                spot_instance_pools: None,
                spot_max_price: Some("0.05".into()),
            },
        });
        let subnets: Vec<_> = world.network.subnets.values().skip(1).cloned().collect();
        let changes = GroupChanges {
            min_size: Some(1),
            max_size: Some(6),
            desired_capacity: Some(4),
            launch: Some(mixed.clone()),
            subnets: Some(subnets.clone()),
            settings: Some(other_settings()),
        };
        autoscaling.update_group(NAME, &changes).await.unwrap();
        let found = read(autoscaling).await;
        assert_eq!(
            (found.min_size, found.max_size, found.desired_capacity),
            (1, 6, 4)
        );
        assert_eq!(found.launch, mixed);
        assert_eq!(found.settings, other_settings());
        assert_eq!(found.subnets, subnets.into_iter().collect());

        // What isn't named stays, whatever it is.
        let changes = GroupChanges {
            max_size: Some(7),
            ..GroupChanges::default()
        };
        autoscaling.update_group(NAME, &changes).await.unwrap();
        let after = read(autoscaling).await;
        assert_eq!(after.max_size, 7);
        assert_eq!(
            (after.launch, after.settings),
            (found.launch, found.settings)
        );

        autoscaling
            .attach_target_groups(NAME, std::slice::from_ref(&two))
            .await
            .unwrap();
        autoscaling
            .detach_target_groups(NAME, &[one])
            .await
            .unwrap();
        let processes = strings(&["AZRebalance", "ReplaceUnhealthy"]);
        autoscaling
            .suspend_processes(NAME, &processes)
            .await
            .unwrap();
        autoscaling
            .resume_processes(NAME, &processes[1..])
            .await
            .unwrap();
        let metrics = strings(&["GroupMaxSize", "GroupMinSize"]);
        autoscaling.enable_metrics(NAME, &metrics).await.unwrap();
        autoscaling
            .disable_metrics(NAME, &metrics[1..])
            .await
            .unwrap();
        let tags: BTreeMap<_, _> =
            [("b".into(), tag("3", true)), ("c".into(), tag("", true))].into();
        autoscaling.set_tags(NAME, &tags).await.unwrap();
        autoscaling
            .remove_tags(NAME, &strings(&["a"]))
            .await
            .unwrap();
        let found = read(autoscaling).await;
        assert_eq!(found.target_group_arns, [two].into());
        assert_eq!(found.suspended_processes, ["AZRebalance".into()].into());
        assert_eq!(found.enabled_metrics, ["GroupMaxSize".into()].into());
        assert_eq!(found.tags, tags);

        let other = Hook {
            heartbeat_timeout: 60,
            notification_target_arn: None,
            ..hook("drain", Transition::Terminating)
        };
        autoscaling.put_hook(NAME, &other).await.unwrap();
        assert_eq!(autoscaling.hooks(NAME).await.unwrap(), [other]);
        autoscaling.delete_hook(NAME, "drain").await.unwrap();
        autoscaling.delete_hook(NAME, "drain").await.unwrap();
        assert!(autoscaling.hooks(NAME).await.unwrap().is_empty());

        autoscaling.delete_group(NAME, true).await.unwrap();
        world.account.advance(Duration::from_secs(600));
        let wait = Wait::new(
            "the group to be gone",
            Duration::from_secs(30),
            &CancellationToken::new(),
            Backoff::new(Duration::from_millis(50), Duration::from_secs(1), 1),
        );
        autoscaling.wait_until_group_gone(NAME, wait).await.unwrap();
        autoscaling.delete_group(NAME, true).await.unwrap();
        let changes = GroupChanges {
            max_size: Some(1),
            ..GroupChanges::default()
        };
        let error = autoscaling.update_group(NAME, &changes).await;
        assert!(error.unwrap_err().is_not_found());
    });
}

#[test]
fn instances_are_seen_and_handled() {
    let world = World::new();
    let target_group = world.target_group("one", 1);
    block_on(async {
        let autoscaling = world.clients.autoscaling().await.unwrap();
        let ec2 = world.clients.ec2().await.unwrap();
        let elbv2 = world.clients.elbv2().await.unwrap();
        let new = make(&world, &target_group).await;
        let Launch::Template(template) = &new.launch else {
            unreachable!()
        };
        let found = read(autoscaling).await;
        assert_eq!(found.instances.len(), 3);
        for instance in &found.instances {
            assert_eq!(instance.lifecycle_state, "InService");
            assert_eq!(instance.health_status, "Healthy");
            assert_eq!(instance.instance_type, "m6g.large");
            assert!(instance.protected_from_scale_in);
            let version = TemplateVersion {
                id: template.id.clone(),
                version: 1,
            };
            assert_eq!(instance.launch_template, Some(version));
        }
        let ids: Vec<_> = found.instances.iter().map(|one| one.id.clone()).collect();
        let asked = [ids.clone(), strings(&["i-0123456789abcdef0"])].concat();
        let (instances, volumes) = tokio::join!(ec2.instances(&asked), ec2.volumes_of(&asked));
        let (instances, volumes) = (instances.unwrap(), volumes.unwrap());
        assert_eq!(instances.len(), 3);
        for instance in &instances {
            assert_eq!(instance.state, "running");
            assert!(instance.private_ip.is_some() && instance.launch_time.is_some());
            assert_eq!(instance.tags["a"], "1", "the group's wins");
            assert_eq!(instance.volume_ids.len(), 2);
        }
        assert_eq!(volumes.len(), 6);
        assert!(volumes.iter().all(|volume| volume.tags["c"] == "3"));

        // One that is gone keeps no other from its tags.
        let tags: Tags = [("later".to_owned(), "x".to_owned())].into();
        ec2.tag(&asked, &tags).await.unwrap();
        ec2.untag(&asked, &strings(&["b"])).await.unwrap();
        for instance in ec2.instances(&ids).await.unwrap() {
            assert_eq!(instance.tags["later"], "x");
            assert!(!instance.tags.contains_key("b"));
        }

        let health = elbv2.target_health(&target_group).await.unwrap().unwrap();
        assert_eq!(health.len(), 3);
        assert_eq!(health[0].state, "unused");
        assert!(health[0].reason.is_some());
        elbv2.deregister_targets(&target_group, &ids).await.unwrap();
        elbv2
            .deregister_targets(&target_group, &asked)
            .await
            .unwrap();
        let none = target_group.replace("one", "none");
        assert_eq!(elbv2.target_health(&none).await.unwrap(), None);

        autoscaling
            .set_instance_protection(NAME, &ids[..1], false)
            .await
            .unwrap();
        let found = read(autoscaling).await;
        let protected = |id: &String| {
            let one = found.instances.iter().find(|one| one.id == *id);
            one.unwrap().protected_from_scale_in
        };
        assert_eq!((protected(&ids[0]), protected(&ids[1])), (false, true));

        autoscaling.delete_hook(NAME, "drain").await.unwrap();
        let before = autoscaling.activities(NAME, None).await.unwrap();
        assert_eq!(before.len(), 3);
        assert!(before.iter().all(|one| one.status == "Successful"));
        world.account.advance(Duration::from_secs(5));
        autoscaling.terminate_instance(&ids[0], true).await.unwrap();
        world.account.advance(Duration::from_secs(600));
        autoscaling.terminate_instance(&ids[0], true).await.unwrap();
        let found = read(autoscaling).await;
        assert_eq!((found.instances.len(), found.desired_capacity), (2, 2));
        let since = before[0].start + 1;
        let after = autoscaling.activities(NAME, Some(since)).await.unwrap();
        assert_eq!(after.len(), 1);
        assert!(after[0].description.contains(&ids[0]), "{:?}", after[0]);
        assert_eq!(after[0].progress, 100);
        assert!(after[0].end.is_some());
    });
}

#[test]
fn a_refresh_is_started_seen_and_cancelled() {
    let world = World::new();
    let target_group = world.target_group("one", 1);
    block_on(async {
        let autoscaling = world.clients.autoscaling().await.unwrap();
        let ec2 = world.clients.ec2().await.unwrap();
        let new = make(&world, &target_group).await;
        let Launch::Template(template) = &new.launch else {
            unreachable!()
        };
        let mut data = full(&world);
        data.image_id = Some(IMAGE_X86_64.into());
        data.instance_type = Some("m5.large".into());
        let version = ec2.create_launch_template_version(&template.id, &data, "2");
        let version = version.await.unwrap();
        let desired = Launch::Template(TemplateRef {
            id: template.id.clone(),
            version: version.to_string(),
        });
        let spec = RefreshSpec {
            min_healthy_percentage: 90,
            max_healthy_percentage: 110,
            instance_warmup: Some(30),
            checkpoint_percentages: vec![50, 100],
            checkpoint_delay: Some(60),
            auto_rollback: false,
            skip_matching: true,
            scale_in_protected_instances: "Refresh".into(),
            standby_instances: "Ignore".into(),
            desired_launch: Some(desired.clone()),
        };
        assert!(autoscaling.refreshes(NAME).await.unwrap().is_empty());
        let id = autoscaling.start_refresh(NAME, &spec).await.unwrap();
        let error = autoscaling.start_refresh(NAME, &spec).await.unwrap_err();
        assert_eq!(error.code(), Some("InstanceRefreshInProgress"));
        assert!(error.is_conflict());
        let found = autoscaling.refreshes(NAME).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, id);
        assert_eq!(found[0].desired_launch, Some(desired));
        assert_eq!(found[0].instances_to_update, 3);
        assert_eq!(found[0].end, None);
        autoscaling.cancel_refresh(NAME).await.unwrap();
        world.account.advance(Duration::from_secs(3600));
        autoscaling.cancel_refresh(NAME).await.unwrap();
        let found = autoscaling.refreshes(NAME).await.unwrap();
        assert_eq!(found[0].status, "Cancelled");
        assert!(found[0].end.is_some());
    });
}
