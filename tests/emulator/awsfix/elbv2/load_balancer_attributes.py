"""Attributes of Network Load Balancers: the defaults, the known keys and their values.

Edit attributes for your Network Load Balancer:
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html
LoadBalancerAttribute: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
Access logs: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
"""

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, LoadBalancerNotFoundError
from moto.s3.models import s3_backends

from ..patching import replaces

BOOLEAN = ("true", "false")

# key -> allowed values, None where the value is free
NETWORK_KEYS = {
    "access_logs.s3.enabled": BOOLEAN,
    "access_logs.s3.bucket": None,
    "access_logs.s3.prefix": None,
    "deletion_protection.enabled": BOOLEAN,
    "ipv6.deny_all_igw_traffic": BOOLEAN,
    "load_balancing.cross_zone.enabled": BOOLEAN,
    "dns_record.client_routing_policy": (
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    ),
    "secondary_ips.auto_assigned.per_subnet": None,
    "zonal_shift.config.enabled": BOOLEAN,
}


def network_defaults(scheme):
    """The attributes of a Network Load Balancer nobody has modified."""
    return {
        "access_logs.s3.enabled": "false",
        "access_logs.s3.bucket": "",
        "access_logs.s3.prefix": "",
        "deletion_protection.enabled": "false",
        "ipv6.deny_all_igw_traffic": "false" if scheme == "internet-facing" else "true",
        "load_balancing.cross_zone.enabled": "false",
        "dns_record.client_routing_policy": "any_availability_zone",
        "secondary_ips.auto_assigned.per_subnet": "0",
        "zonal_shift.config.enabled": "false",
    }


@replaces(models.ELBv2Backend)
def modify_load_balancer_attributes(original, self, arn, attrs):
    balancer = self.load_balancers.get(arn)
    if balancer is None:
        raise LoadBalancerNotFoundError()
    if balancer.type != "network":
        return original(self, arn, attrs)
    for key, value in attrs.items():
        if key not in NETWORK_KEYS:
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Load balancer attribute key '{key}' is not supported on load balancers with type 'network'",
            )
        allowed = NETWORK_KEYS[key]
        if allowed and value not in allowed:
            raise ELBClientError(
                "ValidationError", f"The value of '{key}' must be one of {list(allowed)}, not '{value}'"
            )
    wanted = {**balancer.attrs, **attrs}
    if wanted["access_logs.s3.enabled"] == "true":
        _check_log_bucket(self, wanted["access_logs.s3.bucket"])
    balancer.attrs.update(attrs)
    return balancer.attrs


def _check_log_bucket(backend, bucket):
    if not bucket:
        raise ELBClientError(
            "InvalidConfigurationRequest", "The value of 'access_logs.s3.bucket' cannot be empty"
        )
    if bucket not in s3_backends[backend.account_id][backend.partition].buckets:
        raise ELBClientError(
            "InvalidConfigurationRequest",
            f"Access Denied for bucket: {bucket}. Please check S3bucket permission",
        )
