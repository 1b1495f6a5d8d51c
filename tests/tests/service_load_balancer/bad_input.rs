//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::Reported;
use kubeha_tests::lifecycle::refusals::{Said, planning_says, refused};
use kubeha_tests::lifecycle::{Network, PROVIDER, Size, Stage};

use crate::subject::{SUBJECT, text};

/// What is required beside listeners.
fn without_listeners(stage: &Stage) -> String {
    let subnets = stage.network.subnets_hcl(&["a", "b"]);
    let group = &stage.network.security_groups[0];
    format!("subnets = {subnets}\nsecurity_group_ids = [\"{group}\"]\n")
}

/// A plan of these listeners, which has one error.
#[track_caller]
fn one(stage: &Stage, listeners: &str, summary: &str, detail: &str, at: &str) {
    let said = Said {
        summary,
        detail,
        at,
    };
    let arguments = without_listeners(stage) + listeners;
    refused(stage, PROVIDER, &arguments, &[said]);
}

#[test]
fn a_load_balancer_has_listeners() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &without_listeners(&stage));
    stage.plan().fails().says("listener");
}

#[test]
fn a_port_has_one_listener() {
    let stage = Stage::new(&SUBJECT);
    let [site, _] = &stage.network.certificates;
    one(
        &stage,
        &format!(
            "listener {{\nport = 443\nnode_port = 30080\n}}\n\
             listener {{\nnode_port = 30443\nprotocol = \"TLS\"\ncertificate_arn = \"{site}\"\n\
             port = 0443\n}}"
        ),
        "Port used twice",
        "Another listener block has the port 443 too.",
        "port = 0443",
    );
}

#[test]
fn tls_has_a_certificate_and_tcp_has_none() {
    let stage = Stage::new(&SUBJECT);
    let listener = |more: &str| format!("listener {{\nport = 443\nnode_port = 30443\n{more}\n}}");
    one(
        &stage,
        &listener("protocol = \"TLS\""),
        "Missing certificate",
        "Set \"certificate_arn\"",
        "protocol = \"TLS\"",
    );
    let site = format!("certificate_arn = \"{}\"", stage.network.certificates[0]);
    one(
        &stage,
        &listener(&site),
        "Conflicting attributes",
        "A TCP listener has no \"certificate_arn\".",
        "certificate_arn",
    );
    for argument in [
        "ssl_policy = \"ELBSecurityPolicy-2016-08\"",
        "alpn_policy = \"HTTP2Only\"",
    ] {
        let name = argument.split(' ').next().unwrap();
        one(
            &stage,
            &listener(argument),
            "Conflicting attributes",
            "A TCP listener has no",
            name,
        );
    }
    let tls = |more: &str| listener(&format!("protocol = \"TLS\"\n{more}"));
    one(
        &stage,
        &tls("certificate_arn = \"site\""),
        "Invalid certificate",
        "\"site\" is not the ARN of a certificate.",
        "certificate_arn",
    );
    one(
        &stage,
        &tls("certificate_arn = \"arn:aws:acm:eu-west-1:123456789012:certificate/1\""),
        "Invalid certificate",
        "The certificate is in eu-west-1",
        "certificate_arn",
    );
    one(
        &stage,
        &tls(&format!("{site}\nssl_policy = \"ELBSecurityPolicy-none\"")),
        "Invalid security policy",
        "no security policy \"ELBSecurityPolicy-none\"",
        "ssl_policy",
    );
}

#[test]
fn numbers_and_words_have_their_ranges() {
    let stage = Stage::new(&SUBJECT);
    for argument in [
        "port = 0",
        "port = 65536",
        "node_port = 0",
        "node_port = 65536",
        "protocol = \"UDP\"",
        "alpn_policy = \"h2\"",
        "deregistration_delay = 3601",
        "unhealthy_draining_interval = -1",
    ] {
        let name = argument.split(' ').next().unwrap();
        let mut listener = String::new();
        for default in ["port = 80", "node_port = 30080"] {
            if !default.starts_with(&format!("{name} ")) {
                listener += default;
                listener += "\n";
            }
        }
        let block = format!("listener {{\n{listener}{argument}\n}}");
        stage.write(PROVIDER, &(without_listeners(&stage) + &block));
        let outcome = stage.run(&["validate", "-json"]);
        let errors = outcome.diagnostics();
        assert_eq!(errors.len(), 1, "{argument}: {outcome}");
        assert_eq!(errors[0].code.as_deref(), Some(argument), "{outcome}");
    }
}

#[test]
fn a_health_check_must_be_able_to_work() {
    let stage = Stage::new(&SUBJECT);
    let check = |check: &str| {
        format!("listener {{\nport = 80\nnode_port = 30080\nhealth_check = {{\n{check}\n}}\n}}")
    };
    one(
        &stage,
        &check("interval = 5\ntimeout = 6"),
        "Health check can't work",
        "Make \"timeout\" at most \"interval\".",
        "",
    );
    one(
        &stage,
        &check("path = \"/healthz\""),
        "Conflicting attributes",
        "A TCP check has no \"path\".",
        "",
    );
}

#[test]
fn a_node_port_outside_the_usual_range_is_told() {
    let stage = Stage::new(&SUBJECT);
    let listener = |node_port| {
        let block = format!("listener {{\nport = 80\nnode_port = {node_port}\n}}");
        stage.write(PROVIDER, &(without_listeners(&stage) + &block));
        stage.run(&["plan", "-json"]).succeeds().diagnostics()
    };
    for usual in [30000, 32767] {
        assert_eq!(listener(usual), [], "{usual}");
    }
    for unusual in [80, 29999, 32768] {
        let code = format!("node_port = {unusual}");
        let said = listener(unusual);
        let [one] = said.as_slice() else {
            panic!("{unusual}: {said:#?}");
        };
        assert_eq!(one.severity, "warning");
        assert_eq!(one.code.as_deref(), Some(&*code));
    }
}

#[test]
fn subnets_and_security_groups_are_looked_up() {
    let stage = Stage::new(&SUBJECT);
    let listener = "\nlistener {\nport = 80\nnode_port = 30080\n}";
    let other = Network::vpc(&stage.aws);
    let foreign = Network::security_group(&stage.aws, &other, "foreign");
    let subnets = stage.network.subnets_hcl(&["a", "b"]);
    let said = |summary, detail, at| {
        [Said {
            summary,
            detail,
            at,
        }]
    };
    refused(
        &stage,
        PROVIDER,
        &format!("subnets = {subnets}\nsecurity_group_ids = [\"{foreign}\"]{listener}"),
        &said(
            "Invalid security group",
            "but the subnets are in",
            "security_group_ids",
        ),
    );
    let group = &stage.network.security_groups[0];
    let missing = "{ \"us-east-1a\" = \"subnet-0123456789abcdef0\" }";
    refused(
        &stage,
        PROVIDER,
        &format!("subnets = {missing}\nsecurity_group_ids = [\"{group}\"]{listener}"),
        &said("Invalid subnet", "There is no subnet", "subnets"),
    );
}

#[test]
fn names_of_somebody_else_are_not_taken() {
    let stage = Stage::new(&SUBJECT);
    let group = [
        ("Name", "acc-service-80-30080"),
        ("Protocol", "TCP"),
        ("Port", "30080"),
        ("VpcId", &*stage.network.vpc_id),
    ];
    let group = stage.aws.elb("CreateTargetGroup", &group);
    let group = group.text("TargetGroupArn");
    let before = stage.account.inventory();
    let summary = "Planning service load balancer";
    let detail = "A target group named \"acc-service-80-30080\" exists and has no tags";
    let said = |detail| {
        [Said {
            summary,
            detail,
            at: "node_port = 30080",
        }]
    };
    let arguments = stage.arguments(Size::Minimal);
    refused(&stage, PROVIDER, &arguments, &said(detail));
    assert_eq!(stage.account.inventory(), before);
    // With the load balancer there, it is still somebody else's.
    let parameters = [("TargetGroupArn", &*group)];
    stage.aws.elb("DeleteTargetGroup", &parameters);
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    let taken = [
        ("Name", "acc-service-81-30081"),
        ("Protocol", "TCP"),
        ("Port", "30081"),
        ("VpcId", &*stage.network.vpc_id),
    ];
    stage.aws.elb("CreateTargetGroup", &taken);
    let more = format!("{arguments}\nlistener {{\nport = 81\nnode_port = 30081\n}}");
    let said = [Said {
        summary,
        detail: "A target group named \"acc-service-81-30081\" exists and has no tags",
        at: "node_port = 30081",
    }];
    refused(&stage, PROVIDER, &more, &said);
}

#[test]
fn a_load_balancer_of_somebody_else_is_not_taken() {
    let stage = Stage::new(&SUBJECT);
    let parameters = [
        ("Name", "acc-service"),
        ("Type", "network"),
        ("Subnets.member.1", &*stage.network.subnets["us-east-1a"]),
    ];
    let made = stage.aws.elb("CreateLoadBalancer", &parameters);
    let arn = made.text("LoadBalancerArn");
    let before = stage.account.inventory();
    let command = format!("terraform import kubeha_service_load_balancer.NAME '{arn}'");
    let said = Said {
        summary: "Planning service load balancer",
        detail: &command,
        at: "",
    };
    refused(&stage, PROVIDER, &stage.arguments(Size::Minimal), &[said]);
    assert_eq!(stage.account.inventory(), before);
}

#[test]
fn two_blocks_cannot_claim_one_name() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    stage.write(PROVIDER, &arguments);
    let second = |more: &str| {
        let block = format!(
            "resource \"kubeha_service_load_balancer\" \"second\" {{\n{arguments}\n{more}\n}}\n"
        );
        stage.workspace().file("second.tf", &block);
    };
    second("");
    let outcome = stage.run(&["plan", "-json"]);
    let claimed = |one: &Reported| one.summary == "Name claimed twice";
    let errors = outcome.diagnostics();
    assert!(
        !errors.is_empty() && errors.iter().all(claimed),
        "{outcome}"
    );
    // A public and a private one of a cluster share nothing, ports and all.
    second("name = \"acc-private\"\ninternal = true");
    stage.apply().succeeds().says("2 added");
    stage.plan_is_empty("both made");
    stage.destroy().succeeds();
    stage.nothing_left("both destroyed");
}

#[test]
fn a_protected_load_balancer_is_neither_destroyed_nor_replaced() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    let protected = format!("{arguments}\nenable_deletion_protection = true");
    stage.write(PROVIDER, &protected);
    stage.apply().succeeds();
    let said = |detail, at| {
        [Said {
            summary: "Deletion protection is on",
            detail,
            at,
        }]
    };
    let destroy = said("Set \"enable_deletion_protection\" to false", "");
    planning_says(&stage, &["plan", "-destroy", "-json"], &destroy);
    let replaced = format!("{protected}\ninternal = true");
    let replace = said("needs a new load balancer", "internal");
    refused(&stage, PROVIDER, &replaced, &replace);
}

#[test]
fn import_ids_are_checked() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let address = stage.address();
    for (id, words) in [
        ("acc-service,Z1", "is not an import id"),
        ("nobody", "There is no load balancer \"nobody\"."),
    ] {
        stage.run(&["import", &address, id]).fails().says(words);
    }
}

#[test]
fn what_is_known_late_is_checked_late() {
    let stage = Stage::new(&SUBJECT);
    let site = &stage.network.certificates[0];
    let data = format!(
        "resource \"terraform_data\" \"late\" {{\n  input = {{ port = 30443, site = \"{site}\" \
         }}\n}}\n"
    );
    stage.workspace().file("data.tf", &data);
    let listener = "listener {\nport = 443\nnode_port = terraform_data.late.output.port\n\
                    protocol = \"TLS\"\ncertificate_arn = terraform_data.late.output.site\n}";
    stage.write(PROVIDER, &(without_listeners(&stage) + listener));
    let planned = stage.planned("what is known late");
    let open = &planned["change"]["after_unknown"]["target_groups"];
    assert_eq!(*open, serde_json::json!({ "443": true }), "{planned:#}");
    stage.apply_planned().succeeds();
    stage.plan_is_empty("made");
    let values = stage.values();
    assert_eq!(values["listener"][0]["node_port"], 30443);
    assert!(text(&values["target_groups"], "443").contains("acc-service-443-30443"));
}
