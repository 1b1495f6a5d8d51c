# SPDX-License-Identifier: Apache-2.0
"""How many calls of the AWS APIs the measured objects take at least, worked out from what one call can do."""

from math import ceil

# Names that one Describe takes.
ELB_NAMES = 20
SSM_NAMES = 10
SSM_PAGE = 50


def writes(clusters, zones):
    """Making all: one call for each object, and for each setting that no create takes."""
    return {
        name: calls * clusters
        for name, calls in {
            "ec2:CreateVpc": 1,
            "ec2:ModifyVpcAttribute": 1,
            "ec2:CreateInternetGateway": 1,
            "ec2:AttachInternetGateway": 1,
            "ec2:CreateSubnet": 2 * zones,
            "ec2:AllocateAddress": zones,
            "ec2:CreateNatGateway": zones,
            "ec2:CreateRouteTable": zones + 1,
            "ec2:CreateRoute": zones + 1,
            "ec2:AssociateRouteTable": 2 * zones,
            "ec2:CreateSecurityGroup": 4,
            # All rules of a group and a direction are one call.
            "ec2:AuthorizeSecurityGroupIngress": 4,
            "ec2:AuthorizeSecurityGroupEgress": 4,
            # AWS lets everything out of a new group. Load balancers don't want that rule; nodes do, with a purpose.
            "ec2:RevokeSecurityGroupEgress": 2,
            "ec2:UpdateSecurityGroupRuleDescriptionsEgress": 2,
            "ec2:CreateTags": 1,
            "ssm:PutParameter": 8,
            "iam:CreateRole": 2,
            "iam:PutRolePolicy": 2,
            "iam:CreateInstanceProfile": 2,
            "iam:AddRoleToInstanceProfile": 2,
            "elasticloadbalancing:CreateLoadBalancer": 2,
            "elasticloadbalancing:ModifyLoadBalancerAttributes": 2,
            "elasticloadbalancing:CreateTargetGroup": 3,
            "elasticloadbalancing:ModifyTargetGroupAttributes": 3,
            "elasticloadbalancing:CreateListener": 3,
            "route53:ChangeResourceRecordSets": 2,
            "ec2:CreateLaunchTemplate": 3,
            "autoscaling:CreateAutoScalingGroup": 3,
            "autoscaling:EnableMetricsCollection": 3,
            "autoscaling:SuspendProcesses": 1,
        }.items()
    }


def waits(clusters):
    """What a create must hear of before the next can begin, and what its answer doesn't tell: asked once."""
    return {
        "ec2:DescribeNatGateways": 1,
        "ec2:DescribeSecurityGroupRules": 1,
        "elasticloadbalancing:DescribeLoadBalancers": 1,
        "autoscaling:DescribeAutoScalingGroups": 1,
        "route53:GetChange": 2 * clusters,
    }


def checks():
    """What a plan must be held against: that there are such an image, types, zones and a hosted zone."""
    return dict.fromkeys(
        [
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeInstanceTypeOfferings",
            "route53:GetHostedZone",
        ],
        1,
    )


def refresh(clusters):
    """Reading all: kinds that a call takes many names of once, kinds that it takes one of for each."""
    shared = dict.fromkeys(
        [
            "autoscaling:DescribeAutoScalingGroups",
            "ec2:DescribeAddresses",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeLaunchTemplates",
            # Without a template: the newest versions of all.
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeNatGateways",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroupRules",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "route53:ListResourceRecordSets",
        ],
        1,
    )
    one_by_one = {
        "autoscaling:DescribeLifecycleHooks": 3,
        "ec2:DescribeVpcAttribute": 2,
        "elasticloadbalancing:DescribeListeners": 1,
        "elasticloadbalancing:DescribeLoadBalancerAttributes": 2,
        "elasticloadbalancing:DescribeTargetGroupAttributes": 3,
        "iam:GetInstanceProfile": 2,
        "iam:GetRole": 2,
        "iam:GetRolePolicy": 2,
        "ssm:ListTagsForResource": 8,
    }
    batched = {
        "elasticloadbalancing:DescribeLoadBalancers": ceil(2 * clusters / ELB_NAMES),
        "elasticloadbalancing:DescribeTargetGroups": ceil(3 * clusters / ELB_NAMES),
        "elasticloadbalancing:DescribeTags": ceil(8 * clusters / ELB_NAMES),
        "ssm:DescribeParameters": ceil(4 * clusters / SSM_PAGE),
        "ssm:GetParameters": ceil(4 * clusters / SSM_NAMES),
    }
    return shared | batched | {name: calls * clusters for name, calls in one_by_one.items()}


def deletes(clusters, zones):
    """Taking all away: one call for each object, fewer where AWS takes parts along; and a look at what takes time."""
    one_by_one = {
        "autoscaling:UpdateAutoScalingGroup": 3,
        "autoscaling:SetInstanceProtection": 1,
        "autoscaling:DeleteAutoScalingGroup": 3,
        "ec2:DeleteLaunchTemplate": 3,
        "elasticloadbalancing:DeleteLoadBalancer": 2,
        "elasticloadbalancing:DeleteTargetGroup": 3,
        "route53:ChangeResourceRecordSets": 2,
        "route53:GetChange": 2,
        "iam:RemoveRoleFromInstanceProfile": 2,
        "iam:DeleteInstanceProfile": 2,
        "iam:DeleteRolePolicy": 2,
        "iam:DeleteRole": 2,
        # Rules between groups go before any group can.
        "ec2:RevokeSecurityGroupIngress": 4,
        "ec2:RevokeSecurityGroupEgress": 2,
        "ec2:DeleteSecurityGroup": 4,
        "ec2:DeleteNatGateway": zones,
        "ec2:ReleaseAddress": zones,
        "ec2:DeleteSubnet": 2 * zones,
        "ec2:DeleteRouteTable": zones + 1,
        "ec2:DetachInternetGateway": 1,
        "ec2:DeleteInternetGateway": 1,
        "ec2:DeleteVpc": 1,
        "ssm:DeleteParameters": 1,
    }
    looks = [
        "autoscaling:DescribeAutoScalingGroups",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkInterfaces",
        "elasticloadbalancing:DescribeLoadBalancers",
    ]
    return {name: calls * clusters for name, calls in one_by_one.items()} | dict.fromkeys(looks, 1)


def of(phase, clusters, zones):
    """By action. A plan of nothing holds itself against AWS, an apply makes and waits."""
    if phase == "plan":
        return checks()
    if phase == "apply":
        return writes(clusters, zones) | waits(clusters)
    if phase == "refresh":
        return refresh(clusters)
    return added(refresh(clusters), deletes(clusters, zones))


def added(*counts):
    """Counts by action, summed up."""
    total = {}
    for each in counts:
        for name, calls in each.items():
            total[name] = total.get(name, 0) + calls
    return total
