# SPDX-License-Identifier: Apache-2.0
"""What a run has left, by its marks."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from marks import CLUSTER_KEY, OWNER_KEY


@dataclass(frozen=True)
class Leftover:
    """An object that is still there."""

    kind: str
    id: str
    cluster: str

    def __str__(self):
        return f"{self.kind:20} {self.id}"


# Kind, call, where the answer has them, and what an id is called there.
_EC2 = (
    ("instance", "describe_instances", "Reservations", "InstanceId"),
    ("volume", "describe_volumes", "Volumes", "VolumeId"),
    ("launch-template", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("nat-gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("address", "describe_addresses", "Addresses", "AllocationId"),
    ("security-group", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("subnet", "describe_subnets", "Subnets", "SubnetId"),
    ("route-table", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("internet-gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("vpc", "describe_vpcs", "Vpcs", "VpcId"),
)
_GONE = ("terminated", "shutting-down", "deleted", "deleting")


def find(cloud, prefix, missing, cluster=None):
    """All of it, or what is of one cluster, in services that aren't missing. What is on its way out isn't left."""
    found = []
    for service, search in (
        ("autoscaling", _autoscaling),
        ("elbv2", _elbv2),
        ("route53", _route53),
        ("ec2", _ec2),
        ("iam", _iam),
        ("ssm", _ssm),
    ):
        if service not in missing:
            for kind, object_id, tags in search(cloud.client(service), prefix):
                if prefix.owns(tags) and cluster in (None, tags[CLUSTER_KEY]):
                    found.append(Leftover(kind, object_id, tags[CLUSTER_KEY]))
    return found


def pages(client, call, key, **arguments):
    """The elements of all pages."""
    if client.can_paginate(call):
        for page in client.get_paginator(call).paginate(**arguments):
            yield from page[key]
    else:
        yield from getattr(client, call)(**arguments)[key]


def tags_of(listed):
    return {tag["Key"]: tag.get("Value", "") for tag in listed or ()}


def _ec2(ec2, prefix):
    filters = [{"Name": f"tag:{OWNER_KEY}", "Values": [prefix.owner]}]
    for kind, call, key, id_name in _EC2:
        for one in pages(ec2, call, key, Filters=filters):
            # Instances come in the reservations that launched them.
            for thing in one.get("Instances", [one]):
                state = thing.get("State", "")
                if (state["Name"] if isinstance(state, dict) else state) not in _GONE:
                    yield kind, thing[id_name], tags_of(thing.get("Tags"))


def _autoscaling(autoscaling, prefix):
    for group in pages(autoscaling, "describe_auto_scaling_groups", "AutoScalingGroups"):
        yield "auto-scaling-group", group["AutoScalingGroupName"], tags_of(group.get("Tags"))


def _elbv2(elbv2, prefix):
    for kind, call, key, id_name in (
        ("load-balancer", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
        ("target-group", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ):
        arns = [one[id_name] for one in pages(elbv2, call, key)]
        # AWS tells the tags of twenty at a time.
        for start in range(0, len(arns), 20):
            answer = elbv2.describe_tags(ResourceArns=arns[start : start + 20])
            for described in answer["TagDescriptions"]:
                yield kind, described["ResourceArn"], tags_of(described["Tags"])


def _route53(route53, prefix):
    for zone in pages(route53, "list_hosted_zones", "HostedZones"):
        zone_id = zone["Id"].removeprefix("/hostedzone/")
        if zone["Name"].startswith(f"{prefix}."):
            answer = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)
            yield "hosted-zone", zone_id, tags_of(answer["ResourceTagSet"]["Tags"])


def _iam(iam, prefix):
    for profile in pages(iam, "list_instance_profiles", "InstanceProfiles"):
        name = profile["InstanceProfileName"]
        if name.startswith(f"{prefix}-"):
            described = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
            yield "instance-profile", name, tags_of(described.get("Tags"))
    for role in pages(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        if name.startswith(f"{prefix}-"):
            yield "role", name, tags_of(iam.get_role(RoleName=name)["Role"].get("Tags"))


def _ssm(ssm, prefix):
    filters = [{"Key": f"tag:{OWNER_KEY}", "Option": "Equals", "Values": [prefix.owner]}]
    for parameter in pages(ssm, "describe_parameters", "Parameters", ParameterFilters=filters):
        name = parameter["Name"]
        try:
            listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidResourceId":
                raise
            continue  # gone since it was listed
        yield "parameter", name, tags_of(listed["TagList"])
