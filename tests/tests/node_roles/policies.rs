//! What is and what isn't a change of what nodes may do.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::{Value as Json, json};

use crate::drifts::{CONTROL_PLANE, WORKER, edit};
use crate::subject::{SUBJECT, text};

fn stage() -> Stage {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage
}

/// The attributes that a plan changes.
fn changed(planned: &Json) -> Vec<&str> {
    let change = &planned["change"];
    let before = change["before"].as_object().unwrap();
    let names = before.keys().map(String::as_str);
    names
        .filter(|name| {
            change["before"][name] != change["after"][name]
                || change["after_unknown"][name] == json!(true)
        })
        .collect()
}

#[test]
fn the_same_in_other_words_is_no_drift() {
    let stage = stage();
    edit(&stage.aws, WORKER, |policy| {
        let statements = policy["Statement"].as_array_mut().unwrap();
        statements.reverse();
        for statement in statements {
            let resources = statement["Resource"].clone();
            if let [one] = resources.as_array().unwrap().as_slice() {
                statement["Resource"] = one.clone();
            }
            let actions = statement["Action"].as_array_mut().unwrap();
            actions.reverse();
            for action in actions {
                *action = json!(action.as_str().unwrap().to_lowercase());
            }
        }
    });
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": { "Service": "ec2.amazonaws.com" },
            "Action": "sts:AssumeRole",
        },
    });
    let parameters = [("RoleName", WORKER), ("PolicyDocument", &trust.to_string())];
    stage.aws.iam("UpdateAssumeRolePolicy", &parameters);
    stage.plan_is_empty("the same in other words");
}

#[test]
fn what_others_change_shows_and_is_repaired() {
    let stage = stage();
    let before = stage.values();
    let shows = |when: &str, attribute: &str| {
        let planned = stage.planned(when);
        assert_eq!(planned["change"]["actions"], json!(["update"]), "{when}");
        assert_eq!(changed(&planned), [attribute], "{when}: {planned:#}");
        stage.apply_planned().succeeds();
        stage.plan_is_empty(when);
        assert_eq!(stage.values(), before, "{when}");
    };
    edit(&stage.aws, WORKER, |policy| {
        let actions = policy["Statement"][0]["Action"].as_array_mut().unwrap();
        actions.push(json!("ec2:TerminateInstances"));
    });
    shows("one action more", "worker_policy");
    let open = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" }],
    });
    let document = open.to_string();
    let parameters = [("RoleName", CONTROL_PLANE), ("PolicyDocument", &document)];
    stage.aws.iam("UpdateAssumeRolePolicy", &parameters);
    shows("anybody may take on a role", "assume_role_policy");
    crate::subject::empty_profile(&stage.aws, WORKER);
    let parameters = [("InstanceProfileName", WORKER), ("RoleName", CONTROL_PLANE)];
    stage.aws.iam("AddRoleToInstanceProfile", &parameters);
    shows("another role", "worker_instance_profile_arn");
    let named = [("InstanceProfileName", WORKER)];
    let found = stage.aws.iam("GetInstanceProfile", &named);
    assert_eq!(found.texts("RoleName"), [WORKER]);
}

/// So that a plan shows what a change allows before it is allowed.
#[test]
fn a_plan_shows_the_policies_to_come() {
    let stage = stage();
    let before = stage.values();
    stage.write(PROVIDER, "cluster_autoscaler = true\necr_read = false");
    let planned = stage.planned("other grants");
    let after = &planned["change"]["after"];
    let policy = |of: &Json, name| -> Json { serde_json::from_str(text(of, name)).unwrap() };
    let has = |policy: &Json, sid: &str| {
        let statements = policy["Statement"].as_array().unwrap();
        statements.iter().any(|one| one["Sid"] == sid)
    };
    let (was, is) = (
        policy(&before, "control_plane_policy"),
        policy(after, "control_plane_policy"),
    );
    assert!(!has(&was, "AutoscalerScale") && has(&is, "AutoscalerScale"));
    assert!(!has(&policy(after, "worker_policy"), "EcrRead"));
    stage.apply_planned().succeeds();
    assert_eq!(stage.values()["worker_policy"], after["worker_policy"]);
}

#[test]
fn policies_that_others_attach_are_left_alone_until_it_is_said_which() {
    let stage = stage();
    let [one, two, _] = &stage.network.policies;
    let attach = |arn: &str| {
        let parameters = [("RoleName", WORKER), ("PolicyArn", arn)];
        stage.aws.iam("AttachRolePolicy", &parameters);
    };
    let attached = || {
        let found = stage
            .aws
            .iam("ListAttachedRolePolicies", &[("RoleName", WORKER)]);
        found.texts("PolicyArn")
    };
    attach(one);
    stage.plan_is_empty("somebody attached a policy");
    stage.write(PROVIDER, &format!("worker_policy_arns = [\"{two}\"]"));
    stage.apply().succeeds();
    assert_eq!(attached(), [two.as_str()]);
    stage.write(PROVIDER, "worker_policy_arns = []");
    stage.apply().succeeds();
    stage.plan_is_empty("none");
    assert!(attached().is_empty());
    // What was attached goes when it is said no more; what others then attach stays.
    stage.write(PROVIDER, &format!("worker_policy_arns = [\"{two}\"]"));
    stage.apply().succeeds();
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    assert!(attached().is_empty());
    attach(one);
    stage.plan_is_empty("said no more");
    assert_eq!(attached(), [one.as_str()]);
}

#[test]
fn what_others_made_stops_a_destroy_and_is_not_lost() {
    let stage = stage();
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }],
    });
    let document = document.to_string();
    let policy = [
        ("RoleName", WORKER),
        ("PolicyName", "theirs"),
        ("PolicyDocument", &document),
    ];
    stage.aws.iam("PutRolePolicy", &policy);
    let profile = [("InstanceProfileName", "theirs"), ("RoleName", WORKER)];
    stage.aws.iam("CreateInstanceProfile", &profile[..1]);
    stage.aws.iam("AddRoleToInstanceProfile", &profile);
    stage.plan_is_empty("others made something");
    let made = stage.values();
    stage
        .destroy()
        .fails()
        .says("aws iam delete-role-policy --role-name 'acc-worker' --policy-name 'theirs'")
        .says("--instance-profile-name 'theirs'");
    // Nothing was touched.
    stage.plan_is_empty("refused");
    assert_eq!(stage.values(), made);
    stage.aws.iam("DeleteRolePolicy", &policy[..2]);
    stage.aws.iam("RemoveRoleFromInstanceProfile", &profile);
    stage.aws.iam("DeleteInstanceProfile", &profile[..1]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
