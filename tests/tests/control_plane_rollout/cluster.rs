//! A control plane behind an API load balancer, as a test wants it.

use std::time::{Duration, Instant};

use kubeha_tests::lifecycle::{IMAGE_X86_64, Lifecycle, PROVIDER, Stage};
use serde_json::{Value as Json, json};

use crate::watch::Watch;

static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_control_plane_group",
    arguments: |_, _| String::new(),
    one_more: "",
    import_id: |_, values| values["name"].as_str().unwrap_or_default().to_owned(),
    never_set: &[],
    vanishing: &[],
    drift: &[],
    driftless: &[],
    waits: &[],
    calls: &[],
};

/// Patience and delays in which a hundred times as fast an AWS does what it does.
pub(crate) const QUICK: &str =
    "drain_delay = \"0s\"\nstable_for = \"1s\"\nreplacement_timeout = \"25s\"";

/// An account with a load balancer and, once applied, a control plane behind it.
pub(crate) struct Cluster {
    pub(crate) stage: Stage,
    pub(crate) api: String,
}

/// What the resource block says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The zones' letters.
    pub(crate) zones: &'static [&'static str],
    pub(crate) size: u32,
    /// User data: another one is another node.
    pub(crate) version: &'static str,
    /// Within `rollout`.
    pub(crate) rollout: &'static str,
    /// Further arguments.
    pub(crate) more: &'static str,
}

impl Wanted {
    /// So many nodes over three zones, of the first version.
    pub(crate) const fn of(size: u32) -> Self {
        Self {
            zones: &["a", "b", "c"],
            size,
            version: "one",
            rollout: QUICK,
            more: "",
        }
    }
}

impl Cluster {
    /// Only the load balancer.
    pub(crate) fn empty() -> Self {
        let stage = Stage::new(&SUBJECT);
        let api = api(&stage);
        Self { stage, api }
    }

    /// With nodes, all of them healthy.
    pub(crate) fn new(wanted: Wanted) -> Self {
        let cluster = Self::empty();
        cluster.write(wanted);
        cluster.stage.apply().succeeds();
        cluster.settle(wanted.size);
        cluster.stage.proxy.clear();
        cluster
    }

    pub(crate) fn write(&self, wanted: Wanted) {
        let Wanted {
            zones,
            size,
            version,
            rollout,
            more,
        } = wanted;
        let subnets = self.stage.network.subnets_hcl(zones);
        let security_group = &self.stage.network.security_groups[0];
        let api = &self.api;
        let arguments = format!(
            "subnets = {subnets}\nsize = {size}\nimage_id = \"{IMAGE_X86_64}\"\n\
             instance_type = \"m5.large\"\nsecurity_group_ids = [\"{security_group}\"]\n\
             user_data = \"{version}\"\ntarget_group_arns = [\"{api}\"]\n\
             rollout = {{\n{rollout}\n}}\n{more}"
        );
        self.stage.write(PROVIDER, &arguments);
    }

    /// Watches the nodes from now on.
    pub(crate) fn watch(&self) -> Watch {
        Watch::begin(self.stage.aws.clone(), &self.api)
    }

    /// Waits until so many nodes are healthy.
    #[track_caller]
    pub(crate) fn settle(&self, size: u32) {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let healthy = crate::watch::healthy(&self.stage.aws, &self.api).len();
            if healthy == usize::try_from(size).unwrap() {
                return;
            }
            assert!(Instant::now() < end, "{healthy} of {size} get healthy");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// How many calls changed something.
    pub(crate) fn writes(&self) -> usize {
        let calls = self.stage.proxy.calls();
        calls.iter().filter(|call| !call.is_read()).count()
    }

    /// The instances that Auto Scaling was told to end, in order.
    pub(crate) fn ended(&self) -> Vec<String> {
        let activity = ("AutoScalingGroupName", "acc-control-plane");
        let found = self
            .stage
            .aws
            .autoscaling("DescribeScalingActivities", &[activity]);
        let mut ended: Vec<String> = found
            .texts("Description")
            .iter()
            .filter_map(|text| text.strip_prefix("Terminating EC2 instance: "))
            .map(|text| text.split_whitespace().next().unwrap_or(text).to_owned())
            .collect();
        ended.reverse();
        ended
    }

    /// The ids of the nodes by zone.
    pub(crate) fn nodes(&self) -> Vec<(String, String)> {
        crate::watch::nodes(&self.stage.aws)
            .into_iter()
            .map(|node| (node.zone, node.id))
            .collect()
    }

    /// Whether all is as wanted: so many healthy nodes, none outdated, nothing to plan; and a
    /// destroy leaves nothing.
    #[track_caller]
    pub(crate) fn is_reached(&self, size: u32) {
        self.stage.plan_is_empty("reached");
        let values = self.stage.values();
        assert_eq!(values["outdated_instance_ids"], json!([]));
        assert_eq!(values["size"], json!(size));
        self.settle(size);
        self.stage.destroy().succeeds();
    }

    pub(crate) fn outdated(values: &Json) -> usize {
        values["outdated_instance_ids"]
            .as_array()
            .map_or(0, Vec::len)
    }
}

/// A load balancer whose targets are checked every five seconds, of AWS's.
fn api(stage: &Stage) -> String {
    let subnets: Vec<String> = stage.network.subnets.values().take(4).cloned().collect();
    let parameters = [
        ("Name", "api"),
        ("Type", "network"),
        ("Scheme", "internal"),
        ("Subnets.member.1", &subnets[0]),
        ("Subnets.member.2", &subnets[1]),
        ("Subnets.member.3", &subnets[2]),
        ("Subnets.member.4", &subnets[3]),
    ];
    let balancer = stage
        .aws
        .elb("CreateLoadBalancer", &parameters)
        .text("LoadBalancerArn");
    let parameters = [
        ("Name", "api"),
        ("Protocol", "TCP"),
        ("Port", "6443"),
        ("VpcId", &stage.network.vpc_id),
        ("HealthCheckIntervalSeconds", "5"),
        ("HealthCheckTimeoutSeconds", "3"),
        ("HealthyThresholdCount", "2"),
        ("UnhealthyThresholdCount", "2"),
    ];
    let api = stage
        .aws
        .elb("CreateTargetGroup", &parameters)
        .text("TargetGroupArn");
    let parameters = [
        ("TargetGroupArn", api.as_str()),
        (
            "Attributes.member.1.Key",
            "deregistration_delay.timeout_seconds",
        ),
        ("Attributes.member.1.Value", "5"),
    ];
    stage.aws.elb("ModifyTargetGroupAttributes", &parameters);
    let parameters = [
        ("LoadBalancerArn", balancer.as_str()),
        ("Protocol", "TCP"),
        ("Port", "6443"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &api),
    ];
    stage.aws.elb("CreateListener", &parameters);
    api
}
