"""Pages: MaxResults and NextToken where moto ignores them.

Pagination: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/query-requests.html#api-pagination
"""

import base64

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from ..patching import replaces

# action -> (key of the list, least and greatest MaxResults)
PAGED = {
    "describe_subnets": ("Subnets", 5, 1000),
    "describe_security_groups": ("SecurityGroups", 5, 1000),
    "describe_security_group_rules": ("SecurityGroupRules", 5, 1000),
    "describe_volumes": ("Volumes", 1, 1000),
    "describe_nat_gateways": ("NatGateways", 5, 1000),
    "describe_network_interfaces": ("NetworkInterfaces", 5, 1000),
    "describe_internet_gateways": ("InternetGateways", 5, 1000),
    "describe_route_tables": ("RouteTables", 5, 100),
    "describe_vpcs": ("Vpcs", 5, 1000),
    "describe_launch_templates": ("LaunchTemplates", 1, 200),
    "describe_launch_template_versions": ("LaunchTemplateVersions", 1, 200),
}


def _in_pages(action, key, least, greatest):
    owner = next(cls for cls in EC2Response.__mro__ if action in cls.__dict__)

    @replaces(owner, action)
    def describe(original, self):
        answer = original(self)
        if not isinstance(answer, ActionResult) or answer.result.get("NextToken"):
            return answer
        size = self._get_int_param("MaxResults")
        if size is not None and not least <= size <= greatest:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ( {size} ) for parameter maxResults is invalid. "
                f"Expecting a value between {least} and {greatest}.",
            )
        found, start = list(answer.result[key]), _position(self._get_param("NextToken"))
        end = len(found) if size is None else start + size
        more = _token(end) if end < len(found) else None
        return ActionResult({**answer.result, key: found[start:end], "NextToken": more})


for _action, (_key, _least, _greatest) in PAGED.items():
    _in_pages(_action, _key, _least, _greatest)


def _token(position):
    return base64.urlsafe_b64encode(f"from:{position}".encode()).decode()


def _position(token):
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if word == "from":
            return int(number)
    except ValueError:
        pass
    raise EC2ClientError("InvalidNextToken", "The token is not valid")
