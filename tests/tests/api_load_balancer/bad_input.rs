//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::Reported;
use kubeha_tests::lifecycle::refusals::{Said, planning_says, refused};
use kubeha_tests::lifecycle::{Network, PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, text};

/// What is required, with more arguments.
fn with(stage: &Stage, more: &str) -> String {
    format!("{}\n{more}", stage.arguments(Size::Minimal))
}

/// What is required, with these subnets.
fn with_subnets(stage: &Stage, subnets: &str) -> String {
    let group = &stage.network.security_groups[0];
    format!("subnets = {subnets}\nsecurity_group_ids = [\"{group}\"]")
}

/// A plan of good arguments with more of them, which has one error.
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
fn a_name_in_dns_needs_its_zone() {
    let stage = Stage::new(&SUBJECT);
    let zone = &stage.network.hosted_zone_id;
    stage.write(PROVIDER, &with(&stage, "fqdn = \"api.example.com\""));
    stage.plan().fails().says("hosted_zone_id");
    stage.write(
        PROVIDER,
        &with(&stage, &format!("hosted_zone_id = \"{zone}\"")),
    );
    stage.plan().fails().says("fqdn");
    one(
        &stage,
        &format!("fqdn = \"api.example.org\"\nhosted_zone_id = \"{zone}\""),
        "Invalid FQDN",
        "\"api.example.org\" is not in the hosted zone",
        "fqdn",
    );
    one(
        &stage,
        &format!("fqdn = \"notexample.com\"\nhosted_zone_id = \"{zone}\""),
        "Invalid FQDN",
        "\"notexample.com\" is not in the hosted zone",
        "fqdn",
    );
    one(
        &stage,
        "fqdn = \"api.example.com\"\nhosted_zone_id = \"Z0123456789ABCDEFGHIJ\"",
        "Invalid hosted zone",
        "There is no hosted zone \"Z0123456789ABCDEFGHIJ\".",
        "hosted_zone_id",
    );
    one(
        &stage,
        "fqdn = \"api.example.com\"\nhosted_zone_id = \"\"",
        "Invalid hosted zone",
        "The id is empty.",
        "hosted_zone_id",
    );
}

#[test]
fn a_health_check_must_be_able_to_work() {
    let stage = Stage::new(&SUBJECT);
    one(
        &stage,
        "health_check = {\ninterval = 5\ntimeout = 6\n}",
        "Health check can't work",
        "Make \"timeout\" at most \"interval\".",
        "",
    );
    one(
        &stage,
        "apiserver_shutdown_delay = 30",
        "Health check too slow",
        "it takes up to 30 seconds",
        "apiserver_shutdown_delay",
    );
    one(
        &stage,
        "health_check = {\nprotocol = \"TCP\"\npath = \"/readyz\"\n}",
        "Conflicting attributes",
        "A TCP check has no \"path\".",
        "",
    );
    one(
        &stage,
        "enable_unhealthy_connection_termination = true\nunhealthy_draining_interval = 10",
        "Conflicting attributes",
        "Remove \"unhealthy_draining_interval\"",
        "unhealthy_draining_interval",
    );
    stage.write(PROVIDER, &with(&stage, "apiserver_shutdown_delay = 31"));
    stage.plan().succeeds();
}

#[test]
fn ports_and_numbers_have_their_ranges() {
    let stage = Stage::new(&SUBJECT);
    for argument in [
        "port = 0",
        "port = 65536",
        "target_port = 0",
        "deregistration_delay = 3601",
        "unhealthy_draining_interval = -1",
    ] {
        let name = argument.split(' ').next().unwrap();
        stage.write(PROVIDER, &with(&stage, argument));
        let outcome = stage.run(&["validate", "-json"]);
        let errors = outcome.diagnostics();
        assert_eq!(errors.len(), 1, "{argument}: {outcome}");
        assert_eq!(errors[0].code.as_deref(), Some(argument), "{outcome}");
        assert!(errors[0].detail.contains(name), "{outcome}");
    }
}

#[test]
fn names_are_those_that_aws_takes() {
    let stage = Stage::new(&SUBJECT);
    let long = "x".repeat(33);
    for (name, problem) in [
        ("", "1 to 32 characters"),
        (long.as_str(), "1 to 32 characters"),
        ("a_b", "only letters, digits and hyphens"),
        ("-a", "begin or end with a hyphen"),
        ("internal-api", "begin with internal-"),
    ] {
        for attribute in ["name", "target_group_name"] {
            let argument = format!("{attribute} = \"{name}\"");
            // AWS reserves "internal-" for load balancers, and we keep one rule for both.
            one(&stage, &argument, "Invalid name", problem, attribute);
        }
    }
}

#[test]
fn subnets_stand_in_their_zones_and_one_vpc() {
    let stage = Stage::new(&SUBJECT);
    let [a, b] = ["us-east-1a", "us-east-1b"].map(|zone| stage.network.subnets[zone].clone());
    let check = |subnets: &str, detail: &str, at: &str| {
        let summary = "Invalid subnet";
        let said = Said {
            summary,
            detail,
            at,
        };
        refused(&stage, PROVIDER, &with_subnets(&stage, subnets), &[said]);
    };
    check(
        &format!("{{\n\"us-east-1a\" = \"{a}\"\n\"us-east-1c\" = \"{b}\"\n}}"),
        "is in us-east-1b, not in us-east-1c.",
        "",
    );
    check(
        &format!("{{\n\"us-east-1a\" = \"{a}\"\n\"us-east-1b\" = \"subnet-0123456789abcdef0\"\n}}"),
        "There is no subnet \"subnet-0123456789abcdef0\"",
        "",
    );
    let other = Network::vpc(&stage.aws);
    let elsewhere = Network::subnets_of(&stage.aws, &other, &["a", "b"]);
    check(
        &format!(
            "{{\n\"us-east-1a\" = \"{a}\"\n\"us-east-1b\" = \"{}\"\n}}",
            elsewhere["us-east-1b"]
        ),
        "A load balancer lives in one VPC.",
        "",
    );
    let twice = format!("{{\n\"us-east-1a\" = \"{a}\"\n\"us-east-1b\" = \"{a}\"\n}}");
    let summary = "Invalid subnet";
    let both = [
        Said {
            summary,
            detail: "is in us-east-1a, not in us-east-1b.",
            at: "",
        },
        Said {
            summary,
            detail: "stands there twice",
            at: "",
        },
    ];
    refused(&stage, PROVIDER, &with_subnets(&stage, &twice), &both);
    stage.write(PROVIDER, &with_subnets(&stage, "{}"));
    stage.plan().fails().says("subnets");
}

#[test]
fn security_groups_exist_in_the_same_vpc() {
    let stage = Stage::new(&SUBJECT);
    let subnets = stage.network.subnets_hcl(&["a", "b"]);
    let other = Network::vpc(&stage.aws);
    let foreign = Network::security_group(&stage.aws, &other, "foreign");
    for (group, detail) in [
        ("sg-0123456789abcdef0", "There is no security group"),
        (foreign.as_str(), "but the subnets are in"),
    ] {
        let arguments = format!("subnets = {subnets}\nsecurity_group_ids = [\"{group}\"]");
        let said = Said {
            summary: "Invalid security group",
            detail,
            at: "security_group_ids",
        };
        refused(&stage, PROVIDER, &arguments, &[said]);
    }
}

#[test]
fn a_load_balancer_of_somebody_else_is_not_taken() {
    let stage = Stage::new(&SUBJECT);
    let subnets = &stage.network.subnets;
    let parameters = [
        ("Name", "acc-api"),
        ("Type", "network"),
        ("Scheme", "internal"),
        ("Subnets.member.1", &subnets["us-east-1a"]),
    ];
    let arn = stage
        .aws
        .elb("CreateLoadBalancer", &parameters)
        .text("LoadBalancerArn");
    let before = stage.account.inventory();
    let command = format!("terraform import kubeha_api_load_balancer.NAME '{arn}'");
    let summary = "Planning API load balancer";
    for detail in [
        "has no tags that say this provider made it",
        command.as_str(),
    ] {
        // The name comes from the cluster's, so there is no line of its own to point at.
        let said = Said {
            summary,
            detail,
            at: "",
        };
        refused(&stage, PROVIDER, &with(&stage, ""), &[said]);
        let said = Said {
            summary,
            detail,
            at: "name",
        };
        refused(
            &stage,
            PROVIDER,
            &with(&stage, "name = \"acc-api\""),
            &[said],
        );
    }
    assert_eq!(stage.account.inventory(), before);
}

#[test]
fn a_load_balancer_of_another_owner_is_not_taken() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let desk = stage.another_desk();
    let summary = "Planning API load balancer";
    let case = |provider: &str, detail: &str| {
        let said = Said {
            summary,
            detail,
            at: "",
        };
        refused(
            &desk,
            provider,
            &with(&stage, "name = \"acc-api\""),
            &[said],
        );
    };
    case(
        "cluster_name = \"acc\"\nowner = \"somebody/else\"",
        "belongs to the owner \"acceptance/acc\"",
    );
    case(
        "cluster_name = \"other\"\nowner = \"acceptance/acc\"",
        "belongs to the cluster \"acc\"",
    );
    case("cluster_name = \"acc\"", "the provider's owner is not set");
}

#[test]
fn an_owner_must_be_able_to_be_a_tag() {
    let stage = Stage::new(&SUBJECT);
    for owner in [" a", "a,b"] {
        let provider = format!("cluster_name = \"acc\"\nowner = \"{owner}\"");
        let said = Said {
            summary: "Invalid owner",
            detail: "so that it can be a tag's value",
            at: "owner",
        };
        refused(&stage, &provider, &with(&stage, ""), &[said]);
    }
}

#[test]
fn an_owner_that_is_known_late_is_not_a_missing_one() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let made = stage.account.inventory();
    // Nothing is in this state, as after a create that was killed with terraform.
    let desk = stage.another_desk();
    let data = "resource \"terraform_data\" \"owner\" {\n  input = \"acceptance/acc\"\n}\n";
    desk.workspace().file("data.tf", data);
    let provider = "cluster_name = \"acc\"\nowner = terraform_data.owner.output";
    desk.write(provider, &with(&stage, ""));
    desk.apply().succeeds();
    desk.plan_is_empty("applied");
    assert_eq!(stage.account.inventory(), made);
}

#[test]
fn a_cluster_needs_a_name() {
    let stage = Stage::new(&SUBJECT);
    let said = Said {
        summary: "Missing cluster name",
        detail: "Set \"cluster_name\" here, or in the provider block",
        at: "",
    };
    refused(&stage, "owner = \"a\"", &with(&stage, ""), &[said]);
}

#[test]
fn two_blocks_cannot_claim_one_name() {
    let stage = Stage::new(&SUBJECT);
    let second = |more: &str| {
        let arguments = with(&stage, more);
        format!("resource \"kubeha_api_load_balancer\" \"second\" {{\n{arguments}\n}}\n")
    };
    stage.configure(Size::Minimal);
    stage.workspace().file("second.tf", &second(""));
    let twice = || {
        let outcome = stage.run(&["plan", "-json"]);
        let errors = outcome.diagnostics();
        let claimed = |one: &&Reported| one.summary == "Name claimed twice";
        assert_eq!(
            errors.iter().filter(claimed).count(),
            errors.len(),
            "{outcome}"
        );
        assert!(!errors.is_empty(), "{outcome}");
    };
    twice();
    // Of two blocks, one may have its object already.
    stage.workspace().file("second.tf", "");
    stage.apply().succeeds();
    stage.workspace().file("second.tf", &second(""));
    twice();
    let names = "name = \"acc-api-2\"\ntarget_group_name = \"acc-api-2\"";
    stage.workspace().file("second.tf", &second(names));
    stage
        .plan()
        .succeeds()
        .says("1 to add, 0 to change, 0 to destroy");
}

#[test]
fn a_protected_load_balancer_is_neither_destroyed_nor_replaced() {
    let stage = Stage::new(&SUBJECT);
    let protected = with(&stage, "enable_deletion_protection = true");
    stage.write(PROVIDER, &protected);
    stage.apply().succeeds();
    let summary = "Deletion protection is on";
    let said = |detail, at| {
        [Said {
            summary,
            detail,
            at,
        }]
    };
    let destroy = said("Set \"enable_deletion_protection\" to false", "");
    planning_says(&stage, &["plan", "-destroy", "-json"], &destroy);
    let replaced = with(
        &stage,
        "enable_deletion_protection = true\ninternal = false",
    );
    let replace = said("needs a new load balancer", "internal");
    refused(&stage, PROVIDER, &replaced, &replace);
    // Also where the same plan would take the protection away.
    refused(
        &stage,
        PROVIDER,
        &with(&stage, "internal = false"),
        &replace,
    );
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    stage.destroy().succeeds();
    stage.nothing_left("unprotected and destroyed");
}

#[test]
fn import_ids_are_checked() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let address = stage.address();
    for (id, words) in [
        ("acc-api,Z1", "is not an import id"),
        ("nobody", "There is no load balancer \"nobody\"."),
    ] {
        stage.run(&["import", &address, id]).fails().says(words);
    }
}

#[test]
fn a_record_that_leads_elsewhere_is_not_overwritten() {
    let stage = Stage::new(&SUBJECT);
    let zone = stage.network.hosted_zone_id.clone();
    let values = json!({ "fqdn": "api.example.com", "hosted_zone_id": zone });
    let count = |kind| stage.account.inventory().get(kind).map_or(0, Vec::len);
    let before = ["load-balancer", "target-group"].map(count);
    crate::subject::redirect_record(&stage.aws, &values);
    let dns = format!("fqdn = \"api.example.com\"\nhosted_zone_id = \"{zone}\"");
    stage.write(PROVIDER, &with(&stage, &dns));
    stage
        .apply()
        .fails()
        .says("leads elsewhere. It is not overwritten.");
    // The rest exists and is known: a destroy leaves the record alone and nothing else.
    let arn = text(&stage.values(), "arn").to_owned();
    assert!(arn.starts_with("arn:"), "{arn}");
    stage.destroy().succeeds();
    assert_eq!(count("record"), 1);
    assert_eq!(["load-balancer", "target-group"].map(count), before);
}
