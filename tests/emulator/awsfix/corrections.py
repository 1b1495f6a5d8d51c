"""All corrections, in one place: importing a module marks them, `install` applies them."""

import importlib
import json

from . import patching

# Each is imported for its marks alone. Where two replace the same function, the later one calls the earlier.
MODULES = (
    "autoscaling.activities",
    "autoscaling.capacity",
    "autoscaling.groups",
    "autoscaling.hooks",
    "autoscaling.instances",
    "autoscaling.launching",
    "autoscaling.metrics",
    "autoscaling.processes",
    "autoscaling.refresh_api",
    "autoscaling.tags",
    "autoscaling.traffic_sources",
    "ec2.client_tokens",
    "ec2.in_use",
    "ec2.instances",
    "ec2.launch_templates",
    "ec2.nat_gateways",
    "ec2.network_interfaces",
    "ec2.routes",
    "ec2.security_group_rules",
    "ec2.tags",
    "ec2.zones",
    "elbv2.listeners",
    "elbv2.load_balancer_attributes",
    "elbv2.load_balancers",
    "elbv2.tags",
    "elbv2.target_group_attributes",
    "elbv2.target_groups",
    "elbv2.target_health",
    "iam",
    "route53",
    "ssm",
    # Last, so that it cuts what the others have made.
    "ec2.pages",
)

for _module in MODULES:
    importlib.import_module(f"{__package__}.{_module}")


def install():
    """Checks moto's sources, then applies every correction. Raises patching.MotoChanged."""
    patching.check_sources()
    patching.install()


def record():
    """Writes down the sources that the corrections were written for, after reading the differences by hand."""
    text = json.dumps(patching.found_sources(), indent=2, sort_keys=True)
    patching.SOURCES.write_text(text + "\n", encoding="utf-8")
