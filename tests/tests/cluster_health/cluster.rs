//! A cluster made without Terraform, so that each part can be as a test wants it.

use std::time::Duration;

use kubeha_tests::emulator::{Account, Emulator};
use kubeha_tests::lifecycle::{Aws, IMAGE_X86_64, Network};
use kubeha_tests::proxy::Proxy;
use kubeha_tests::{Workspace, kubeha};
use serde_json::{Value as Json, json};

pub(crate) const DATA: &str = "data.kubeha_cluster_health.this";

/// An account with a control plane of three nodes behind a load balancer. Time stands still in it
/// but for what a test lets pass.
pub(crate) struct Cluster {
    pub(crate) workspace: Workspace,
    pub(crate) proxy: Proxy,
    pub(crate) account: Account,
    pub(crate) aws: Aws,
    pub(crate) network: Network,
    pub(crate) api: String,
    pub(crate) template: String,
    pub(crate) control_plane: String,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        account.set_clock_factor(0.0);
        account.set(json!({ "load_balancer_seconds": 0, "launch_seconds": 0 }));
        let aws = Aws::new(emulator, &account);
        let network = Network::make(&aws);
        let proxy = Proxy::start(emulator.url()).unwrap();
        let mut workspace = kubeha();
        for (name, value) in account.environment(&proxy.url()) {
            workspace.env(name, value);
        }
        let api = serving(&aws, &network, "api");
        let parameters = [
            ("LaunchTemplateName", "nodes"),
            ("LaunchTemplateData.ImageId", IMAGE_X86_64),
            ("LaunchTemplateData.InstanceType", "m5.large"),
        ];
        let template = aws
            .ec2("CreateLaunchTemplate", &parameters)
            .text("launchTemplateId");
        let mut cluster = Self {
            workspace,
            proxy,
            account,
            aws,
            network,
            api,
            template,
            control_plane: String::new(),
        };
        let api = cluster.api.clone();
        cluster.control_plane = cluster.group("masters", 3, &api);
        cluster
    }

    /// Makes a target group behind a load balancer of its own, and returns its ARN.
    pub(crate) fn serving(&self, name: &str) -> String {
        serving(&self.aws, &self.network, name)
    }

    /// Makes a group of so many instances over three zones, and returns its ARN.
    pub(crate) fn group(&self, name: &str, size: u32, target_group: &str) -> String {
        let size = size.to_string();
        let parameters = [
            ("AutoScalingGroupName", name),
            ("LaunchTemplate.LaunchTemplateId", &self.template),
            ("LaunchTemplate.Version", "1"),
            ("MinSize", "0"),
            ("MaxSize", "9"),
            ("DesiredCapacity", &size),
            ("VPCZoneIdentifier", &subnets(&self.network).join(",")),
            ("TargetGroupARNs.member.1", target_group),
        ];
        self.aws.autoscaling("CreateAutoScalingGroup", &parameters);
        let named = [("AutoScalingGroupNames.member.1", name)];
        let found = self.aws.autoscaling("DescribeAutoScalingGroups", &named);
        found.text("AutoScalingGroupARN")
    }

    /// Adds a version to the launch template and makes the control plane use it, by number or as
    /// `$Latest`.
    pub(crate) fn use_version(&self, data: &[(&str, &str)], version: &str) {
        let mut parameters = vec![
            ("LaunchTemplateId", self.template.as_str()),
            ("SourceVersion", "1"),
        ];
        parameters.extend(data);
        self.aws.ec2("CreateLaunchTemplateVersion", &parameters);
        let parameters = [
            ("AutoScalingGroupName", "masters"),
            ("LaunchTemplate.LaunchTemplateId", &self.template),
            ("LaunchTemplate.Version", version),
        ];
        self.aws.autoscaling("UpdateAutoScalingGroup", &parameters);
    }

    /// Lets targets become healthy.
    pub(crate) fn settle(&self) {
        self.account.advance(Duration::from_secs(60));
    }

    /// Writes the data source with these arguments beside those that are required, and what else
    /// is to stand in the configuration.
    pub(crate) fn configure(&self, arguments: &str, rest: &str) {
        self.workspace.main(&format!(
            "data \"kubeha_cluster_health\" \"this\" {{\n\
             control_plane_group_arn = \"{}\"\n\
             api_target_group_arns = [\"{}\"]\n\
             {arguments}\n}}\n{rest}",
            self.control_plane, self.api
        ));
    }

    /// Reads it with these arguments.
    pub(crate) fn health(&self, arguments: &str) -> Json {
        self.configure(arguments, "");
        self.workspace.apply().succeeds();
        self.workspace.values(DATA)
    }
}

fn serving(aws: &Aws, network: &Network, name: &str) -> String {
    let subnets = subnets(network);
    let parameters = [
        ("Name", name),
        ("Type", "network"),
        ("Scheme", "internal"),
        ("Subnets.member.1", &subnets[0]),
        ("Subnets.member.2", &subnets[1]),
        ("Subnets.member.3", &subnets[2]),
    ];
    let balancer = aws
        .elb("CreateLoadBalancer", &parameters)
        .text("LoadBalancerArn");
    let parameters = [
        ("Name", name),
        ("Protocol", "TCP"),
        ("Port", "6443"),
        ("VpcId", &network.vpc_id),
        ("HealthCheckIntervalSeconds", "10"),
        ("HealthyThresholdCount", "2"),
        ("UnhealthyThresholdCount", "2"),
    ];
    let target_group = aws
        .elb("CreateTargetGroup", &parameters)
        .text("TargetGroupArn");
    let parameters = [
        ("LoadBalancerArn", balancer.as_str()),
        ("Protocol", "TCP"),
        ("Port", "6443"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &target_group),
    ];
    aws.elb("CreateListener", &parameters);
    target_group
}

fn subnets(network: &Network) -> Vec<String> {
    network.subnets.values().take(3).cloned().collect()
}
