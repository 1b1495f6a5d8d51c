"""Deletes that AWS refuses because something still uses the thing.

DeleteSecurityGroup: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
DeleteSubnet: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html
DeleteVpc: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
DetachInternetGateway: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
ReleaseAddress: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
Error codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidVPCIdError
from moto.ec2.models import elastic_ip_addresses, internet_gateways, security_groups, subnets, vpcs
from moto.elbv2.models import elbv2_backends

from ..patching import replaces
from ..world import world_of


@replaces(security_groups.SecurityGroupBackend)
def delete_security_group(original, self, name=None, group_id=None):
    group = (
        self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
    )
    if group is not None and group.is_default:
        raise EC2ClientError(
            "CannotDelete",
            f'the specified group: "{group.id}" name: "{group.name}" cannot be deleted by a user',
        )
    return original(self, name, group_id)


@replaces(security_groups.SecurityGroupBackend)
def _delete_security_group(original, self, vpc_id, group_id):
    if _security_group_used(self, group_id):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(self, vpc_id, group_id)


def _security_group_used(ec2, group_id):
    if any(group_id in [group.id for group in interface.group_set] for interface in ec2.enis.values()):
        return True
    if any(group_id in (balancer.security_groups or []) for balancer in _load_balancers(ec2)):
        return True
    if any(group_id in groups for _, _, groups in _lingering(ec2)):
        return True
    for groups in ec2.groups.values():
        for other in groups.values():
            rules = other.ingress_rules + other.egress_rules
            if other.id != group_id and any(
                (rule.source_group or {}).get("GroupId") == group_id for rule in rules
            ):
                return True
    return False


@replaces(subnets.SubnetBackend)
def delete_subnet(original, self, subnet_id):
    used = any(interface.subnet.id == subnet_id for interface in self.enis.values())
    used = used or any(
        subnet_id == subnet.id for balancer in _load_balancers(self) for subnet in balancer.subnets
    )
    used = used or any(subnet_id in subnet_ids for _, subnet_ids, _ in _lingering(self))
    if used:
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    gone = original(self, subnet_id)
    # AWS drops the associations with route tables and network ACLs along with the subnet.
    for table in self.route_tables.values():
        for association in [key for key, value in table._associations.items() if value == subnet_id]:
            table._associations.pop(association)
    return gone


@replaces(vpcs.VPCBackend)
def delete_vpc(original, self, vpc_id):
    if vpc_id not in self.vpcs:
        raise InvalidVPCIdError(vpc_id)
    attached = any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in self.internet_gateways.values())
    own_groups = [group for group in self.groups.get(vpc_id, {}).values() if not group.is_default]
    endpoints = [
        end for end in self.vpc_end_points.values() if end.vpc_id == vpc_id and end.state != "deleted"
    ]
    if attached or own_groups or endpoints:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    for group in self.groups.get(vpc_id, {}).values():
        # The default group goes with its VPC; only its own deletion is refused.
        group.is_default = False
    return original(self, vpc_id)


@replaces(internet_gateways.InternetGatewayBackend)
def detach_internet_gateway(original, self, internet_gateway_id, vpc_id):
    public = any(interface.public_ip and interface.vpc_id == vpc_id for interface in self.enis.values())
    public = public or any(
        balancer.vpc_id == vpc_id and balancer.scheme == "internet-facing"
        for balancer in _load_balancers(self)
    )
    if public:
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
        )
    return original(self, internet_gateway_id, vpc_id)


@replaces(elastic_ip_addresses.ElasticAddressBackend)
def release_address(original, self, address=None, allocation_id=None):
    found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
    if found and found[0].association_id and found[0].eni is not None:
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
    return original(self, address, allocation_id)


def _load_balancers(ec2):
    return elbv2_backends[ec2.account_id][ec2.region_name].load_balancers.values()


def _lingering(ec2):
    world = world_of(ec2)
    world.lingering = [kept for kept in world.lingering if world.now < kept[0]]
    return world.lingering
