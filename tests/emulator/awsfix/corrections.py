"""All corrections, in one place: importing a module marks them, `install` applies them."""

import json

from . import patching

# Imported for their marks.
from . import route53, ssm  # noqa: F401
from .autoscaling import activities, capacity, groups, hooks, launching  # noqa: F401
from .autoscaling import instances as group_instances  # noqa: F401
from .autoscaling import refresh_api, traffic_sources  # noqa: F401
from .ec2 import client_tokens, in_use, instances, launch_templates, nat_gateways, security_group_rules  # noqa: F401
from .ec2 import pages
from .elbv2 import listeners, load_balancer_attributes, load_balancers, tags  # noqa: F401
from .elbv2 import target_group_attributes, target_groups, target_health  # noqa: F401


def install():
    """Checks moto's sources, then applies every correction. Raises patching.MotoChanged."""
    patching.check_sources()
    patching.install()
    pages.install()


def record():
    """Writes down the sources that the corrections were written for, after reading the differences by hand."""
    text = json.dumps(patching.found_sources(), indent=2, sort_keys=True)
    patching.SOURCES.write_text(text + "\n", encoding="utf-8")
