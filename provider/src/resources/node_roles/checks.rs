//! Which arguments AWS can take, told before it is asked. What comes from other resources is
//! checked here, when it is known, and not by the schema: see DESIGN.md.

use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::kind::Kind;
use super::model::NodeRoles;
use super::policy::MAX_PARAMETER_LEVELS;

/// Adds an error for each argument that can't work.
pub(super) fn arguments(plan: &NodeRoles, errors: &mut Diagnostics) {
    check(
        &plan.cluster_name,
        "cluster_name",
        "cluster name",
        cluster_problem,
        errors,
    );
    check(
        &plan.permissions_boundary,
        "permissions_boundary",
        "policy ARN",
        policy_arn_problem,
        errors,
    );
    for kind in Kind::ALL {
        let Attr::Known(arns) = kind.policy_arns(plan) else {
            continue;
        };
        for arn in arns.known() {
            if let Some(problem) = policy_arn_problem(arn) {
                let path = kind.policy_arns_attribute();
                errors.push(fault("policy ARN", arn, &problem).at(path));
            }
        }
    }
    check(
        &plan.pki_parameter_path,
        "pki_parameter_path",
        "parameter path",
        path_problem,
        errors,
    );
    check(
        &plan.pki_kms_key_arn,
        "pki_kms_key_arn",
        "key ARN",
        key_problem,
        errors,
    );
    if plan.pki_parameter_path.is_null() && plan.pki_kms_key_arn.known().is_some() {
        errors.push(
            Diagnostic::error(
                "Conflicting attributes",
                "The key of \"pki_kms_key_arn\" is used for parameters below \
                 \"pki_parameter_path\". Set that too.",
            )
            .at("pki_kms_key_arn"),
        );
    }
}

fn check(
    value: &Attr<String>,
    path: &str,
    what: &str,
    problem: fn(&str) -> Option<String>,
    errors: &mut Diagnostics,
) {
    if let Some(text) = value.text()
        && let Some(problem) = problem(text)
    {
        errors.push(fault(what, text, &problem).at(Path::attribute(path)));
    }
}

fn fault(what: &str, value: &str, problem: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid {what}"),
        format!("\"{value}\" is no {what} that can be used here: {problem}."),
    )
}

/// The name stands in conditions of policies, as a tag's value and in a tag's key. What can't be a
/// tag could mean something else there: `${` begins a variable.
fn cluster_problem(name: &str) -> Option<String> {
    // Keys have 128 characters, of which `kubernetes.io/cluster/` takes these.
    const LONGEST: usize = 128 - "kubernetes.io/cluster/".len();
    let is_tag = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST {
        Some(format!("it must have 1 to {LONGEST} characters"))
    } else if !name.chars().all(is_tag) {
        Some("it may have only letters, digits, spaces and _ . : / = + - @".to_owned())
    } else {
        None
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
fn policy_arn_problem(arn: &str) -> Option<String> {
    const FORM: &str = "it must look like arn:aws:iam::aws:policy/NAME or \
                        arn:aws:iam::123456789012:policy/NAME";
    let fits = || {
        let ["arn", partition, "iam", "", account, resource] = parts(arn)? else {
            return None;
        };
        let name = resource.strip_prefix("policy/")?;
        let is_account = account == "aws" || is_account(account);
        (is_partition(partition) && is_account && is_policy_name(name)).then_some(())
    };
    fits().is_none().then(|| FORM.to_owned())
}

/// Keys only: IAM doesn't see an alias in what a policy is about.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html>
fn key_problem(arn: &str) -> Option<String> {
    const FORM: &str = "it must look like arn:aws:kms:REGION:123456789012:key/ID; the ARN of an \
                        alias has no effect in a policy";
    let fits = || {
        let ["arn", partition, "kms", region, account, resource] = parts(arn)? else {
            return None;
        };
        let id = resource.strip_prefix("key/")?;
        let is_word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        (is_partition(partition) && is_word(region) && is_account(account) && is_word(id))
            .then_some(())
    };
    fits().is_none().then(|| FORM.to_owned())
}

/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
fn path_problem(path: &str) -> Option<String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Some("it must begin with /".to_owned());
    };
    let levels: Vec<_> = rest.split('/').collect();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let reserved = |word: &&str| {
        let word = word.to_ascii_lowercase();
        word.starts_with("aws") || word.starts_with("ssm")
    };
    if levels.iter().any(|level| level.is_empty()) {
        Some("it must not end with / or have two in a row".to_owned())
    } else if !levels.iter().all(|level| level.chars().all(is_name)) {
        Some("it may have only letters, digits and _ . - between slashes".to_owned())
    } else if levels.len() > MAX_PARAMETER_LEVELS {
        Some(format!(
            "it may have {MAX_PARAMETER_LEVELS} levels, since more come below it"
        ))
    } else if levels.first().is_some_and(reserved) {
        Some("AWS keeps names to itself that begin with aws or ssm".to_owned())
    } else {
        None
    }
}

fn parts(arn: &str) -> Option<[&str; 6]> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    parts.try_into().ok()
}

fn is_partition(text: &str) -> bool {
    text == "aws"
        || text
            .strip_prefix("aws-")
            .is_some_and(|rest| !rest.is_empty())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_policy_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    !text.is_empty() && !text.ends_with('/') && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(good: &[&str], bad: &[&str], problem: fn(&str) -> Option<String>) {
        for text in good {
            assert_eq!(problem(text), None, "{text}");
        }
        for text in bad {
            assert!(problem(text).is_some(), "{text}");
        }
    }

    #[test]
    fn policies_are_named_by_their_arns() {
        all(
            &[
                "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
                "arn:aws-cn:iam::123456789012:policy/team/some.policy",
            ],
            &[
                "",
                "AmazonEKSWorkerNodePolicy",
                "arn:aws:iam::aws:role/x",
                "arn:aws:iam::aws:policy/",
                "arn:aws:iam::12345:policy/x",
                "arn:aws:iam:eu-west-1:aws:policy/x",
                "arn:aws:iam::aws:policy/*",
                "arn:gcp:iam::aws:policy/x",
            ],
            policy_arn_problem,
        );
    }

    #[test]
    fn keys_are_named_by_their_own_arns() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let key = format!("arn:aws:kms:eu-west-1:123456789012:key/{id}");
        let shared = format!("arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-{id}");
        all(
            &[&key, &shared],
            &[
                id,
                "alias/x",
                "arn:aws:kms:eu-west-1:123456789012:alias/x",
                "arn:aws:kms:*:123456789012:key/x",
                "arn:aws:kms:eu-west-1:123456789012:key/*",
            ],
            key_problem,
        );
    }

    #[test]
    fn paths_have_a_slash_before_each_level() {
        let deep = "/a".repeat(MAX_PARAMETER_LEVELS);
        let too_deep = format!("{deep}/a");
        all(
            &["/kubeha/prod/pki", "/a.b-c_d", &deep],
            &[
                "",
                "/",
                "kubeha/pki",
                "/kubeha/",
                "/a//b",
                "/a b",
                "/a/*",
                "/aws/x",
                "/SSM",
                "/${x}",
                &too_deep,
            ],
            path_problem,
        );
    }

    #[test]
    fn clusters_names_are_tags() {
        let longest = "x".repeat(106);
        let too_long = "x".repeat(107);
        all(
            &["prod", "prod.example.com", "a b/c", "größe", &longest],
            &["", "a*", "${aws:username}", "a\"b", "a?", &too_long],
            cluster_problem,
        );
    }
}
