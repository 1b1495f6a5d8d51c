//! What nodes need for themselves.

use aws::iam::policy::Statement;
use aws::ownership::CLUSTER_KEY;

use super::Scope;

/// A control plane node finds its peers, and tells its group when it is ready or may go.
pub(super) fn control_plane(cluster: &str, scope: &Scope) -> [Statement; 2] {
    [
        Statement::allow(
            "NodeDiscovery",
            &[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLifecycleHooks",
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeVolumes",
            ],
            anything(),
        ),
        Statement::allow(
            "NodeLifecycle",
            &[
                "autoscaling:CompleteLifecycleAction",
                "autoscaling:RecordLifecycleActionHeartbeat",
            ],
            groups(scope),
        )
        .when("StringEquals", &resource_tag(CLUSTER_KEY), &[cluster]),
    ]
}

/// A worker finds out about itself.
pub(super) fn worker() -> Statement {
    Statement::allow(
        "NodeDiscovery",
        &[
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeRegions",
        ],
        anything(),
    )
}

/// Pulling images from ECR.
pub(super) fn ecr_read() -> Statement {
    Statement::allow(
        "EcrRead",
        &[
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:DescribeRepositories",
            "ecr:GetAuthorizationToken",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetRepositoryPolicy",
            "ecr:ListImages",
        ],
        anything(),
    )
}

/// Being reached by Session Manager, and nothing else of Systems Manager. AWS's own policy for this,
/// `AmazonSSMManagedInstanceCore`, would let every node read every parameter of the account.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html>
pub(super) fn session_manager() -> Statement {
    Statement::allow(
        "SessionManager",
        &[
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        anything(),
    )
}

/// For what AWS binds to no resource.
pub(super) fn anything() -> [String; 1] {
    ["*".to_owned()]
}

/// Auto Scaling groups of the account and region.
pub(super) fn groups(scope: &Scope) -> [String; 1] {
    [scope.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")]
}

/// The condition key of a tag of what is used.
pub(super) fn resource_tag(key: &str) -> String {
    format!("aws:ResourceTag/{key}")
}

/// The condition key of a tag that what is made gets.
pub(super) fn request_tag(key: &str) -> String {
    format!("aws:RequestTag/{key}")
}
