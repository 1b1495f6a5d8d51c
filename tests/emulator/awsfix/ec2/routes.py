"""Routes: to what exists, and black holes when it is gone; a subnet uses one route table.

Route states: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
CreateRoute: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
AssociateRouteTable: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
Error codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import internet_gateways, route_tables

from ..patching import replaces

Backend = route_tables.RouteBackend


@replaces(route_tables.Route)
def state(original, self):
    nat_gateway, gateway = self.nat_gateway, self.gateway
    if nat_gateway is not None and nat_gateway.state in ("deleting", "deleted", "failed"):
        return "blackhole"
    if isinstance(gateway, internet_gateways.InternetGateway):
        attached = gateway.vpc is not None and gateway.vpc.id == self.route_table.vpc_id
        return "active" if attached else "blackhole"
    return original(self)


@replaces(Backend)
def create_route(original, self, route_table_id, *args, **kwargs):
    _nat_gateway_exists(self, kwargs.get("nat_gateway_id"))
    return original(self, route_table_id, *args, **kwargs)


@replaces(Backend)
def replace_route(
    original, self, route_table_id, cidr, ipv6=None, prefixes=None, nat_gateway_id=None, *args, **kwargs
):
    _nat_gateway_exists(self, nat_gateway_id)
    return original(self, route_table_id, cidr, ipv6, prefixes, nat_gateway_id, *args, **kwargs)


def _nat_gateway_exists(ec2, nat_gateway_id):
    # moto would make a route to nowhere.
    if nat_gateway_id is not None and nat_gateway_id not in ec2.nat_gateways:
        raise EC2ClientError(
            "InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat_gateway_id}' does not exist"
        )


@replaces(Backend)
def associate_route_table(original, self, route_table_id, gateway_id=None, subnet_id=None):
    for table in self.route_tables.values():
        if table.id != route_table_id and subnet_id in table._associations.values():
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {route_table_id} conflicts with an existing association",
            )
    return original(self, route_table_id, gateway_id, subnet_id)
