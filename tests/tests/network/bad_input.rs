//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{PROVIDER, Stage};

use crate::subject::{SUBJECT, entry};

/// A plan of these arguments, which has one error.
#[track_caller]
fn one(stage: &Stage, arguments: &str, summary: &str, detail: &str, at: &str) {
    let said = Said {
        summary,
        detail,
        at,
    };
    refused(stage, PROVIDER, arguments, &[said]);
}

fn network(zones: &str, block: &str, more: &str) -> String {
    format!("availability_zones = {zones}\ncidr_block = \"{block}\"\n{more}")
}

const A: &str = "[\"us-east-1a\"]";
const BLOCK: &str = "10.1.0.0/16";

#[test]
fn a_block_must_be_one_that_zones_can_share() {
    let stage = Stage::new(&SUBJECT);
    for (block, detail) in [
        ("10.1.0.0/22", "a /21 or larger is needed"),
        (
            "10.1.0.0/8",
            "bits are set behind the prefix; did you mean 10.0.0.0/8?",
        ),
        ("10.0.0.0/8", "AWS takes prefix lengths from 16 to 28"),
        ("fd00::/16", "expected IPv4 addresses in CIDR notation"),
        ("x", "expected IPv4 addresses in CIDR notation"),
    ] {
        let summary = "Invalid CIDR block";
        one(
            &stage,
            &network(A, block, ""),
            summary,
            detail,
            "cidr_block",
        );
    }
}

#[test]
fn other_networks_must_not_look_like_this_one() {
    let stage = Stage::new(&SUBJECT);
    let summary = "Invalid CIDR block";
    for (more, detail, at) in [
        (
            "pod_cidr = \"10.0.0.0/8\"",
            "10.0.0.0/8 overlaps 10.1.0.0/16 of \"cidr_block\"",
            "pod_cidr",
        ),
        (
            "service_cidr = \"10.1.128.0/20\"",
            "10.1.128.0/20 overlaps 10.1.0.0/16 of \"cidr_block\"",
            "service_cidr",
        ),
        ("pod_cidr = \"many\"", "is not a network", "pod_cidr"),
    ] {
        one(&stage, &network(A, BLOCK, more), summary, detail, at);
    }
    let both = "pod_cidr = \"10.244.0.0/16\"\nservice_cidr = \"10.244.128.0/20\"";
    let detail = "overlaps 10.244.0.0/16 of \"pod_cidr\"";
    one(
        &stage,
        &network(A, BLOCK, both),
        summary,
        detail,
        "service_cidr",
    );
}

#[test]
fn zones_must_be_zones_of_the_region_once_each() {
    let stage = Stage::new(&SUBJECT);
    let summary = "Invalid availability zones";
    for (zones, detail) in [
        ("[]", "At least one availability zone is needed"),
        ("[\"us-east-1\"]", "it is a region"),
        ("[\"us-east-1a\", \"us-east-1a\"]", "is listed twice"),
        (
            "[\"us-east-1a\", \"eu-west-1a\"]",
            "one cluster lives in one region",
        ),
        ("[\"us-east-1-atl-1a\"]", "is a Local Zone"),
        (
            "[\"us-east-1z\"]",
            "There is no zone us-east-1z in us-east-1.",
        ),
    ] {
        one(
            &stage,
            &network(zones, BLOCK, ""),
            summary,
            detail,
            "availability_zones",
        );
    }
    let nine: Vec<_> = ('a'..='i')
        .map(|letter| format!("\"us-east-1{letter}\""))
        .collect();
    stage.write(
        PROVIDER,
        &network(&format!("[{}]", nine.join(", ")), BLOCK, ""),
    );
    stage
        .plan()
        .fails()
        .says("No place in 10.1.0.0/16 is free for us-east-1i");
}

#[test]
fn a_zone_in_use_can_not_go() {
    let stage = Stage::new(&SUBJECT);
    let zones = "[\"us-east-1a\", \"us-east-1b\"]";
    stage.write(PROVIDER, &network(zones, BLOCK, ""));
    stage.apply().succeeds();
    let subnet = entry(&stage.values(), "private_subnets", "b");
    let launch = [
        ("ImageId", kubeha_tests::lifecycle::IMAGE_X86_64),
        ("InstanceType", "t3.small"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("SubnetId", &subnet),
    ];
    let instance = stage.aws.ec2("RunInstances", &launch).text("instanceId");
    let detail = format!("(instance {instance})");
    one(
        &stage,
        &network(A, BLOCK, ""),
        "Zone in use",
        &detail,
        "availability_zones",
    );
    stage
        .aws
        .ec2("TerminateInstances", &[("InstanceId.1", &instance)]);
    // The zone's own NAT gateway goes with it.
    stage.apply().succeeds();
    stage.plan_is_empty("the zone has gone");
    stage.destroy().succeeds();
}

#[test]
fn a_cluster_needs_a_name_that_can_be_a_tag() {
    let stage = Stage::new(&SUBJECT);
    let arguments = network(A, BLOCK, "");
    let missing = Said {
        summary: "Missing cluster name",
        detail: "Set \"cluster_name\" here, or in the provider block",
        at: "",
    };
    refused(&stage, "owner = \"a\"", &arguments, &[missing]);
    let long = format!("cluster_name = \"{}\"", "x".repeat(120));
    let detail = "AWS takes 1 to 128";
    one(
        &stage,
        &network(A, BLOCK, &long),
        "Invalid cluster name",
        detail,
        "cluster_name",
    );
}

#[test]
fn tags_that_kubernetes_reads_are_not_the_user_s() {
    let stage = Stage::new(&SUBJECT);
    let tags = "tags = { \"kubernetes.io/role/elb\" = \"0\" }";
    let detail = "This resource sets the tag \"kubernetes.io/role/elb\" itself";
    one(
        &stage,
        &network(A, BLOCK, tags),
        "Invalid tags",
        detail,
        "tags",
    );
    let many: Vec<_> = (0..44).map(|n| format!("t{n} = \"x\"")).collect();
    let tags = format!("tags = {{\n{}\n}}", many.join("\n"));
    stage.write(PROVIDER, &network(A, BLOCK, &tags));
    stage.plan().fails().says("A subnet would have 51 tags");
}

#[test]
fn import_ids_are_checked() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &network(A, BLOCK, ""));
    let (vpc, subnet) = (&stage.network.vpc_id, &stage.network.subnets["us-east-1a"]);
    for (id, words) in [
        (format!("{vpc},{subnet}"), "is not an import id"),
        ("vpc-0123456789abcdef0".to_owned(), "There is no VPC"),
        (
            format!("{vpc},public=subnet-1"),
            "There is no subnet \"subnet-1\"",
        ),
        (
            format!("{vpc},public={subnet},public={subnet}"),
            "are both in us-east-1a",
        ),
    ] {
        let address = stage.address();
        stage.run(&["import", &address, &id]).fails().says(words);
    }
}
