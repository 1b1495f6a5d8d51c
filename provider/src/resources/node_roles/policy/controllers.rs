//! What the controllers of a cluster need: those that make load balancers, volumes and workers.
//!
//! Each of them tags what it makes with the cluster's tag, and can be held to it.

use aws::iam::policy::Statement;
use aws::ownership::CLUSTER_KEY;

use super::Scope;
use super::node::{anything, groups, request_tag, resource_tag};

/// The tag by which Kubernetes' controllers know what belongs to a cluster.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiocluster>
fn cluster_tag(cluster: &str) -> String {
    format!("kubernetes.io/cluster/{cluster}")
}

/// Its value on what lives and dies with the cluster.
const OWNED: &str = "owned";
/// Its value on what several clusters use.
const SHARED: &str = "shared";

/// The cloud controller manager: describes nodes, and makes load balancers for services.
///
/// Its documentation's list, without what it needs for routes of pods (only kubenet has those) and
/// for volumes (those are the CSI driver's), and held to what the cluster owns.
/// <https://cloud-provider-aws.sigs.k8s.io/prerequisites/>
pub(super) fn cloud_controller(cluster: &str, scope: &Scope) -> [Statement; 9] {
    let tag = cluster_tag(cluster);
    let (on_resource, on_request) = (resource_tag(&tag), request_tag(&tag));
    // Load balancers, listeners and target groups.
    let balancers = || [scope.arn("elasticloadbalancing", "*")];
    let security_groups = || [scope.arn("ec2", "security-group/*")];
    [
        Statement::allow(
            "CloudControllerDescribe",
            &[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeTags",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceTopology",
                "ec2:DescribeRegions",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                // Nothing of load balancers is secret.
                "elasticloadbalancing:Describe*",
            ],
            anything(),
        ),
        Statement::allow(
            "CloudControllerCreate",
            &[
                "elasticloadbalancing:CreateLoadBalancer",
                "elasticloadbalancing:CreateTargetGroup",
            ],
            balancers(),
        )
        .when("StringEquals", &on_request, &[OWNED]),
        // Only while something is made: nothing that exists can be taken over by tagging it.
        Statement::allow(
            "CloudControllerTagNew",
            &["elasticloadbalancing:AddTags"],
            balancers(),
        )
        .when("StringEquals", &on_request, &[OWNED])
        .when(
            "StringEquals",
            "elasticloadbalancing:CreateAction",
            &["CreateListener", "CreateLoadBalancer", "CreateTargetGroup"],
        ),
        // Whatever is done to what the cluster owns, since the list is long and the quota short.
        Statement::allow(
            "CloudControllerManage",
            &["ec2:DeleteSecurityGroup", "elasticloadbalancing:*"],
            balancers().into_iter().chain(security_groups()),
        )
        .when("StringEquals", &on_resource, &[OWNED]),
        // A security group belongs to a VPC, which many clusters share and nobody need tag.
        Statement::allow(
            "CloudControllerCreateSecurityGroup",
            &["ec2:CreateSecurityGroup"],
            [scope.arn("ec2", "vpc/*")],
        ),
        Statement::allow(
            "CloudControllerNewSecurityGroup",
            &["ec2:CreateSecurityGroup"],
            security_groups(),
        )
        .when("StringEquals", &on_request, &[OWNED]),
        Statement::allow(
            "CloudControllerTagNewSecurityGroup",
            &["ec2:CreateTags"],
            security_groups(),
        )
        .when("StringEquals", &on_request, &[OWNED])
        .when("StringEquals", "ec2:CreateAction", &["CreateSecurityGroup"]),
        Statement::allow(
            "CloudControllerRules",
            &[
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:RevokeSecurityGroupIngress",
            ],
            security_groups(),
        )
        .when("StringEquals", &on_resource, &[OWNED, SHARED]),
        Statement::allow(
            "CloudControllerServiceLinkedRole",
            &["iam:CreateServiceLinkedRole"],
            [scope.global(
                "iam",
                "role/aws-service-role/elasticloadbalancing.amazonaws.com/*",
            )],
        )
        .when(
            "StringEquals",
            "iam:AWSServiceName",
            &["elasticloadbalancing.amazonaws.com"],
        ),
    ]
}

/// The driver of EBS volumes, in the form of its documentation that holds it to one cluster: it must
/// run with `--k8s-tag-cluster-id`, set to the cluster's name.
/// <https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md>
pub(super) fn ebs_csi(cluster: &str, scope: &Scope) -> [Statement; 4] {
    let tag = cluster_tag(cluster);
    let (on_resource, on_request) = (resource_tag(&tag), request_tag(&tag));
    let disks = || [scope.arn("ec2", "volume/*"), scope.anyones("snapshot/*")];
    [
        Statement::allow(
            "EbsCsiDescribe",
            &[
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeSnapshots",
                "ec2:DescribeTags",
                "ec2:DescribeVolumes",
                "ec2:DescribeVolumesModifications",
                "ec2:DescribeVolumeStatus",
            ],
            anything(),
        ),
        Statement::allow(
            "EbsCsiCreate",
            &["ec2:CreateSnapshot", "ec2:CreateVolume"],
            disks(),
        )
        .when("StringEquals", &on_request, &[OWNED]),
        Statement::allow("EbsCsiTagNew", &["ec2:CreateTags"], disks())
            .when("StringEquals", &on_request, &[OWNED])
            .when(
                "StringEquals",
                "ec2:CreateAction",
                &["CreateSnapshot", "CreateVolume"],
            ),
        // A snapshot is made of a volume, and a volume of a snapshot.
        Statement::allow(
            "EbsCsiManage",
            &[
                "ec2:AttachVolume",
                "ec2:CreateSnapshot",
                "ec2:CreateVolume",
                "ec2:DeleteSnapshot",
                "ec2:DeleteVolume",
                "ec2:DetachVolume",
                "ec2:ModifyVolume",
            ],
            disks().into_iter().chain([scope.arn("ec2", "instance/*")]),
        )
        .when("StringEquals", &on_resource, &[OWNED]),
    ]
}

/// The cluster autoscaler: resizes the groups of the cluster that are marked for it, and so never
/// the control plane.
/// <https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md>
pub(super) fn cluster_autoscaler(cluster: &str, scope: &Scope) -> [Statement; 2] {
    [
        Statement::allow(
            "AutoscalerDescribe",
            &[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            anything(),
        ),
        Statement::allow(
            "AutoscalerScale",
            &[
                "autoscaling:SetDesiredCapacity",
                "autoscaling:TerminateInstanceInAutoScalingGroup",
            ],
            groups(scope),
        )
        .when("StringEquals", &resource_tag(CLUSTER_KEY), &[cluster])
        // The tag is there, whatever its value: that is how the autoscaler finds its groups.
        .when(
            "Null",
            &resource_tag("k8s.io/cluster-autoscaler/enabled"),
            &["false"],
        ),
    ]
}
