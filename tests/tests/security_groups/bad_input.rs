//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};

use crate::subject::SUBJECT;

#[test]
fn each_fault_is_an_error_at_its_attribute() {
    let stage = Stage::new(&SUBJECT);
    let (cidr, ports, value) = ("Invalid CIDR block", "Invalid ports", "Invalid value");
    for (more, summary, detail, at) in [
        (
            "ssh_allowed_cidrs = [\"10.0.0.1/8\"]",
            cidr,
            "did you mean 10.0.0.0/8?",
            "ssh_allowed_cidrs",
        ),
        (
            "service_allowed_cidrs = [\"everywhere\"]",
            cidr,
            "is not a network in CIDR notation",
            "service_allowed_cidrs",
        ),
        (
            "service_node_ports = [\"2000-3000\"]",
            ports,
            "would open etcd's ports 2379-2380",
            "service_node_ports",
        ),
        (
            "service_node_ports = [\"32767-30000\"]",
            ports,
            "is no port and no range of ports",
            "service_node_ports",
        ),
        (
            "api_target_port = 2379",
            ports,
            "would open etcd's ports",
            "api_target_port",
        ),
        ("cni = \"weave\"", value, "cilium", "cni"),
        ("service_ports = [70000]", value, "65535", "service_ports"),
        (
            "tags = { \"kubernetes.io/cluster/acc\" = \"shared\" }",
            "Invalid tags",
            "This resource sets the tag",
            "tags",
        ),
    ] {
        let arguments = format!("{}\n{more}", stage.arguments(Size::Minimal));
        let said = Said {
            summary,
            detail,
            at,
        };
        refused(&stage, PROVIDER, &arguments, &[said]);
    }
}

#[test]
fn the_vpc_must_be_there() {
    let stage = Stage::new(&SUBJECT);
    let said = Said {
        summary: "Invalid VPC",
        detail: "There is no VPC \"vpc-0\" in us-east-1.",
        at: "vpc_id",
    };
    let arguments = "vpc_id = \"vpc-0\"\napi_allowed_cidrs = []";
    refused(&stage, PROVIDER, arguments, &[said]);
}

#[test]
fn the_world_is_warned_of_where_it_is_let_in() {
    let stage = Stage::new(&SUBJECT);
    let vpc_id = &stage.network.vpc_id;
    let world = "api_allowed_cidrs = [\"0.0.0.0/0\"]";
    stage.write(PROVIDER, &format!("vpc_id = \"{vpc_id}\"\n{world}"));
    stage.plan().succeeds().says("The API is open to the world");
}

#[test]
fn import_ids_are_checked() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let vpc_id = &stage.network.vpc_id;
    let other = &stage.network.security_groups[0];
    for (id, words) in [
        ("acc".to_owned(), "is not an import id"),
        (
            format!("{vpc_id}/acc"),
            "There is no security group of cluster",
        ),
        (
            "worker=sg-0".to_owned(),
            "There is no security group \"sg-0\"",
        ),
        (
            format!("worker={other},control_plane={other}"),
            "can't be the group of both",
        ),
    ] {
        stage
            .run(&["import", &stage.address(), &id])
            .fails()
            .says(words);
    }
}
