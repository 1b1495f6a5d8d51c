//! The one place where errors and warnings of other crates become diagnostics.

use aws::CallFailure;
use aws::ownership::Refusal;
use tfplug::{Diagnostic, FunctionError, Path};
use topology::{Error, Field, Warning};

/// An error of the topology, at the attribute and element that has to change.
pub(crate) fn topology_error(error: &Error, attribute: impl Fn(Field) -> Path) -> Diagnostic {
    let path = match error.index() {
        Some(index) => attribute(error.field()).index(index),
        None => attribute(error.field()),
    };
    let summary = match error.field() {
        Field::AvailabilityZones => "Invalid availability zones",
        Field::ControlPlaneSize => "Invalid control plane size",
        Field::NetworkBlock => "Invalid CIDR block",
    };
    Diagnostic::error(summary, sentence(&error.to_string())).at(path)
}

/// A weakness of a topology, at the attribute that brings it about.
pub(crate) fn topology_warning(warning: &Warning, attribute: impl Fn(Field) -> Path) -> Diagnostic {
    Diagnostic::warning(warning.summary(), warning.to_string()).at(attribute(warning.field()))
}

/// An error of the topology that blames one argument of a function.
pub(crate) fn argument_error(parameter: &'static str, error: &Error) -> FunctionError {
    FunctionError::argument(parameter, sentence(&error.to_string()))
}

/// An error of AWS, or of the way there. `doing` says what Terraform was doing.
pub(crate) fn aws_error(doing: &str, error: &aws::Error) -> Diagnostic {
    let next = match error {
        aws::Error::Setup(_) => None,
        _ if error.is_cancelled() => Some(
            "You stopped it. What exists is kept in the state; the next apply goes on from there."
                .to_owned(),
        ),
        aws::Error::TimedOut { .. } => Some(
            "AWS may still finish it. Plan again to see, and give it more time in the \"timeouts\" \
             block if it was on its way."
                .to_owned(),
        ),
        aws::Error::Call(call) => match call.kind {
            CallFailure::Denied => Some(format!(
                "Allow {} to the credentials in use, or use others.",
                iam_action(call)
            )),
            _ if error.is_throttled() => Some(
                "AWS limits how often an account may call. Apply again, with a lower -parallelism \
                 if this comes back."
                    .to_owned(),
            ),
            _ if error.is_quota() => Some(QUOTA.to_owned()),
            // The error itself says which settings to look at.
            CallFailure::NoCredentials => Some(NO_CREDENTIALS.to_owned()),
            CallFailure::ExpiredCredentials => Some(EXPIRED_CREDENTIALS.to_owned()),
            CallFailure::RejectedCredentials | CallFailure::CredentialsSource => {
                Some(BAD_CREDENTIALS.to_owned())
            }
            CallFailure::Unreachable => Some(UNREACHABLE.to_owned()),
            _ if error.effect_unknown() => {
                Some("Whether AWS did it is not known; the next plan finds out.".to_owned())
            }
            _ => None,
        },
        _ => None,
    };
    let happened = sentence(&error.to_string());
    let detail = match next {
        Some(next) => format!("{happened}\n\n{next}"),
        None => happened,
    };
    Diagnostic::error(doing, detail)
}

const QUOTA: &str = "The account has as many of these in this region as its quota allows. Delete what \
    isn't needed, or have the quota raised in Service Quotas, and apply again.";
const NO_CREDENTIALS: &str = "They are looked for in the provider block, in the environment \
    (AWS_ACCESS_KEY_ID, AWS_PROFILE), in the shared files, and in the role of a container or an \
    instance. What \"aws sts get-caller-identity\" works with works here too.";
const EXPIRED_CREDENTIALS: &str = "Get new ones: with single sign-on by \"aws sso login\", else where \
    these came from. Old ones in the environment (AWS_SESSION_TOKEN) count more than a profile's.";
const BAD_CREDENTIALS: &str = "Try \"aws sts get-caller-identity\" with the same profile, role or \
    environment. Credentials are good for the regions of one partition only, and this machine's clock \
    must be right.";
const UNREACHABLE: &str = "Check that there is such a region, and that this machine gets there: name \
    resolution, proxy, VPC endpoint. An emulator must be running where \"endpoints\" or \
    AWS_ENDPOINT_URL say.";

/// An error of Parameter Store, which asks KMS on the caller's behalf. What KMS refuses is told at
/// `attribute`, which leads to the key.
pub(crate) fn parameter_error(doing: &str, error: &aws::Error, attribute: &str) -> Diagnostic {
    let told = aws_error(doing, error);
    let Some(call) = error.as_call().filter(|call| is_of_kms(call)) else {
        return told;
    };
    let next = if call.kind == CallFailure::Denied {
        "The KMS key's own policy has a say too: it must allow this, or leave it to IAM."
    } else {
        "The KMS key must be a symmetric one of this region that is enabled, and the credentials \
         need kms:Encrypt and kms:Decrypt on it."
    };
    Diagnostic::error(doing, format!("{}\n\n{next}", told.detail())).at(attribute)
}

/// Whether KMS refused what Parameter Store asked of it.
fn is_of_kms(call: &aws::CallError) -> bool {
    let message = call.message.as_deref().unwrap_or_default();
    call.code.as_deref() == Some("InvalidKeyId")
        || message.contains(KMS)
        || named_action(message).is_some_and(|action| action.starts_with("kms:"))
}

/// What Parameter Store calls KMS, where it hands on what that says.
const KMS: &str = "AWSKMS";

/// The permission that AWS itself says is missing.
fn named_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("not authorized to perform: ")?;
    let is_action = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '-';
    let action = rest.split(|c| !is_action(c)).next()?;
    action.contains(':').then_some(action)
}

/// The permission that a call needs, as policies name it. AWS's own words count more than the
/// operation: Parameter Store asks KMS on the caller's behalf, and it is `kms:Decrypt` that lacks.
fn iam_action(call: &aws::CallError) -> String {
    let message = call.message.as_deref().unwrap_or_default();
    if let Some(action) = named_action(message) {
        return action.to_owned();
    }
    // KMS says of a key that isn't there what it says of one that it won't show.
    if message.contains(KMS) {
        let action = match call.operation {
            "PutParameter" => "Encrypt",
            _ => "Decrypt",
        };
        return format!("kms:{action}");
    }
    let service = match call.service {
        aws::Service::Elbv2 => "elasticloadbalancing",
        other => other.name(),
    };
    format!("{service}:{}", call.operation)
}

/// An object stands where one is to be made, and isn't ours to take. `what` names it; `id` imports
/// it, where that can be done.
pub(crate) fn refusal(
    doing: &str,
    what: &str,
    why: &Refusal,
    resource: &str,
    id: Option<&str>,
) -> Diagnostic {
    let mut text = format!("{what} exists and {why}.");
    match id.filter(|_| why.suggests_import()) {
        Some(id) => text.push_str(&format!(
            "\n\nIf it belongs to this resource, import it, with the address of your resource \
             block:\n\n  terraform import {resource}.NAME '{id}'\n\nElse give this one another \
             name."
        )),
        None if why.suggests_import() => {
            text.push_str(
                " By itself it can't be imported: delete it, or give this one another name.",
            );
        }
        None => {
            text.push_str(" Give this one another name, or its cluster another \"cluster_name\".");
            if matches!(why, Refusal::OtherOwner(_)) {
                text.push_str(
                    " If it is what you mean, made by a configuration that had that \"owner\", set \
                     the provider's to the same.",
                );
            }
        }
    }
    Diagnostic::error(doing, text)
}

/// Error texts are fragments; people read sentences. A first word that is a name (`endpoints.ec2`,
/// `ELBv2`) stays as it is.
pub(crate) fn sentence(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    let sentence: String = if word.chars().all(char::is_alphabetic) {
        let first = letters.next().map(char::to_uppercase).into_iter().flatten();
        first.chain(letters).collect()
    } else {
        letters.collect()
    };
    if sentence.ends_with(['.', '?', '!']) {
        sentence
    } else {
        sentence + "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_case() {
        assert_eq!(sentence("no region is set"), "No region is set.");
        assert_eq!(
            sentence("endpoints.ec2 is wrong"),
            "endpoints.ec2 is wrong."
        );
        assert_eq!(
            sentence("ELBv2 CreateListener: refused?"),
            "ELBv2 CreateListener: refused?"
        );
        assert_eq!(sentence("\"x\" is no zone"), "\"x\" is no zone.");
    }
}
