//! Where the policies of a cluster hold: ARNs of one partition, region and account.

/// Partition, region and account. Roles hold everywhere in an account; what they allow does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Scope {
    partition: String,
    region: String,
    account: String,
}

impl Scope {
    /// The scope of a role's account, in a region. `None` if the ARN is none of a role.
    pub(in super::super) fn of(role_arn: &str, region: &str) -> Option<Self> {
        let mut parts = role_arn.split(':');
        match (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) {
            (Some("arn"), Some(partition), Some("iam"), Some(""), Some(account))
                if !partition.is_empty() && !account.is_empty() =>
            {
                Some(Self {
                    partition: partition.to_owned(),
                    region: region.to_owned(),
                    account: account.to_owned(),
                })
            }
            _ => None,
        }
    }

    /// A scope as long as any, to measure policies by before the real one is known.
    pub(in super::super) fn longest() -> Self {
        Self {
            partition: "aws-us-gov".to_owned(),
            region: "ap-southeast-12".to_owned(),
            account: "123456789012".to_owned(),
        }
    }

    /// The ARN of what a service has in this account and region.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// The ARN of what EC2 has in this region whoever owns it. Snapshots' ARNs name no account.
    pub(super) fn anyones(&self, resource: &str) -> String {
        let Self {
            partition, region, ..
        } = self;
        format!("arn:{partition}:ec2:{region}:*:{resource}")
    }

    /// The ARN of what belongs to the account everywhere.
    pub(super) fn global(&self, service: &str, resource: &str) -> String {
        let Self {
            partition, account, ..
        } = self;
        format!("arn:{partition}:{service}::{account}:{resource}")
    }

    /// A service of this region, as `kms:ViaService` names it: the end differs by partition.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
    pub(super) fn via(&self, service: &str) -> String {
        format!("{service}.{}.*", self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roles_arn_tells_partition_and_account() {
        let arn = "arn:aws-cn:iam::123456789012:role/k8s/prod-worker";
        let scope = Scope::of(arn, "cn-north-1").unwrap();
        assert_eq!(
            scope.arn("ssm", "parameter/a"),
            "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a"
        );
        assert_eq!(
            scope.global("iam", "role/a"),
            "arn:aws-cn:iam::123456789012:role/a"
        );
        assert_eq!(
            scope.anyones("snapshot/*"),
            "arn:aws-cn:ec2:cn-north-1:*:snapshot/*"
        );
        assert_eq!(scope.via("ssm"), "ssm.cn-north-1.*");
    }

    #[test]
    fn another_text_is_no_scope() {
        for arn in [
            "",
            "x",
            "arn:aws:ec2:r:1:instance/i",
            "arn::iam::1:role/a",
            "arn:aws:iam:::role/a",
        ] {
            assert_eq!(Scope::of(arn, "r"), None, "{arn}");
        }
    }
}
