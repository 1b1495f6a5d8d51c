"""Target groups: idempotent creation, health check settings within AWS's bounds, pages of descriptions.

CreateTargetGroup: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
ModifyTargetGroup: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html
DescribeTargetGroups: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
Health checks: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
"""

import copy

from moto.core.responses import ActionResult
from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError
from moto.elbv2.responses import ELBV2Response

from ..patching import replaces
from .tags import check_new_tags
from .target_group_attributes import network_defaults

NETWORK_PROTOCOLS = ("TCP", "TLS", "UDP", "TCP_UDP")

# "The range is ..." of the CreateTargetGroup page
INTERVAL_SECONDS = (5, 300)
TIMEOUT_SECONDS = (2, 120)
THRESHOLD = (2, 10)
PATH_CHARACTERS = 1024

# "For target groups with a protocol of HTTP, the default is 6 seconds" (for checks of a network target group)
HTTP_TIMEOUT_SECONDS = 6
HTTP_MATCHER = "200-399"

MAX_PAGE = 400


@replaces(models.ELBv2Backend)
def create_target_group(original, self, name, **settings):
    asked_for = copy.deepcopy({key: value for key, value in settings.items() if value is not None})
    tags = asked_for.pop("tags", None)
    for existing in self.target_groups.values():
        if existing.name == name:
            have = dict(self.tagging_service.get_tag_dict_for_resource(existing.arn))
            if (existing.asked_for, have) == (
                asked_for,
                {tag["Key"]: tag.get("Value", "") for tag in tags or []},
            ):
                return existing
            raise ELBClientError(
                "DuplicateTargetGroupName",
                f"A target group with the same name '{name}' exists, but with different settings",
            )
    check_new_tags(tags)
    network = settings.get("protocol") in NETWORK_PROTOCOLS
    web_check = settings.get("healthcheck_protocol") in ("HTTP", "HTTPS")
    if network:
        if (
            settings.get("healthcheck_protocol") == "HTTP"
            and settings.get("healthcheck_timeout_seconds") is None
        ):
            settings["healthcheck_timeout_seconds"] = HTTP_TIMEOUT_SECONDS
        if web_check:
            settings["healthcheck_path"] = settings.get("healthcheck_path") or "/"
            settings["matcher"] = settings.get("matcher") or {"HttpCode": HTTP_MATCHER}
        else:
            _refuse_web_settings(settings.get("healthcheck_path"), settings.get("matcher"))
    check_health_check(
        interval=settings.get("healthcheck_interval_seconds"),
        timeout=settings.get("healthcheck_timeout_seconds"),
        healthy=settings.get("healthy_threshold_count"),
        unhealthy=settings.get("unhealthy_threshold_count"),
        port=settings.get("healthcheck_port"),
        path=settings.get("healthcheck_path"),
    )
    if settings.get("port") is not None and not 1 <= int(settings["port"]) <= 65535:
        raise ELBClientError("ValidationError", f"Port '{settings['port']}' must be between 1 and 65535")
    group = original(self, name, **settings)
    group.asked_for = asked_for
    group.used_since = None
    if network:
        group.attributes = network_defaults(group.protocol, group.target_type)
        if not web_check:
            group.matcher = None
            group.health_check_path = None
    return group


@replaces(models.ELBv2Backend)
def modify_target_group(
    original,
    self,
    arn,
    health_check_proto=None,
    health_check_port=None,
    health_check_path=None,
    health_check_interval=None,
    health_check_timeout=None,
    healthy_threshold_count=None,
    unhealthy_threshold_count=None,
    http_codes=None,
    health_check_enabled=None,
):
    group = self.target_groups.get(arn)
    if group is None:
        raise TargetGroupNotFoundError()
    check_health_check(
        interval=health_check_interval,
        timeout=health_check_timeout,
        healthy=healthy_threshold_count,
        unhealthy=unhealthy_threshold_count,
        port=health_check_port,
        path=health_check_path,
    )
    interval = health_check_interval or group.health_check_interval_seconds
    timeout = health_check_timeout or group.health_check_timeout_seconds
    if int(timeout) > int(interval):
        raise ELBClientError(
            "ValidationError",
            f"Health check timeout '{timeout}' must be smaller than or equal to the interval '{interval}'",
        )
    protocol = health_check_proto or group.health_check_protocol
    network = group.protocol in NETWORK_PROTOCOLS
    if network and protocol == "TCP":
        _refuse_web_settings(health_check_path, http_codes)
    result = original(
        self,
        arn,
        health_check_proto=health_check_proto,
        health_check_port=health_check_port,
        health_check_path=health_check_path,
        health_check_interval=health_check_interval,
        health_check_timeout=health_check_timeout,
        healthy_threshold_count=healthy_threshold_count,
        unhealthy_threshold_count=unhealthy_threshold_count,
        http_codes=None if network else http_codes,
        health_check_enabled=health_check_enabled,
    )
    changed = {
        "healthcheck_protocol": health_check_proto,
        "healthcheck_port": health_check_port,
        "healthcheck_path": health_check_path,
        "healthcheck_interval_seconds": health_check_interval,
        "healthcheck_timeout_seconds": health_check_timeout,
        "healthy_threshold_count": healthy_threshold_count,
        "unhealthy_threshold_count": unhealthy_threshold_count,
        "matcher": {"HttpCode": http_codes} if http_codes else None,
    }
    group.asked_for.update({key: value for key, value in changed.items() if value is not None})
    if network and protocol == "TCP":
        group.matcher = group.health_check_path = None
    elif network:
        group.health_check_path = group.health_check_path or "/"
        group.matcher = {"HttpCode": http_codes or (group.matcher or {}).get("HttpCode") or HTTP_MATCHER}
    return result


def check_health_check(interval, timeout, healthy, unhealthy, port, path):
    """Refuses values outside AWS's bounds; None is a value that wasn't given."""
    for label, value, (low, high) in (
        ("Health check interval", interval, INTERVAL_SECONDS),
        ("Health check timeout", timeout, TIMEOUT_SECONDS),
        ("Healthy threshold count", healthy, THRESHOLD),
        ("Unhealthy threshold count", unhealthy, THRESHOLD),
    ):
        if value is not None and not low <= int(value) <= high:
            raise ELBClientError("ValidationError", f"{label} '{value}' must be between {low} and {high}")
    if port is not None and port != "traffic-port" and not (str(port).isdigit() and 1 <= int(port) <= 65535):
        raise ELBClientError(
            "ValidationError", f"Health check port '{port}' must be 'traffic-port' or between 1 and 65535"
        )
    if path is not None and not (path.startswith("/") and len(path) <= PATH_CHARACTERS):
        raise ELBClientError("ValidationError", f"Health check path '{path}' must begin with a '/' character")


def _refuse_web_settings(path, matcher):
    if path or matcher:
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "Health check paths and matchers require health check protocol HTTP or HTTPS",
        )


@replaces(ELBV2Response)
def describe_target_groups(original, self):
    found = list(original(self).result["TargetGroups"])
    size = self._get_int_param("PageSize", MAX_PAGE)
    if not 1 <= size <= MAX_PAGE:
        raise ELBClientError("ValidationError", f"Page size must be between 1 and {MAX_PAGE}")
    marker = self._get_param("Marker")
    if marker:
        found = [group for group in found if group.name > marker]
    page = found[:size]
    return ActionResult({"TargetGroups": page, "NextMarker": page[-1].name if len(found) > size else None})
