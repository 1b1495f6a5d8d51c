//! Requests as they go out, answers as AWS gives them, malformed ones too.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::error::CallFailure;
use crate::testing::{Script, answer, refusal, refusal_saying};
use crate::wait::{Backoff, Wait};

fn autoscaling<B: Into<String>>(
    answers: impl IntoIterator<Item = (u16, B)>,
) -> (Arc<Autoscaling>, Script) {
    let script = Script::new(answers);
    let client = aws_sdk_autoscaling::Client::new(&script.sdk());
    (Arc::new(Autoscaling::new(client)), script)
}

fn groups(members: &str) -> (u16, String) {
    let result = format!("<AutoScalingGroups>{members}</AutoScalingGroups>");
    answer("DescribeAutoScalingGroups", &result)
}

fn group(name: &str, more: &str) -> String {
    format!(
        "<member><AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>arn:{name}\
         </AutoScalingGroupARN><MinSize>1</MinSize><MaxSize>5</MaxSize><DesiredCapacity>3\
         </DesiredCapacity>{more}</member>"
    )
}

fn group_is_gone() -> (u16, String) {
    refusal_saying("ValidationError", "AutoScalingGroup name not found - null")
}

const TEMPLATE: &str = "<LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId>\
                        <LaunchTemplateName>prod</LaunchTemplateName><Version>7</Version>\
                        </LaunchTemplate>";

fn template(id: &str, version: &str) -> TemplateRef {
    TemplateRef {
        id: id.into(),
        version: version.into(),
    }
}

fn settings() -> GroupSettings {
    GroupSettings {
        health_check_type: "EC2".into(),
        health_check_grace_period: 300,
        default_cooldown: 300,
        default_instance_warmup: None,
        termination_policies: vec!["Default".into()],
        new_instances_protected_from_scale_in: false,
        capacity_rebalance: false,
        max_instance_lifetime: None,
        instance_maintenance_policy: None,
        capacity_distribution_strategy: "balanced-only".into(),
        deletion_protection: "none".into(),
    }
}

fn hook() -> Hook {
    Hook {
        name: "drain".into(),
        transition: Transition::Terminating,
        heartbeat_timeout: 900,
        default_result: "CONTINUE".into(),
        notification_target_arn: None,
        role_arn: None,
        notification_metadata: None,
    }
}

fn new_group() -> NewGroup {
    NewGroup {
        name: "prod".into(),
        min_size: 1,
        max_size: 5,
        desired_capacity: None,
        launch: Launch::Template(template("lt-1", "7")),
        subnets: vec!["subnet-a".into(), "subnet-b".into()],
        target_group_arns: Vec::new(),
        settings: settings(),
        hooks: vec![hook()],
        tags: [(
            "k".into(),
            GroupTag {
                value: "v".into(),
                propagate_at_launch: true,
            },
        )]
        .into(),
    }
}

fn assert_says(request: &str, parts: &[&str]) {
    for part in parts {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_is_read_as_it_is() {
    let more = format!(
        "{TEMPLATE}<AvailabilityZones><member>eu-west-1a</member></AvailabilityZones>\
         <VPCZoneIdentifier>subnet-a, subnet-b</VPCZoneIdentifier>\
         <TargetGroupARNs><member>tg</member></TargetGroupARNs>\
         <HealthCheckType>EC2,ELB</HealthCheckType>\
         <HealthCheckGracePeriod>60</HealthCheckGracePeriod><DefaultCooldown>300</DefaultCooldown>\
         <DefaultInstanceWarmup>0</DefaultInstanceWarmup>\
         <MaxInstanceLifetime>86400</MaxInstanceLifetime>\
         <TerminationPolicies><member>Default</member></TerminationPolicies>\
         <InstanceMaintenancePolicy><MinHealthyPercentage>90</MinHealthyPercentage>\
         <MaxHealthyPercentage>120</MaxHealthyPercentage></InstanceMaintenancePolicy>\
         <AvailabilityZoneDistribution><CapacityDistributionStrategy>balanced-only\
         </CapacityDistributionStrategy></AvailabilityZoneDistribution>\
         <DeletionProtection>prevent-all-deletion</DeletionProtection>\
         <SuspendedProcesses><member><ProcessName>AZRebalance</ProcessName></member>\
         </SuspendedProcesses><EnabledMetrics><member><Metric>GroupMinSize</Metric>\
         <Granularity>1Minute</Granularity></member></EnabledMetrics>\
         <Status>Delete in progress</Status>\
         <Instances><member><InstanceId>i-1</InstanceId><AvailabilityZone>eu-west-1a\
         </AvailabilityZone><LifecycleState>Pending:Wait</LifecycleState><HealthStatus>Healthy\
         </HealthStatus><InstanceType>m7g.large</InstanceType>{TEMPLATE}<ProtectedFromScaleIn>true\
         </ProtectedFromScaleIn></member></Instances>\
         <Tags><member><Key>k</Key><Value>v</Value><PropagateAtLaunch>true</PropagateAtLaunch>\
         <ResourceId>prod</ResourceId></member></Tags>"
    );
    let (autoscaling, _) = autoscaling([groups(&group("prod", &more))]);
    let found = autoscaling.group("prod").await.unwrap().unwrap();
    assert_eq!(
        found,
        Group {
            arn: "arn:prod".into(),
            name: "prod".into(),
            min_size: 1,
            max_size: 5,
            desired_capacity: 3,
            launch: Launch::Template(template("lt-1", "7")),
            zones: ["eu-west-1a".into()].into(),
            subnets: ["subnet-a".into(), "subnet-b".into()].into(),
            target_group_arns: ["tg".into()].into(),
            settings: GroupSettings {
                health_check_type: "EC2,ELB".into(),
                health_check_grace_period: 60,
                default_instance_warmup: Some(0),
                max_instance_lifetime: Some(86_400),
                instance_maintenance_policy: Some(MaintenancePolicy {
                    min_healthy_percentage: 90,
                    max_healthy_percentage: 120,
                }),
                deletion_protection: "prevent-all-deletion".into(),
                ..settings()
            },
            suspended_processes: ["AZRebalance".into()].into(),
            enabled_metrics: ["GroupMinSize".into()].into(),
            status: Some("Delete in progress".into()),
            instances: vec![GroupInstance {
                id: "i-1".into(),
                zone: "eu-west-1a".into(),
                instance_type: "m7g.large".into(),
                lifecycle_state: "Pending:Wait".into(),
                health_status: "Healthy".into(),
                launch_template: Some(TemplateVersion {
                    id: "lt-1".into(),
                    version: 7,
                }),
                protected_from_scale_in: true,
            }],
            tags: [(
                "k".into(),
                GroupTag {
                    value: "v".into(),
                    propagate_at_launch: true
                }
            )]
            .into(),
        }
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_cleared_reads_as_never_set() {
    let more = "<DefaultInstanceWarmup>-1</DefaultInstanceWarmup>\
                <MaxInstanceLifetime>0</MaxInstanceLifetime>\
                <InstanceMaintenancePolicy><MinHealthyPercentage>-1</MinHealthyPercentage>\
                <MaxHealthyPercentage>-1</MaxHealthyPercentage></InstanceMaintenancePolicy>\
                <MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification>\
                <LaunchTemplateId>lt-1</LaunchTemplateId></LaunchTemplateSpecification>\
                </LaunchTemplate><InstancesDistribution><SpotMaxPrice></SpotMaxPrice>\
                </InstancesDistribution></MixedInstancesPolicy>";
    let (autoscaling, _) = autoscaling([groups(&group("prod", more))]);
    let found = autoscaling.group("prod").await.unwrap().unwrap();
    assert_eq!(found.settings.default_instance_warmup, None);
    assert_eq!(found.settings.max_instance_lifetime, None);
    assert_eq!(found.settings.instance_maintenance_policy, None);
    assert_eq!(found.settings.deletion_protection, "none");
    let strategy = found.settings.capacity_distribution_strategy;
    assert_eq!(strategy, "balanced-best-effort");
    let Launch::Mixed(mixed) = found.launch else {
        panic!("{:?}", found.launch);
    };
    assert_eq!(mixed.template, template("lt-1", "$Default"));
    assert_eq!(mixed.distribution.spot_max_price, None);
    assert_eq!(
        mixed.distribution.on_demand_percentage_above_base_capacity,
        100
    );
}

#[tokio::test(start_paused = true)]
async fn groups_asked_for_together_share_one_call_and_missing_ones_are_none() {
    let (autoscaling, script) = autoscaling([groups(&(group("a", TEMPLATE) + &group("b", "")))]);
    let (a, b, c) = tokio::join!(
        autoscaling.group("a"),
        autoscaling.group("b"),
        autoscaling.group("c"),
    );
    assert_eq!(
        a.unwrap().unwrap().launch,
        Launch::Template(template("lt-1", "7"))
    );
    // Made from a launch configuration.
    assert_eq!(b.unwrap().unwrap().launch, Launch::Other);
    assert_eq!(c.unwrap(), None);
    assert_eq!(script.requests().len(), 1);
    assert_says(&script.requests()[0], &["AutoScalingGroupNames.member.3=c"]);
}

#[tokio::test(start_paused = true)]
async fn a_group_without_what_aws_promises_is_an_error() {
    let nameless = "<member><AutoScalingGroupARN>arn</AutoScalingGroupARN></member>";
    let without_arn = "<member><AutoScalingGroupName>prod</AutoScalingGroupName></member>";
    let instance = group("prod", "<Instances><member></member></Instances>");
    for member in [nameless, without_arn, &instance] {
        let (autoscaling, _) = autoscaling([groups(member)]);
        let error = autoscaling.group("prod").await.unwrap_err();
        let kind = error.as_call().unwrap().kind;
        assert_eq!(kind, CallFailure::Malformed, "{member}");
    }
}

#[tokio::test]
async fn a_create_says_all_it_was_given_and_nothing_else() {
    let (autoscaling, script) = autoscaling([answer("CreateAutoScalingGroup", "")]);
    autoscaling.create_group(&new_group()).await.unwrap();
    let request = &script.requests()[0];
    assert_says(
        request,
        &[
            "Action=CreateAutoScalingGroup",
            "AutoScalingGroupName=prod",
            "VPCZoneIdentifier=subnet-a%2Csubnet-b",
            "LaunchTemplate.LaunchTemplateId=lt-1",
            "LaunchTemplate.Version=7",
            "AvailabilityZoneDistribution.CapacityDistributionStrategy=balanced-only",
            "LifecycleHookSpecificationList.member.1.LifecycleHookName=drain",
            "LifecycleHookSpecificationList.member.1.HeartbeatTimeout=900",
            "autoscaling%3AEC2_INSTANCE_TERMINATING",
            "Tags.member.1.ResourceId=prod",
            "Tags.member.1.ResourceType=auto-scaling-group",
            "Tags.member.1.PropagateAtLaunch=true",
        ],
    );
    for part in [
        "DesiredCapacity",
        "DefaultInstanceWarmup",
        "MaxInstanceLifetime",
        "InstanceMaintenancePolicy",
        "TargetGroupARNs",
        "NotificationTargetARN",
    ] {
        assert!(!request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict() {
    let (autoscaling, _) = autoscaling([refusal("AlreadyExists")]);
    let error = autoscaling.create_group(&new_group()).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.code(), Some("AlreadyExists"));
}

#[tokio::test]
async fn an_update_says_what_changes_alone_and_nothing_means_no_call() {
    let (autoscaling, script) = autoscaling([answer("UpdateAutoScalingGroup", "")]);
    let nothing = GroupChanges::default();
    assert!(nothing.is_empty());
    autoscaling.update_group("prod", &nothing).await.unwrap();
    assert!(script.requests().is_empty());
    let changes = GroupChanges {
        max_size: Some(9),
        ..nothing
    };
    autoscaling.update_group("prod", &changes).await.unwrap();
    let request = &script.requests()[0];
    let (_, body) = request.rsplit_once(' ').unwrap();
    let mut keys: Vec<_> = body
        .split('&')
        .filter_map(|pair| Some(pair.split_once('=')?.0))
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        ["Action", "AutoScalingGroupName", "MaxSize", "Version"]
    );
}

#[tokio::test]
async fn an_update_of_settings_clears_what_is_not_wanted() {
    let (autoscaling, script) = autoscaling([answer("UpdateAutoScalingGroup", "")]);
    let changes = GroupChanges {
        settings: Some(settings()),
        ..GroupChanges::default()
    };
    autoscaling.update_group("prod", &changes).await.unwrap();
    assert_says(
        &script.requests()[0],
        &[
            "DefaultInstanceWarmup=-1",
            "MaxInstanceLifetime=0",
            "InstanceMaintenancePolicy.MinHealthyPercentage=-1",
            "InstanceMaintenancePolicy.MaxHealthyPercentage=-1",
            "CapacityRebalance=false",
            "DeletionProtection=none",
        ],
    );
}

#[tokio::test]
async fn what_is_gone_counts_as_deleted() {
    let gone = || group_is_gone();
    let no_hook = refusal_saying("ValidationError", "No Lifecycle Hook found with name drain");
    let no_instance = refusal_saying("ValidationError", "Instance Id not found - No managed i-1");
    let no_refresh = refusal("ActiveInstanceRefreshNotFound");
    let (autoscaling, script) = autoscaling([
        gone(),
        gone(),
        gone(),
        gone(),
        no_hook,
        no_instance,
        no_refresh,
    ]);
    let keys = ["k".to_owned()];
    autoscaling.delete_group("prod", true).await.unwrap();
    autoscaling.delete_hook("prod", "drain").await.unwrap();
    autoscaling.remove_tags("prod", &keys).await.unwrap();
    autoscaling
        .detach_target_groups("prod", &keys)
        .await
        .unwrap();
    autoscaling.delete_hook("prod", "drain").await.unwrap();
    autoscaling.terminate_instance("i-1", true).await.unwrap();
    autoscaling.cancel_refresh("prod").await.unwrap();
    assert_eq!(script.requests().len(), 7);
}

#[tokio::test]
async fn what_is_gone_has_nothing() {
    let (autoscaling, _) = autoscaling([group_is_gone(), group_is_gone(), group_is_gone()]);
    assert!(autoscaling.hooks("prod").await.unwrap().is_empty());
    let activities = autoscaling.activities("prod", None).await.unwrap();
    assert!(activities.is_empty());
    assert!(autoscaling.refreshes("prod").await.unwrap().is_empty());
}

#[tokio::test]
async fn other_refusals_are_errors() {
    for (code, message) in [
        ("ResourceInUse", "there are instances"),
        ("ValidationError", "its deletion protection is on"),
        ("ScalingActivityInProgress", "busy"),
    ] {
        let (autoscaling, _) = autoscaling([refusal_saying(code, message)]);
        let error = autoscaling.delete_group("prod", false).await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.is_conflict(), code != "ValidationError", "{code}");
        assert!(!error.is_not_found(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_until_the_group_is_gone() {
    let deleting = group("prod", "<Status>Delete in progress</Status>");
    let (autoscaling, script) = autoscaling([groups(&deleting), groups(&deleting), groups("")]);
    let backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(15), 1);
    let wait = Wait::new(
        "it",
        Duration::from_secs(600),
        &CancellationToken::new(),
        backoff,
    );
    autoscaling
        .wait_until_group_gone("prod", wait)
        .await
        .unwrap();
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test]
async fn many_are_attached_and_protected_in_batches_and_none_in_no_call() {
    let (autoscaling, script) = autoscaling([
        answer("AttachLoadBalancerTargetGroups", ""),
        answer("AttachLoadBalancerTargetGroups", ""),
        answer("SetInstanceProtection", ""),
        answer("SetInstanceProtection", ""),
    ]);
    let names = |count| (0..count).map(|i| format!("x-{i}")).collect::<Vec<_>>();
    autoscaling
        .attach_target_groups("prod", &names(11))
        .await
        .unwrap();
    autoscaling
        .set_instance_protection("prod", &names(51), true)
        .await
        .unwrap();
    let requests = script.requests();
    assert_says(&requests[0], &["TargetGroupARNs.member.10=x-9"]);
    assert_says(&requests[1], &["TargetGroupARNs.member.1=x-10"]);
    assert_says(
        &requests[3],
        &["InstanceIds.member.1=x-50", "ProtectedFromScaleIn=true"],
    );
    autoscaling.attach_target_groups("prod", &[]).await.unwrap();
    autoscaling.detach_target_groups("prod", &[]).await.unwrap();
    // To AWS, no process and no metric mean every one.
    autoscaling.suspend_processes("prod", &[]).await.unwrap();
    autoscaling.resume_processes("prod", &[]).await.unwrap();
    autoscaling.enable_metrics("prod", &[]).await.unwrap();
    autoscaling.disable_metrics("prod", &[]).await.unwrap();
    autoscaling.set_tags("prod", &[].into()).await.unwrap();
    autoscaling.remove_tags("prod", &[]).await.unwrap();
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn hooks_are_read_and_put_as_they_are() {
    let member = |name: &str, transition: &str| {
        format!(
            "<member><LifecycleHookName>{name}</LifecycleHookName><LifecycleTransition>\
             autoscaling:{transition}</LifecycleTransition><HeartbeatTimeout>900</HeartbeatTimeout>\
             <DefaultResult>CONTINUE</DefaultResult><NotificationTargetARN></NotificationTargetARN>\
             </member>"
        )
    };
    let members =
        member("drain", "EC2_INSTANCE_TERMINATING") + &member("other", "EC2_INSTANCE_TELEPORTING");
    let hooks = format!("<LifecycleHooks>{members}</LifecycleHooks>");
    let (autoscaling, script) = autoscaling([
        answer("DescribeLifecycleHooks", &hooks),
        answer("PutLifecycleHook", ""),
    ]);
    assert_eq!(autoscaling.hooks("prod").await.unwrap(), [hook()]);
    autoscaling.put_hook("prod", &hook()).await.unwrap();
    let request = &script.requests()[1];
    assert_says(request, &["DefaultResult=CONTINUE", "HeartbeatTimeout=900"]);
    // The empty ARN replaces one that was there before.
    assert_says(request, &["NotificationTargetARN="]);
    assert!(!request.contains("RoleARN"), "{request}");
}

#[tokio::test]
async fn activities_come_newest_first_and_old_ones_are_left_out() {
    let member = |id: &str, start: &str, status: &str| {
        format!(
            "<member><ActivityId>{id}</ActivityId><StartTime>{start}</StartTime><StatusCode>\
             {status}</StatusCode><StatusMessage>no capacity</StatusMessage><Progress>100\
             </Progress></member>"
        )
    };
    // AWS puts those in progress first.
    let members = member("waits", "2026-01-01T00:00:10Z", "InProgress")
        + &member("new", "2026-01-01T00:00:20Z", "Failed")
        + &member("old", "2026-01-01T00:00:00Z", "Successful");
    let result = format!("<Activities>{members}</Activities>");
    let answers = [(); 2].map(|()| answer("DescribeScalingActivities", &result));
    let (autoscaling, _) = autoscaling(answers);
    let all = autoscaling.activities("prod", None).await.unwrap();
    let ids = |found: &[Activity]| found.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&all), ["new", "waits", "old"]);
    assert_eq!(all[0].status, "Failed");
    assert_eq!(all[0].status_message.as_deref(), Some("no capacity"));
    let since = all[1].start;
    let late = autoscaling.activities("prod", Some(since)).await.unwrap();
    assert_eq!(ids(&late), ["new", "waits"]);
}

#[tokio::test]
async fn a_refresh_says_all_it_was_given() {
    let id = "<InstanceRefreshId>r-1</InstanceRefreshId>";
    let (autoscaling, script) = autoscaling([answer("StartInstanceRefresh", id)]);
    let spec = RefreshSpec {
        min_healthy_percentage: 90,
        max_healthy_percentage: 120,
        instance_warmup: Some(0),
        checkpoint_percentages: vec![50, 100],
        checkpoint_delay: Some(60),
        auto_rollback: true,
        skip_matching: true,
        scale_in_protected_instances: "Refresh".into(),
        standby_instances: "Ignore".into(),
        desired_launch: Some(Launch::Template(template("lt-1", "8"))),
    };
    assert_eq!(
        autoscaling.start_refresh("prod", &spec).await.unwrap(),
        "r-1"
    );
    assert_says(
        &script.requests()[0],
        &[
            "Strategy=Rolling",
            "Preferences.MinHealthyPercentage=90",
            "Preferences.MaxHealthyPercentage=120",
            "Preferences.InstanceWarmup=0",
            "Preferences.CheckpointPercentages.member.2=100",
            "Preferences.CheckpointDelay=60",
            "Preferences.AutoRollback=true",
            "Preferences.SkipMatching=true",
            "Preferences.ScaleInProtectedInstances=Refresh",
            "Preferences.StandbyInstances=Ignore",
            "DesiredConfiguration.LaunchTemplate.Version=8",
        ],
    );
}

#[tokio::test]
async fn refreshes_come_newest_first() {
    let refresh = |id: &str, status: &str, start: &str| {
        format!(
            "<member><InstanceRefreshId>{id}</InstanceRefreshId><Status>{status}</Status>{start}\
             <DesiredConfiguration>{TEMPLATE}</DesiredConfiguration></member>"
        )
    };
    let started = |second| format!("<StartTime>2026-01-01T00:00:0{second}Z</StartTime>");
    let page = |members: &str, token: &str| {
        let result = format!("<InstanceRefreshes>{members}</InstanceRefreshes>{token}");
        answer("DescribeInstanceRefreshes", &result)
    };
    let first = refresh("old", "Failed", &started(1)) + &refresh("new", "Successful", &started(2));
    let (autoscaling, script) = autoscaling([
        page(&first, "<NextToken>t</NextToken>"),
        page(&refresh("pending", "Pending", ""), ""),
    ]);
    let found = autoscaling.refreshes("prod").await.unwrap();
    let ids: Vec<_> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["pending", "new", "old"]);
    let launch = Launch::Template(template("lt-1", "7"));
    assert_eq!(found[0].desired_launch, Some(launch));
    assert_eq!(found[0].start, None);
    assert_says(&script.requests()[1], &["NextToken=t"]);
}

fn templates() -> impl Strategy<Value = TemplateRef> {
    ("lt-[0-9a-f]{1,3}", "[1-9][0-9]?|\\$Latest").prop_map(|(id, version)| template(&id, &version))
}

prop_compose! {
    fn types()(
        instance_type in "[mc]7g?\\.(large|xlarge)",
        weighted_capacity in proptest::option::of("[1-9]"),
        template in proptest::option::of(templates()),
    ) -> InstanceTypeOverride {
        InstanceTypeOverride { instance_type, weighted_capacity, template }
    }
}

prop_compose! {
    fn distributions()(
        on_demand_allocation_strategy in proptest::option::of("prioritized|lowest-price"),
        on_demand_base_capacity in 0..9_i32,
        on_demand_percentage_above_base_capacity in 0..=100_i32,
        spot_allocation_strategy in "price-capacity-optimized|lowest-price",
        spot_instance_pools in proptest::option::of(1..20_i32),
        spot_max_price in proptest::option::of("0\\.[1-9]"),
    ) -> InstancesDistribution {
        InstancesDistribution {
            on_demand_allocation_strategy,
            on_demand_base_capacity,
            on_demand_percentage_above_base_capacity,
            spot_allocation_strategy,
            spot_instance_pools,
            spot_max_price,
        }
    }
}

prop_compose! {
    fn mixes()(
        template in templates(),
        instance_types in proptest::collection::vec(types(), 0..4),
        distribution in distributions(),
    ) -> MixedInstances {
        MixedInstances { template, instance_types, distribution }
    }
}

proptest! {
    #[test]
    fn a_launch_reads_back_as_it_was_written(
        launch in prop_oneof![
            templates().prop_map(Launch::Template),
            mixes().prop_map(Launch::Mixed),
            Just(Launch::Other),
        ],
    ) {
        let written = launch.to_sdk();
        prop_assert_eq!(Launch::from_sdk(written.template, written.mixed), launch);
    }
}
