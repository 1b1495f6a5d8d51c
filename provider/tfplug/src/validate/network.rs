//! Rules for addresses and names of the network and of AWS.

use ipnet::IpNet;

use super::Check;
use crate::value::Value;

/// A network in CIDR notation whose address has no bits set beyond the prefix: AWS and Kubernetes
/// would silently clear those bits, and then plan and reality differ.
pub fn cidr() -> Check {
    Check::new(
        "a network in CIDR notation, such as 10.0.0.0/16",
        |value| match value {
            Value::String(text) => text
                .parse::<IpNet>()
                .is_ok_and(|net| net.network() == net.addr()),
            _ => true,
        },
    )
}

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`, where region and
/// account may be empty.
pub fn arn() -> Check {
    Check::new(
        "an ARN, such as arn:aws:iam::123456789012:role/name",
        |value| match value {
            Value::String(text) => {
                let parts: Vec<_> = text.splitn(6, ':').collect();
                matches!(
                    parts.as_slice(),
                    ["arn", partition, service, _, account, resource]
                        if !partition.is_empty()
                            && !service.is_empty()
                            && (account.is_empty() || *account == "aws" || is_account(account))
                            && !resource.is_empty()
                )
            }
            _ => true,
        },
    )
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(check: &Check, text: &str) -> bool {
        check.problems(&Value::from(text)).is_empty()
    }

    #[test]
    fn networks_end_at_their_prefix() {
        for (text, fine) in [
            ("10.0.0.0/16", true),
            ("0.0.0.0/0", true),
            ("2001:db8::/32", true),
            ("10.0.1.0/16", false),
            ("10.0.0.0", false),
            ("10.0.0.0/33", false),
            ("", false),
        ] {
            assert_eq!(passes(&cidr(), text), fine, "{text}");
        }
    }

    #[test]
    fn arns_have_six_parts() {
        for (text, fine) in [
            ("arn:aws:iam::123456789012:role/a:b", true),
            ("arn:aws-cn:s3:::bucket", true),
            ("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", true),
            ("arn:aws:iam::1234:role/a", false),
            ("arn:aws:iam::123456789012:", false),
            ("aws:iam", false),
        ] {
            assert_eq!(passes(&arn(), text), fine, "{text}");
        }
    }
}
