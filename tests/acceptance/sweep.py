# SPDX-License-Identifier: Apache-2.0
"""Deletes what a run has left: by its marks alone, what uses others first."""

import time

from botocore.exceptions import ClientError

from leftovers import find, pages

# Users of others before what they use. A subnet's interfaces and a group's instances go by themselves, in time.
ORDER = (
    "auto-scaling-group",
    "instance",
    "volume",
    "launch-template",
    "load-balancer",
    "target-group",
    "hosted-zone",
    "nat-gateway",
    "address",
    "security-group",
    "route-table",
    "subnet",
    "internet-gateway",
    "vpc",
    "instance-profile",
    "role",
    "parameter",
)
# AWS's words for: something that is about to go still uses it.
IN_USE = (
    "AuthFailure",  # of an address whose NAT gateway isn't gone yet
    "DependencyViolation",
    "DeleteConflict",
    "IncorrectState",
    "InvalidIPAddress.InUse",
    "ResourceInUse",
    "ScalingActivityInProgress",
    "VolumeInUse",
)
GONE = ("NotFound", "NoSuchEntity", "NoSuchHostedZone", "ParameterNotFound", "ValidationError")
PATIENCE = 1800


def sweep(cloud, prefix, missing, say, cluster=None):
    """Deletes it all, or what is of one cluster, and returns what couldn't be deleted."""
    give_up = time.monotonic() + PATIENCE
    pause = 1
    while left := find(cloud, prefix, missing, cluster):
        left.sort(key=lambda one: ORDER.index(one.kind))
        refused = [_try(cloud, prefix, one, say) for one in left]
        if time.monotonic() > give_up:
            for one, why in zip(left, refused, strict=True):
                say(f"  {one}: {why or 'still there'}")
            return left
        # Deletes take their time, and what was in their way goes with the next round.
        time.sleep(pause)
        pause = min(2 * pause, 15)
    return []


def _try(cloud, prefix, one, say):
    """Deletes it, or says why it can't go yet."""
    try:
        DELETES[one.kind](cloud, one.id)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if any(code.endswith(word) for word in GONE):
            return "was gone"
        if not any(code.startswith(word) for word in IN_USE):
            raise
        return str(error)
    say(f"  deleted {one}")
    return None


def _group(cloud, name):
    cloud.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def _security_group(cloud, group_id):
    """Rules first: groups that name each other couldn't go otherwise."""
    ec2 = cloud.client("ec2")
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group_id]}])
    for egress, revoke in ((False, ec2.revoke_security_group_ingress), (True, ec2.revoke_security_group_egress)):
        ids = [rule["SecurityGroupRuleId"] for rule in rules["SecurityGroupRules"] if rule["IsEgress"] == egress]
        if ids:
            revoke(GroupId=group_id, SecurityGroupRuleIds=ids)
    ec2.delete_security_group(GroupId=group_id)


def _route_table(cloud, table_id):
    ec2 = cloud.client("ec2")
    for table in ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]:
        for association in table["Associations"]:
            if not association.get("Main"):
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    ec2.delete_route_table(RouteTableId=table_id)


def _internet_gateway(cloud, gateway_id):
    ec2 = cloud.client("ec2")
    for gateway in ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])["InternetGateways"]:
        for attachment in gateway.get("Attachments", ()):
            ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=attachment["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)


def _hosted_zone(cloud, zone_id):
    """With its records, but for the two that AWS made."""
    route53 = cloud.client("route53")
    for record in pages(route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone_id):
        if record["Type"] not in ("NS", "SOA"):
            change = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=change)
    route53.delete_hosted_zone(Id=zone_id)


def _instance_profile(cloud, name):
    iam = cloud.client("iam")
    for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


def _role(cloud, name):
    iam = cloud.client("iam")
    for policy in pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _plain(service, call, argument):
    return lambda cloud, object_id: getattr(cloud.client(service), call)(**{argument: object_id})


DELETES = {
    "auto-scaling-group": _group,
    "instance": lambda cloud, one: cloud.client("ec2").terminate_instances(InstanceIds=[one]),
    "volume": _plain("ec2", "delete_volume", "VolumeId"),
    "launch-template": _plain("ec2", "delete_launch_template", "LaunchTemplateId"),
    "load-balancer": _plain("elbv2", "delete_load_balancer", "LoadBalancerArn"),
    "target-group": _plain("elbv2", "delete_target_group", "TargetGroupArn"),
    "hosted-zone": _hosted_zone,
    "nat-gateway": _plain("ec2", "delete_nat_gateway", "NatGatewayId"),
    "address": _plain("ec2", "release_address", "AllocationId"),
    "security-group": _security_group,
    "route-table": _route_table,
    "subnet": _plain("ec2", "delete_subnet", "SubnetId"),
    "internet-gateway": _internet_gateway,
    "vpc": _plain("ec2", "delete_vpc", "VpcId"),
    "instance-profile": _instance_profile,
    "role": _role,
    "parameter": _plain("ssm", "delete_parameter", "Name"),
}
