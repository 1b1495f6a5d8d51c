"""Security group rules: descriptions of rules between groups, rules that are equal whatever their descriptions,
protocols without ports, ids that don't exist, and calls that add all of their rules or none.

DescribeSecurityGroupRules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
RevokeSecurityGroupIngress ("the description is optional"):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
IpPermission (which protocols have ports): https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
Error codes (of ids that don't exist): https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
AuthorizeSecurityGroupIngress (answers with all rules that were added):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
"""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

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


@replaces(SecurityGroupRule)
def filter_group_id(original, self, values):
    # Whole ids are the only values that moto lets through. As patterns each is compiled for each rule there is.
    return self.group_id in values


WITH_PORTS = ("tcp", "6", "udp", "17", "icmp", "1", "icmpv6", "58")


@replaces(SecurityGroupRule, "__init__")
def without_ports(
    original, self, ec2_backend, ip_protocol, group_id, from_port, to_port, *arguments, **named
):
    if str(ip_protocol).lower() in WITH_PORTS:
        original(self, ec2_backend, ip_protocol, group_id, from_port, to_port, *arguments, **named)
        return
    # moto wants numbers; whatever was given is ignored.
    original(self, ec2_backend, ip_protocol, group_id, 0, 0, *arguments, **named)
    self.from_port = self.to_port = None


@replaces(SecurityGroups)
def authorize_security_group_ingress(original, self):
    return _all_or_none(self, "ingress_rules", self.ec2_backend.authorize_security_group_ingress)


@replaces(SecurityGroups)
def authorize_security_group_egress(original, self):
    return _all_or_none(self, "egress_rules", self.ec2_backend.authorize_security_group_egress)


def _all_or_none(response, kind, authorize):
    response.error_on_dryrun()
    group_id = response._get_param("GroupName") or response._get_param("GroupId")
    group = response.ec2_backend.get_security_group_by_name_or_id(group_id)
    before = list(getattr(group, kind)) if group else []
    added = []
    try:
        for permission in response._process_rules_from_querystring():
            rules, _ = authorize(**permission)
            added.extend(rules)
    except Exception:
        if group:
            setattr(group, kind, before)
        raise
    return ActionResult({"Return": True, "SecurityGroupRules": added})


@replaces(SecurityGroupBackend)
def revoke_security_group_ingress(original, self, *, security_rule_ids=None, **rule):
    _look_for(self, security_rule_ids)
    original(self, security_rule_ids=security_rule_ids, **rule)


@replaces(SecurityGroupBackend)
def revoke_security_group_egress(original, self, *, security_rule_ids=None, **rule):
    _look_for(self, security_rule_ids)
    original(self, security_rule_ids=security_rule_ids, **rule)


def _look_for(backend, rule_ids):
    """Refuses ids that no group has a rule of."""
    if not rule_ids:
        return
    groups = [group for groups in backend.groups.values() for group in groups.values()]
    known = {rule.id for group in groups for rule in (*group.ingress_rules, *group.egress_rules)}
    for rule_id in rule_ids:
        if rule_id not in known:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
