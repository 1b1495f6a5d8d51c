"""Network Load Balancers: names, ARNs, idempotent creation, subnets, security groups, state, deletion.

CreateLoadBalancer: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
DeleteLoadBalancer: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
SetSubnets: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
SetSecurityGroups: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html
Load balancer state: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
"""

import re

from moto.core.responses import EmptyResult
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, LoadBalancerNotFoundError
from moto.elbv2.responses import ELBV2Response

from ..patching import replaces
from ..world import world_of
from .hosted_zones import network_zone
from .load_balancer_attributes import network_defaults
from .tags import check_new_tags

# What an Application Load Balancer needs free in each subnet.
APPLICATION_ADDRESSES = 8

Backend = models.ELBv2Backend


@replaces(Backend)
def create_load_balancer(
    original,
    self,
    name,
    security_groups,
    subnet_ids,
    subnet_mappings=None,
    scheme="internet-facing",
    loadbalancer_type=None,
    ip_address_type="ipv4",
    tags=None,
):
    kind = loadbalancer_type or "application"
    scheme = scheme or "internet-facing"
    subnet_ids = list(subnet_ids or []) + [mapping["SubnetId"] for mapping in subnet_mappings or []]
    check_name(name)
    check_new_tags(tags)
    asked_for = (
        kind,
        scheme,
        ip_address_type or "ipv4",
        sorted(subnet_ids),
        sorted(security_groups or []),
        {tag["Key"]: tag.get("Value", "") for tag in tags or []},
    )
    for existing in self.load_balancers.values():
        if existing.name == name:
            if _settings(self, existing) == asked_for:
                return existing
            raise ELBClientError(
                "DuplicateLoadBalancerName",
                f"A load balancer with the same name '{name}' exists, but with different settings",
            )
    subnets = check_subnets(self, subnet_ids, kind, scheme)
    check_security_groups(self, security_groups or [], subnets[0].vpc_id)
    balancer = original(
        self, name, list(security_groups or []), subnet_ids, [], scheme, kind, ip_address_type or "ipv4", None
    )
    balancer.active_at = world_of(self).now + world_of(self).settings.load_balancer_seconds
    if kind == "network":
        _make_network(self, balancer)
    self.tagging_service.tag_resource(balancer.arn, tags or [])
    return balancer


def _settings(backend, balancer):
    return (
        balancer.type,
        balancer.scheme,
        balancer.ip_address_type,
        sorted(subnet.id for subnet in balancer.subnets),
        sorted(balancer.security_groups or []),
        dict(backend.tagging_service.get_tag_dict_for_resource(balancer.arn)),
    )


def _make_network(backend, balancer):
    backend.load_balancers.pop(balancer.arn)
    balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    backend.load_balancers[balancer.arn] = balancer
    suffix = balancer.arn.rsplit("/", 1)[1]
    balancer.dns_name = f"{balancer.name}-{suffix}.elb.{backend.region_name}.amazonaws.com"
    balancer.canonical_hosted_zone_id = network_zone(backend.region_name)
    balancer.attrs = network_defaults(balancer.scheme)


@replaces(models.FakeLoadBalancer)
def activate(original, self):
    """The state follows the clock; looking at a load balancer doesn't finish it."""


@replaces(models.FakeLoadBalancer)
def load_balancer_state(original, self):
    now = world_of(self.arn.split(":")[4]).now
    return {"Code": "active" if now >= self.active_at else "provisioning"}


@replaces(Backend)
def describe_load_balancers(original, self, arns, names):
    found = list(self.load_balancers.values())
    if arns:
        missing = [arn for arn in arns if arn not in self.load_balancers]
        found = [balancer for balancer in found if balancer.arn in arns]
    elif names:
        known = {balancer.name for balancer in found}
        missing = [name for name in names if name not in known]
        found = [balancer for balancer in found if balancer.name in names]
    else:
        missing = []
    if missing:
        raise ELBClientError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
    return found


@replaces(Backend)
def delete_load_balancer(original, self, arn):
    balancer = self.load_balancers.get(arn)
    if balancer is None:
        return
    if balancer.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )
    world = world_of(self)
    world.lingering.append(
        (
            world.now + world.settings.interface_linger_seconds,
            [subnet.id for subnet in balancer.subnets],
            list(balancer.security_groups or []),
        )
    )
    for gone in [arn, *balancer.listeners]:
        self.tagging_service.delete_all_tags_for_resource(gone)
    original(self, arn)


@replaces(Backend)
def set_subnets(original, self, arn, subnets, subnet_mappings):
    balancer = self.load_balancers.get(arn)
    if balancer is None:
        raise LoadBalancerNotFoundError()
    wanted = list(subnets or []) + [mapping["SubnetId"] for mapping in subnet_mappings or []]
    found = check_subnets(self, wanted, balancer.type, balancer.scheme)
    if found[0].vpc_id != balancer.vpc_id:
        raise ELBClientError("InvalidConfigurationRequest", "The subnets must be in the load balancer's VPC")
    balancer.subnets = found
    return [models.AvailabilityZone(subnet) for subnet in found]


@replaces(Backend)
def set_security_groups(original, self, arn, sec_groups):
    balancer = self.load_balancers.get(arn)
    if balancer is None:
        raise LoadBalancerNotFoundError()
    if balancer.type == "network" and not balancer.security_groups:
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "You can't set security groups on a Network Load Balancer that was created without any",
        )
    if not sec_groups:
        raise ELBClientError("InvalidConfigurationRequest", "At least one security group must be specified")
    check_security_groups(self, sec_groups, balancer.vpc_id)
    balancer.security_groups = list(sec_groups)


@replaces(ELBV2Response, "delete_load_balancer")
def delete_load_balancer_response(original, self):
    arn = self._get_param("LoadBalancerArn")
    if ":loadbalancer/" not in (arn or ""):
        raise ELBClientError("ValidationError", f"'{arn}' is not a valid load balancer ARN")
    self.elbv2_backend.delete_load_balancer(arn)
    return EmptyResult()


def check_name(name):
    """At most 32 letters, digits and hyphens, no hyphen at the ends, not beginning with "internal-"."""
    if len(name) > 32:
        problem = "cannot be longer than '32' characters"
    elif not re.fullmatch(r"[a-zA-Z0-9-]+", name):
        problem = "can only contain characters that are alphanumeric characters and hyphens(-)"
    elif name.startswith("-") or name.endswith("-"):
        problem = "cannot begin or end with '-'"
    elif name.startswith("internal-"):
        problem = "cannot begin with 'internal-'"
    else:
        return
    raise ELBClientError("ValidationError", f"The load balancer name '{name}' {problem}")


def check_subnets(backend, subnet_ids, kind, scheme):
    """The subnets themselves, if a load balancer of this kind may stand in them together."""
    if not subnet_ids:
        raise ELBClientError("ValidationError", "At least one subnet must be specified")
    subnets = []
    for subnet_id in subnet_ids:
        if not re.fullmatch(r"subnet-[0-9a-f]+", subnet_id):
            raise ELBClientError("ValidationError", f"The subnet ID '{subnet_id}' is not valid")
        try:
            subnets.append(backend.ec2_backend.get_subnet(subnet_id))
        except InvalidSubnetIdError:
            raise ELBClientError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist") from None
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise ELBClientError("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    if len({subnet.availability_zone for subnet in subnets}) < len(subnets):
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if kind == "application" and len(subnets) < 2:
        raise ELBClientError(
            "ValidationError", "At least two subnets in two different Availability Zones must be specified"
        )
    vpc = backend.ec2_backend.get_vpc(subnets[0].vpc_id)
    # Stock moto's default VPC lacks the internet gateway that AWS gives it.
    if kind == "network" and scheme == "internet-facing" and not vpc.is_default:
        gateways = backend.ec2_backend.internet_gateways.values()
        if not any(gateway.vpc and gateway.vpc.id == vpc.id for gateway in gateways):
            raise ELBClientError("InvalidSubnet", f"VPC {vpc.id} has no internet gateway")
    for subnet in subnets:
        if kind == "application" and subnet.available_ip_address_count < APPLICATION_ADDRESSES:
            raise ELBClientError(
                "InvalidSubnet",
                f"Not enough IP space available in {subnet.id}. "
                f"ELB requires at least {APPLICATION_ADDRESSES} free IP addresses in each subnet.",
            )
    return subnets


def check_security_groups(backend, group_ids, vpc_id):
    """Every group exists and belongs to the load balancer's VPC."""
    for group_id in group_ids:
        group = backend.ec2_backend.get_security_group_from_id(group_id)
        if group is None:
            raise ELBClientError("InvalidSecurityGroup", f"The security group '{group_id}' does not exist")
        if group.vpc_id != vpc_id:
            raise ELBClientError("InvalidConfigurationRequest", "One or more security groups are invalid")
