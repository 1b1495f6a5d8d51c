"""Security group rules: descriptions of rules between groups, and rules that are equal whatever their descriptions.

DescribeSecurityGroupRules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
RevokeSecurityGroupIngress ("the description is optional"):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
"""

from moto.ec2.models.security_groups import SecurityGroupRule

from ..patching import replaces


@replaces(SecurityGroupRule)
def description(original, self):
    for part in (self.ip_range, self.source_group, self.prefix_list_id):
        if part and part.get("Description"):
            return part["Description"]
    return None


@replaces(SecurityGroupRule, "__eq__")
def same_rule(original, self, other):
    return _identity(self) == _identity(other)


def _identity(rule):
    every = rule.ip_protocol == "-1"
    return (
        rule.is_egress,
        rule.ip_protocol,
        None if every else rule.from_port,
        None if every else rule.to_port,
        rule.ip_range.get("CidrIp"),
        rule.ip_range.get("CidrIpv6"),
        (rule.source_group or {}).get("GroupId") or (rule.source_group or {}).get("GroupName"),
        (rule.prefix_list_id or {}).get("PrefixListId"),
    )
