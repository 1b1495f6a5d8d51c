"""NAT gateways: pending until set up, failed without an internet gateway; their end frees address and interface.

NAT gateway state: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
Why one fails: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
DeleteNatGateway: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
"""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends, nat_gateways

from ..patching import replaces
from ..world import actor, backends_of, world_of
from .tags import matches

Backend = nat_gateways.NatGatewayBackend


@replaces(Backend)
def create_nat_gateway(original, self, subnet_id, allocation_id, tags=None, connectivity_type="public"):
    kind = connectivity_type or "public"
    self.get_subnet(subnet_id)
    if kind == "public" and not allocation_id:
        raise EC2ClientError(
            "MissingParameter",
            "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
        )
    if allocation_id:
        found = self.address_by_allocation([allocation_id])
        if found and found[0].association_id:
            raise EC2ClientError(
                "Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated"
            )
    gateway = original(self, subnet_id, allocation_id, tags, kind)
    gateway._eni.description = f"Interface for NAT Gateway {gateway.id}"
    gateway._eni.requester_managed = True
    world = world_of(self)
    gateway.state, gateway.next_state_at = "pending", world.now + world.settings.nat_gateway_seconds
    world.changed()
    return gateway


@replaces(Backend)
def delete_nat_gateway(original, self, nat_gateway_id):
    gateway = self.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise EC2ClientError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")
    if gateway.state not in ("deleting", "deleted"):
        world = world_of(self)
        gateway.state, gateway.next_state_at = "deleting", world.now + world.settings.nat_gateway_seconds
        world.changed()
    return gateway


@replaces(Backend)
def describe_nat_gateways(original, self, filters, nat_gateway_ids):
    for gateway_id in nat_gateway_ids or []:
        if gateway_id not in self.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"NAT gateway {gateway_id} was not found")
    filters = dict(filters or {})
    tag_filters = {name: filters.pop(name) for name in list(filters) if name.startswith("tag")}
    found = original(self, filters, nat_gateway_ids)
    return [
        gateway
        for gateway in found
        if all(_tagged(gateway, name, values) for name, values in tag_filters.items())
    ]


def _tagged(gateway, name, patterns):
    tags = gateway.get_tags()
    if name == "tag-key":
        return any(matches(patterns, tag["key"]) for tag in tags)
    key = name.removeprefix("tag:")
    return any(tag["key"] == key and matches(patterns, tag["value"]) for tag in tags)


@actor
def settle_nat_gateways(world):
    """Finishes set-ups and deletions that are due."""
    for _, backend in backends_of(ec2_backends, world.account):
        for gateway in backend.nat_gateways.values():
            if gateway.state == "pending" and world.due(gateway.next_state_at):
                if _can_reach_the_internet(backend, gateway):
                    gateway.state = "available"
                    continue
                gateway.state = "failed"
                gateway.failure_code = "Gateway.NotAttached"
                gateway.failure_message = f"Network {gateway.vpc_id} has no Internet gateway attached"
                _let_go(backend, gateway)
            elif gateway.state == "deleting" and world.due(gateway.next_state_at):
                gateway.state = "deleted"
                _let_go(backend, gateway)


def _can_reach_the_internet(backend, gateway):
    attached = [found.vpc.id for found in backend.internet_gateways.values() if found.vpc]
    return gateway.connectivity_type == "private" or gateway.vpc_id in attached


def _let_go(backend, gateway):
    for address in list(backend.addresses):
        if address.eni is gateway._eni:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(gateway._eni.id, None)
