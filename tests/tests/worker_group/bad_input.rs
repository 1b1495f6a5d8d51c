//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{IMAGE_ARM64, PROVIDER, Size, Stage};

use crate::subject::{SUBJECT, with, with_subnets};

/// A plan of good arguments with others among them, which has one error.
#[track_caller]
fn one(stage: &Stage, more: &str, summary: &str, detail: &str, at: &str) {
    let said = Said {
        summary,
        detail,
        at,
    };
    refused(stage, PROVIDER, &with(stage, more), &[said]);
}

#[test]
fn sizes_are_in_order() {
    let stage = Stage::new(&SUBJECT);
    let summary = "Invalid size";
    for (more, detail, at) in [
        ("min_size = 5", "is more than \"max_size\", 4", "min_size"),
        (
            "desired_capacity = 1",
            "fewer than \"min_size\", 2",
            "desired_capacity",
        ),
        (
            "desired_capacity = 5",
            "more than \"max_size\", 4",
            "desired_capacity",
        ),
    ] {
        one(&stage, more, summary, detail, at);
    }
}

#[test]
fn instance_types_exist_and_fit_the_image() {
    let stage = Stage::new(&SUBJECT);
    let (summary, at) = ("Invalid instance type", "instance_types");
    for (types, detail) in [
        ("\"m5.tiny\"", "There is no instance type \"m5.tiny\""),
        (
            "\"m5.large\", \"m6g.large\"",
            "m6g.large runs images for arm64",
        ),
        ("\"m5.large\", \"m5.large\"", "stands there twice"),
    ] {
        let types = format!("instance_types = [{types}]");
        one(&stage, &types, summary, detail, at);
    }
    let arm = format!("image_id = \"{IMAGE_ARM64}\"");
    let detail = "m5.large runs images for x86_64";
    one(&stage, &arm, summary, detail, at);
}

#[test]
fn one_type_of_spot_instances_is_weak() {
    let stage = Stage::new(&SUBJECT);
    let spot = "on_demand_percentage_above_base_capacity = 0";
    stage.write(PROVIDER, &with(&stage, spot));
    stage.plan().succeeds().says("One type of spot instance");
}

#[test]
fn labels_and_taints_are_such_as_kubernetes_takes() {
    let stage = Stage::new(&SUBJECT);
    let summary = "Invalid value";
    let taint = |key: &str, effect: &str| format!("{{ key = \"{key}\", effect = \"{effect}\" }}");
    for (more, at) in [
        ("labels = { \"a b\" = \"c\" }".to_owned(), "labels"),
        ("labels = { a = \"b c\" }".to_owned(), "labels"),
        (
            "labels = { \"Example.com/a\" = \"b\" }".to_owned(),
            "labels",
        ),
        (
            format!("taints = [{}]", taint("a/b/c", "NoSchedule")),
            "taints",
        ),
        (format!("taints = [{}]", taint("a", "Never")), "taints"),
    ] {
        one(&stage, &more, summary, "must be", at);
    }
    let two = [taint("a", "NoSchedule"), taint("a", "NoExecute")].join(", ");
    let detail = "two taints of the key \"a\"";
    one(
        &stage,
        &format!("taints = [{two}]"),
        "Invalid taints",
        detail,
        "taints",
    );
    let long = format!("labels = {{ \"{}.com/a\" = \"\" }}", "x".repeat(80));
    one(&stage, &long, summary, "up to 82 characters", "labels");
    let own = "tags = { \"k8s.io/cluster-autoscaler/node-template/label/a\" = \"b\" }";
    let detail = "This resource itself sets";
    one(&stage, own, "Invalid tags", detail, "tags");
}

#[test]
fn preferences_go_together() {
    let stage = Stage::new(&SUBJECT);
    for (preferences, summary) in [
        (
            "min_healthy_percentage = 0, max_healthy_percentage = 110",
            "Invalid percentages",
        ),
        ("max_healthy_percentage = 195", "Invalid percentages"),
        ("checkpoint_percentages = [50]", "Invalid checkpoints"),
        (
            "checkpoint_percentages = [50, 20, 100]",
            "Invalid checkpoints",
        ),
        ("checkpoint_delay = 60", "Conflicting attributes"),
        ("standby_instances = \"Refresh\"", "Invalid value"),
    ] {
        let more = format!("instance_refresh = {{ preferences = {{ {preferences} }} }}");
        one(&stage, &more, summary, "", "");
    }
}

#[test]
fn what_nodes_are_launched_with_exists() {
    let stage = Stage::new(&SUBJECT);
    for (more, summary) in [
        ("image_id = \"ami-00000000\"", "Invalid image"),
        ("key_name = \"none\"", "Invalid key pair"),
        (
            "iam_instance_profile = \"none\"",
            "Invalid instance profile",
        ),
        (
            "security_group_ids = [\"sg-00000000\"]",
            "Invalid security group",
        ),
        ("root_block_device = { volume_size = 0 }", "Invalid volume"),
    ] {
        one(&stage, more, summary, "", "");
    }
    let long = format!("user_data = \"{}\"", "x".repeat(16_385));
    one(&stage, &long, "User data too long", "16385 bytes", "");
    let key = "user_data = \"-----BEGIN PRIVATE KEY-----\"";
    one(&stage, key, "Private key in user data", "", "user_data");
    let arn = stage.network.target_groups[0].replace("/one/", "/none/");
    let none = format!("target_group_arns = [\"{arn}\"]");
    let detail = "There is no target group";
    one(&stage, &none, "Invalid target group", detail, "");
}

#[test]
fn a_subnet_is_in_its_zone() {
    let stage = Stage::new(&SUBJECT);
    let subnet = &stage.network.subnets["us-east-1b"];
    let subnets = format!("{{ \"us-east-1a\" = \"{subnet}\" }}");
    let said = Said {
        summary: "Invalid subnet",
        detail: "is in us-east-1b, not in us-east-1a",
        at: "subnets",
    };
    let arguments = with_subnets(&stage.network, &subnets);
    refused(&stage, PROVIDER, &arguments, &[said]);
}

#[test]
fn a_group_that_belongs_to_somebody_else_is_left_alone() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    stage.write("cluster_name = \"acc\"\nowner = \"somebody\"", &arguments);
    stage.apply().succeeds();
    let desk = stage.another_desk();
    desk.write(PROVIDER, &arguments);
    desk.plan()
        .fails()
        .says("belongs to the owner \"somebody\"");
}

/// What is known late is checked late.
#[test]
fn unknown_values_pass() {
    let stage = Stage::new(&SUBJECT);
    let data = "resource \"terraform_data\" \"x\" {\n  \
                input = { size = 3, label = \"a\", type = \"m5.large\" }\n}\n";
    stage.workspace().file("data.tf", data);
    let more = "max_size = terraform_data.x.output.size\n\
                labels = { a = terraform_data.x.output.label }\n\
                instance_types = [terraform_data.x.output.type]";
    stage.write(PROVIDER, &with(&stage, more));
    stage.apply().succeeds();
    stage.plan_is_empty("known by now");
}
