"""Network interfaces: their security groups must exist.

CreateNetworkInterface: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
"""

from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend

from ..patching import replaces


@replaces(NetworkInterfaceBackend)
def create_network_interface(
    original, self, subnet, private_ip_address, private_ip_addresses=None, group_ids=None, *args, **kwargs
):
    for group_id in group_ids or []:
        # moto would create the missing group.
        if self.get_security_group_from_id(group_id) is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
    return original(self, subnet, private_ip_address, private_ip_addresses, group_ids, *args, **kwargs)
