"""Attributes of target groups of Network Load Balancers: the defaults, the known keys and their values.

TargetGroupAttribute: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
Edit target group attributes:
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
"""

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError

from ..patching import replaces

BOOLEAN = ("true", "false")

# key -> allowed words, or the inclusive bounds of a number; a tuple of both where either will do
KEYS = {
    "deregistration_delay.timeout_seconds": (range(0, 3601), ()),
    "deregistration_delay.connection_termination.enabled": (None, BOOLEAN),
    "load_balancing.cross_zone.enabled": (None, (*BOOLEAN, "use_load_balancer_configuration")),
    "preserve_client_ip.enabled": (None, BOOLEAN),
    "proxy_protocol_v2.enabled": (None, BOOLEAN),
    "stickiness.enabled": (None, BOOLEAN),
    "stickiness.type": (None, ("source_ip",)),
    "target_group_health.dns_failover.minimum_healthy_targets.count": (range(1, 1_000_001), ("off",)),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": (range(1, 101), ("off",)),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": (range(1, 1_000_001), ()),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": (
        range(1, 101),
        ("off",),
    ),
    "target_health_state.unhealthy.connection_termination.enabled": (None, BOOLEAN),
    "target_health_state.unhealthy.draining_interval_seconds": (range(0, 360_001), ()),
}


def network_defaults(protocol, target_type):
    """The attributes of a target group nobody has modified.

    Client addresses are preserved by default for instances, and for addresses unless the protocol is TCP or TLS.
    """
    preserve = target_type == "instance" or protocol in ("UDP", "TCP_UDP")
    attributes = {
        "deregistration_delay.timeout_seconds": "300",
        "deregistration_delay.connection_termination.enabled": "false",
        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
        "preserve_client_ip.enabled": "true" if preserve else "false",
        "proxy_protocol_v2.enabled": "false",
        "stickiness.enabled": "false",
        "stickiness.type": "source_ip",
        "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
        "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    }
    if protocol in ("TCP", "TLS"):
        attributes["target_health_state.unhealthy.connection_termination.enabled"] = "true"
        attributes["target_health_state.unhealthy.draining_interval_seconds"] = "0"
    return attributes


@replaces(models.ELBv2Backend)
def modify_target_group_attributes(original, self, target_group_arn, attributes):
    group = self.target_groups.get(target_group_arn)
    if group is None:
        raise TargetGroupNotFoundError()
    if group.protocol not in ("TCP", "TLS", "UDP", "TCP_UDP"):
        return original(self, target_group_arn, attributes)
    for key, value in attributes.items():
        _check(group, key, value)
    wanted = {**group.attributes, **attributes}
    if group.protocol in ("UDP", "TCP_UDP") and wanted["preserve_client_ip.enabled"] == "false":
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "Client IP preservation can't be disabled for target groups with UDP or TCP_UDP",
        )
    if group.protocol == "TLS" and wanted["stickiness.enabled"] == "true":
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "You cannot enable stickiness on target groups with the TLS protocol",
        )
    if (
        wanted.get("target_health_state.unhealthy.connection_termination.enabled") == "true"
        and int(wanted["target_health_state.unhealthy.draining_interval_seconds"]) > 0
    ):
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "A draining interval for unhealthy targets requires that connection termination is disabled",
        )
    group.attributes.update(attributes)


def _check(group, key, value):
    if key not in KEYS or (key.startswith("target_health_state.") and key not in group.attributes):
        raise ELBClientError("ValidationError", f"Target group attribute key '{key}' is not recognized")
    numbers, words = KEYS[key]
    if value in words or (numbers is not None and value.isdigit() and int(value) in numbers):
        return
    bounds = f"'{numbers[0]}-{numbers[-1]}' inclusive" if numbers is not None else f"one of {list(words)}"
    raise ELBClientError("ValidationError", f"'{key}' value '{value}' must be {bounds}")
