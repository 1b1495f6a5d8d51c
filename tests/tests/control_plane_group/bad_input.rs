//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{IMAGE_ARM64, Network, PROVIDER, Size, Stage};

use crate::subject::{SUBJECT, with_subnets};

fn with(stage: &Stage, more: &str) -> String {
    format!("{}\n{more}", stage.arguments(Size::Minimal))
}

/// The minimal arguments with one of them replaced.
fn instead(stage: &Stage, name: &str, value: &str) -> String {
    let arguments = stage.arguments(Size::Minimal);
    let lines = arguments.lines().map(|line| {
        let same = line.split('=').next().map(str::trim) == Some(name);
        if same {
            format!("{name} = {value}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A plan that has one error.
#[track_caller]
fn one(stage: &Stage, arguments: &str, summary: &str, detail: &str, at: &str) {
    let said = Said {
        summary,
        detail,
        at,
    };
    refused(stage, PROVIDER, arguments, &[said]);
}

#[test]
fn sizes_are_odd_and_at_most_seven() {
    let stage = Stage::new(&SUBJECT);
    for size in ["2", "4", "0", "-1", "9"] {
        let arguments = with(&stage, &format!("size = {size}"));
        one(&stage, &arguments, "Invalid control plane size", "", "size");
    }
}

#[test]
fn a_size_that_does_not_fit_its_zones_is_a_warning() {
    let stage = Stage::new(&SUBJECT);
    let three = stage.network.subnets_hcl(&["a", "b", "c"]);
    let arguments = format!("{}\nsize = 1", with_subnets(&stage.network, &three));
    stage.write(PROVIDER, &arguments);
    stage
        .plan()
        .succeeds()
        .says("Too few control-plane nodes to survive the loss of a zone")
        .says("A single control-plane node");
    stage.write(PROVIDER, &with(&stage, ""));
    stage
        .plan()
        .succeeds()
        .says("Too few zones to survive the loss of one");
}

#[test]
fn zones_and_subnets_belong_together() {
    let stage = Stage::new(&SUBJECT);
    let Network { subnets, .. } = &stage.network;
    let (a, b) = (&subnets["us-east-1a"], &subnets["us-east-1b"]);
    let of = |text: &str| with_subnets(&stage.network, text);
    one(
        &stage,
        &of(&format!("{{ \"us-east-1a\" = \"{b}\" }}")),
        "Invalid subnet",
        "is in us-east-1b, not in us-east-1a",
        "subnets",
    );
    let twice = Said {
        summary: "Invalid subnet",
        detail: "stands there twice",
        at: "subnets",
    };
    let wrong = Said {
        detail: "is in us-east-1a, not in us-east-1b",
        ..twice
    };
    let arguments = of(&format!(
        "{{ \"us-east-1a\" = \"{a}\", \"us-east-1b\" = \"{a}\" }}"
    ));
    refused(&stage, PROVIDER, &arguments, &[twice, wrong]);
    one(
        &stage,
        &of("{ \"us-east-1a\" = \"subnet-0123\" }"),
        "Invalid subnet",
        "There is no subnet",
        "subnets",
    );
    one(
        &stage,
        &of("{}"),
        "Invalid availability zones",
        "",
        "subnets",
    );
    one(
        &stage,
        &of(&format!("{{ \"Zone A\" = \"{a}\" }}")),
        "Invalid availability zones",
        "is not a zone name",
        "subnets",
    );
    one(
        &stage,
        &of(&format!(
            "{{ \"us-east-1a\" = \"{a}\", \"eu-west-1a\" = \"{b}\" }}"
        )),
        "Invalid availability zones",
        "",
        "subnets",
    );
}

#[test]
fn local_zones_are_no_place_for_etcd() {
    let stage = Stage::new(&SUBJECT);
    let a = &stage.network.subnets["us-east-1a"];
    let subnets = format!("{{ \"us-east-1-bos-1a\" = \"{a}\" }}");
    stage.write(PROVIDER, &with_subnets(&stage.network, &subnets));
    let outcome = stage.plan().fails();
    outcome.says("Invalid zone");
}

#[test]
fn networks_are_one_network() {
    let stage = Stage::new(&SUBJECT);
    let other = Network::vpc(&stage.aws);
    let foreign = Network::security_group(&stage.aws, &other, "foreign");
    one(
        &stage,
        &instead(&stage, "security_group_ids", &format!("[\"{foreign}\"]")),
        "Invalid security group",
        "but the subnets are in",
        "security_group_ids",
    );
    one(
        &stage,
        &instead(&stage, "security_group_ids", "[]"),
        "Missing security group",
        "",
        "security_group_ids",
    );
    let target = Network::target_group(&stage.aws, &other, "foreign", 80);
    one(
        &stage,
        &with(&stage, &format!("target_group_arns = [\"{target}\"]")),
        "Invalid target group",
        "but the subnets are in",
        "target_group_arns",
    );
    let gone = "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/gone/0123456789abcdef";
    one(
        &stage,
        &with(&stage, &format!("service_target_group_arns = [\"{gone}\"]")),
        "Invalid target group",
        "There is no target group",
        "service_target_group_arns",
    );
    let api = &stage.network.target_groups[0];
    one(
        &stage,
        &with(
            &stage,
            &format!("target_group_arns = [\"{api}\"]\nservice_target_group_arns = [\"{api}\"]"),
        ),
        "Invalid target group",
        "stands in \"target_group_arns\" too",
        "service_target_group_arns",
    );
}

#[test]
fn nodes_must_be_launchable() {
    let stage = Stage::new(&SUBJECT);
    for (arguments, summary, detail, at) in [
        (
            instead(&stage, "image_id", "\"ami-0123456789abcdef0\""),
            "Invalid image",
            "There is no image",
            "image_id",
        ),
        (
            instead(&stage, "image_id", &format!("\"{IMAGE_ARM64}\"")),
            "Invalid instance type",
            "m5.large runs images for x86_64",
            "instance_type",
        ),
        (
            instead(&stage, "instance_type", "\"m99.huge\""),
            "Invalid instance type",
            "There is no instance type \"m99.huge\"",
            "instance_type",
        ),
        (
            with(&stage, "key_name = \"nobodys\""),
            "Invalid key pair",
            "There is no key pair",
            "key_name",
        ),
        (
            with(&stage, "iam_instance_profile = \"nobodys\""),
            "Invalid instance profile",
            "There is no instance profile",
            "iam_instance_profile",
        ),
        (
            with(
                &stage,
                "ebs_block_devices = {\n\"/dev/xvda\" = { volume_size = 1 }\n}",
            ),
            "Invalid volume",
            "is the root device",
            "",
        ),
        (
            with(&stage, "root_block_device = {\nvolume_size = 4\n}"),
            "Invalid volume",
            "GiB at least, not 4",
            "volume_size",
        ),
        (
            with(&stage, "root_block_device = {\niops = 90000\n}"),
            "Invalid volume",
            "3000 to 80000 IOPS",
            "iops",
        ),
        (
            with(
                &stage,
                "ebs_block_devices = {\n\"/dev/sdf\" = { volume_size = 100000 }\n}",
            ),
            "Invalid volume",
            "1 to 65536 GiB",
            "",
        ),
    ] {
        one(&stage, &arguments, summary, detail, at);
    }
}

/// The emulator offers this type in some zones only, as AWS does.
#[test]
fn every_zone_must_offer_the_type() {
    let stage = Stage::new(&SUBJECT);
    let all = stage.network.subnets_hcl(&["a", "b", "c", "d", "e", "f"]);
    let arguments = with_subnets(&stage.network, &all).replace("m5.large", "m7i.large");
    one(
        &stage,
        &arguments,
        "Invalid instance type",
        "isn't offered in us-east-1e",
        "instance_type",
    );
}

#[test]
fn user_data_is_measured_and_searched() {
    let stage = Stage::new(&SUBJECT);
    let long = "x".repeat(16_385);
    one(
        &stage,
        &with(&stage, &format!("user_data = \"{long}\"")),
        "User data too long",
        "16385 bytes; EC2 takes 16384",
        "user_data",
    );
    let key = "-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIHxSx3k0\\n-----END EC PRIVATE KEY-----";
    for argument in [
        format!("user_data = \"{key}\""),
        format!("user_data = \"content: ${{base64encode(\"{key}\")}}\""),
        format!("user_data_base64 = base64encode(\"{key}\")"),
    ] {
        stage.write(PROVIDER, &with(&stage, &argument));
        let outcome = stage.run(&["plan", "-json"]);
        let mut found = outcome.diagnostics();
        found.retain(|one| one.severity == "error");
        assert_eq!(found.len(), 1, "{outcome}");
        assert_eq!(found[0].summary, "Private key in user data");
        // Terraform itself shows the line that it stands in; we don't repeat it.
        assert!(!found[0].detail.contains("MHcCAQEEIHxSx3k0"), "{outcome}");
    }
    one(
        &stage,
        &with(&stage, "user_data_base64 = \"#!/bin/sh\""),
        "Invalid user data",
        "This is not base64",
        "user_data_base64",
    );
    one(
        &stage,
        &with(&stage, "user_data = \"a\"\nuser_data_base64 = \"YQ==\""),
        "Conflicting attributes",
        "",
        "user_data_base64",
    );
}

#[test]
fn protection_and_force_exclude_each_other() {
    let stage = Stage::new(&SUBJECT);
    one(
        &stage,
        &with(
            &stage,
            "deletion_protection = \"prevent-force-deletion\"\nforce_delete = true",
        ),
        "Conflicting attributes",
        "Keep one of them",
        "force_delete",
    );
}

#[test]
fn tags_of_ours_are_not_the_users() {
    let stage = Stage::new(&SUBJECT);
    for tags in [
        "{ \"kubeha.io/role\" = \"mine\" }",
        "{ \"kubernetes.io/cluster/acc\" = \"shared\" }",
    ] {
        let arguments = with(&stage, &format!("tags = {tags}"));
        one(
            &stage,
            &arguments,
            "Invalid tags",
            "This resource itself",
            "tags",
        );
    }
    // The name is, and one that says the same does no harm.
    let tags = "tags = { Name = \"mine\", \"kubernetes.io/cluster/acc\" = \"owned\" }";
    stage.write(PROVIDER, &with(&stage, tags));
    stage.apply().succeeds();
    stage.plan_is_empty("named");
    for object in &stage.account.inventory()["instance"] {
        assert_eq!(object.name, "mine");
    }
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    stage.plan_is_empty("unnamed");
    for object in &stage.account.inventory()["instance"] {
        assert_eq!(object.name, "acc-control-plane");
    }
}

#[test]
fn a_name_that_is_taken_is_not_taken_over() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let desk = stage.another_desk();
    let other = "cluster_name = \"acc\"\nowner = \"somebody else\"";
    desk.write(other, &stage.arguments(Size::Minimal));
    desk.plan().fails().says("belongs to the owner");
    let cluster = "cluster_name = \"other\"\nowner = \"acceptance/acc\"";
    desk.write(cluster, &with(&stage, "name = \"acc-control-plane\""));
    desk.plan().fails().says("belongs to the cluster");
    // Two blocks of one name.
    let arguments = stage.arguments(Size::Minimal);
    let block = |name: &str| {
        format!(
            "resource \"kubeha_control_plane_group\" \"{name}\" {{\n{arguments}\nname = \"x-1\"\n}}\n"
        )
    };
    stage
        .workspace()
        .file("more.tf", &(block("one") + &block("two")));
    stage.plan().fails().says("Name claimed twice");
    stage.workspace().file("more.tf", "");
}

/// `mock_provider` invents what other resources would tell: texts of eight letters, empty
/// collections.
#[test]
fn what_mocks_invent_passes_validation() {
    let stage = Stage::new(&SUBJECT);
    let workspace = stage.workspace();
    workspace.main(
        r#"
        resource "kubeha_api_load_balancer" "this" {
          subnets            = { "us-east-1a" = "subnet-1" }
          security_group_ids = ["sg-1"]
        }
        resource "kubeha_control_plane_group" "this" {
          subnets              = kubeha_api_load_balancer.this.tags_all
          image_id             = kubeha_api_load_balancer.this.zone_id
          instance_type        = kubeha_api_load_balancer.this.zone_id
          iam_instance_profile = kubeha_api_load_balancer.this.zone_id
          security_group_ids   = [kubeha_api_load_balancer.this.zone_id]
          key_name             = kubeha_api_load_balancer.this.zone_id
          user_data_base64     = kubeha_api_load_balancer.this.zone_id
          target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
        }
        "#,
    );
    workspace.file(
        "mocked.tftest.hcl",
        "mock_provider \"kubeha\" {}\nrun \"apply\" {}\n",
    );
    stage.run(&["test"]).succeeds().says("1 passed");
}
