//! The small examples: each shows one thing.

use kubeha_tests::example::Example;
use kubeha_tests::lifecycle::IMAGE_X86_64;
use serde_json::json;

/// An example with a cluster, which is waited for.
fn cluster(folder: &str) -> Example {
    Example::new(folder, |_| {
        json!({
            "region": "us-east-1",
            "image_id": IMAGE_X86_64,
            "user_data": "#!/bin/sh\n",
            "wait_for_healthy_timeout": "5m",
        })
    })
}

#[test]
fn a_single_master_becomes_three_and_five() {
    let example = cluster("single-to-ha");
    example.variable("stable_for", json!("1s"));
    let survives = |nodes: u64, quorum: u64, zone: bool| {
        example.variable("control_plane_nodes", json!(nodes));
        example.stands();
        let expected = json!({ "nodes": nodes, "quorum": quorum, "zone": zone });
        assert_eq!(example.output("survives"), expected);
        assert_eq!(example.output("healthy"), true);
        instances(&example, "control-plane")
    };
    let one = survives(1, 1, false);
    let three = survives(3, 2, true);
    assert!(
        one.iter().all(|id| three.contains(id)),
        "nobody is replaced"
    );
    let five = survives(5, 3, true);
    assert!(
        three.iter().all(|id| five.contains(id)),
        "nobody is replaced"
    );
    let refusal = "Shrinking to one node stops the control plane";
    example.refuses("control_plane_nodes", json!(1), refusal);
    example.refuses("control_plane_nodes", json!(2), "must be 1, 3, 5 or 7");
    example.goes();
}

/// The one that a guide explains block by block.
#[test]
fn a_first_cluster_stands_as_it_is_written() {
    let example = cluster("first-cluster");
    example.stands();
    assert_eq!(instances(&example, "control-plane").len(), 3);
    assert_eq!(instances(&example, "worker").len(), 3);
    let health = example.workspace.values("data.kubeha_cluster_health.this");
    assert_eq!(health["healthy"], true, "{health:#}");
    example.goes();
}

#[test]
fn masters_are_schedulable_where_there_are_no_workers() {
    let example = cluster("schedulable-masters");
    example.stands();
    assert_eq!(example.output("healthy"), true);
    assert_eq!(instances(&example, "control-plane").len(), 3);
    assert_eq!(instances(&example, "worker").len(), 0);
    example.goes();
}

#[test]
fn workers_are_spot_as_far_as_they_may() {
    let example = cluster("spot-workers");
    example.stands();
    assert_eq!(example.output("healthy"), true);
    let groups = example.output("worker_groups");
    let names: Vec<_> = groups.as_object().unwrap().keys().collect();
    assert_eq!(names, ["batch", "general", "mixed"]);
    // Three that stay, three that are mixed, and none where nothing asks.
    assert_eq!(instances(&example, "worker").len(), 6);
    example.goes();
}

#[test]
fn an_authority_is_rotated_step_by_step() {
    let example = Example::new("rotation", |_| json!({ "region": "us-east-1" }));
    let trusted = || {
        let texts = example.output("trusted_certificates");
        texts.as_str().unwrap().matches("BEGIN CERTIFICATE").count()
    };
    example.stands();
    assert_eq!((trusted(), example.output("signs")), (1, json!(1)));

    example.variable("step", json!("stage"));
    example.stands();
    assert_eq!((trusted(), example.output("signs")), (2, json!(1)));

    example.variable("step", json!("promote"));
    example.workspace.apply().succeeds();
    // The certificate's refresh came before.
    let actions = example
        .workspace
        .planned_actions("kubeha_certificate.monitoring");
    assert_eq!(actions, ["update"]);
    example.stands();
    assert_eq!((trusted(), example.output("signs")), (2, json!(2)));

    example.variable("step", json!("retire"));
    example.stands();
    assert_eq!((trusted(), example.output("signs")), (1, json!(2)));
    example.refuses("step", json!("begin"), "stage, promote or retire");
    example.goes();
}

#[test]
fn an_etcd_cluster_elsewhere_gets_its_certificates() {
    let example = Example::new("external-etcd", |_| json!({}));
    example.stands();
    let members = example.output("parameters");
    assert_eq!(
        members["etcd-1"]["peer"],
        "/kubeha/example/certificates/etcd-1-peer"
    );
    example.goes();
}

#[test]
fn a_topology_needs_no_account() {
    let example = Example::new("topology", |_| json!({}));
    example.workspace.apply().succeeds();
    assert!(!example.outputs().as_object().unwrap().is_empty());
    assert_eq!(example.account.command("calls", json!({}))["total"], 0);
}

#[test]
fn credentials_for_workloads_are_made_and_not_kept() {
    let example = Example::new("kubernetes", |aws| {
        let account = aws.account();
        json!({
            "region": "us-east-1",
            "pki_arn": format!("arn:aws:ssm:us-east-1:{account}:parameter/kubeha/prod/pki"),
            "api_endpoint": "https://api.prod.example.com:6443",
        })
    });
    // What it gives its credentials to: providers that aren't here.
    std::fs::remove_file(example.workspace.path("workloads.tf")).unwrap();
    example.refuses("pki_arn", json!("prod"), "The ARN of a path");
    example.refuses("api_endpoint", json!("api.example.com"), "A URL such as");
    let authorities = "resource \"kubeha_pki\" \"this\" {\n  cluster_name = \"prod\"\n}\n";
    example.workspace.file("authorities.tf", authorities);
    let only = ["apply", "-auto-approve", "-target=kubeha_pki.this"];
    example.workspace.run(&only).succeeds();
    example.stands();
    let state = example.workspace.read("terraform.tfstate");
    assert!(!state.contains("PRIVATE KEY"), "{state}");
    example.goes();
}

#[test]
fn a_migration_is_valid_and_refuses_half_a_network() {
    // It is applied, with what hashicorp/aws made, where that is: see `programs`.
    let example = Example::new("migration", |_| {
        json!({
            "region": "us-east-1",
            "image_id": IMAGE_X86_64,
            "found": {
                "vpc_id": "vpc-1",
                "cidr_block": "10.9.0.0/16",
                "public_subnets": {},
                "private_subnets": { "us-east-1a": "subnet-1" },
                "security_group_ids": { "api": "sg-1", "control_plane": "sg-2" },
            },
        })
    });
    example.workspace.validate().succeeds();
    let plan = example.workspace.plan().fails();
    plan.says("Each zone needs a public and a private subnet");
}

/// Ids of the instances whose name tells this role.
fn instances(example: &Example, role: &str) -> Vec<String> {
    let found = example.account.inventory().remove("instance");
    let of_role = found.into_iter().flatten().filter(|instance| {
        let name = instance.tags.get("Name").map_or("", String::as_str);
        name.contains(role)
    });
    of_role.map(|instance| instance.id).collect()
}
