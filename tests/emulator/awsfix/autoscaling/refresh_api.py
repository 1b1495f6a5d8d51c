"""The actions of instance refreshes.

StartInstanceRefresh: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
CancelInstanceRefresh: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CancelInstanceRefresh.html
RollbackInstanceRefresh: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RollbackInstanceRefresh.html
DescribeInstanceRefreshes: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html
RefreshPreferences: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
"""

import copy

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from ..patching import adds
from ..world import world_of
from .groups import check_launch_settings
from .refresh import Refresh
from .state import active_refresh, changeable_group_of, group_of

MAX_RECORDS = 50


@adds(AutoScalingResponse)
def start_instance_refresh(self):
    group = changeable_group_of(self)
    if active_refresh(group):
        raise AutoscalingClientError(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
        )
    wanted = copy.deepcopy(self.params.get("DesiredConfiguration"))
    preferences = dict(self.params.get("Preferences") or {})
    check_preferences(group, wanted, preferences)
    if wanted:
        check_launch_settings(self.autoscaling_backend, wanted, required=False)
    refresh = Refresh(group, wanted, preferences)
    group.refreshes.insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh.instance_refresh_id})


@adds(AutoScalingResponse)
def describe_instance_refreshes(self):
    ids = self.params.get("InstanceRefreshIds")
    found = [refresh for refresh in group_of(self).refreshes if not ids or refresh.instance_refresh_id in ids]
    start = int(self.params.get("NextToken") or 0)
    end = start + self._get_int_param("MaxRecords", MAX_RECORDS)
    return ActionResult(
        {"InstanceRefreshes": found[start:end], "NextToken": str(end) if end < len(found) else None}
    )


@adds(AutoScalingResponse)
def cancel_instance_refresh(self):
    refresh = _active(self)
    refresh.cancel(world_of(refresh.group))
    return ActionResult({"InstanceRefreshId": refresh.instance_refresh_id})


@adds(AutoScalingResponse)
def rollback_instance_refresh(self):
    refresh = _active(self)
    if refresh.status == "RollbackInProgress":
        raise _not_found(refresh.group)
    if not refresh.desired_configuration or _floating(refresh.group):
        raise AutoscalingClientError(
            "IrreversibleInstanceRefresh", "The instance refresh cannot be rolled back"
        )
    refresh.roll_back(world_of(refresh.group), "Rollback requested by user")
    return ActionResult({"InstanceRefreshId": refresh.instance_refresh_id})


def _active(response):
    group = group_of(response)
    refresh = active_refresh(group)
    if refresh is None or refresh.status == "Cancelling":
        raise _not_found(group)
    return refresh


def _not_found(group):
    return AutoscalingClientError(
        "ActiveInstanceRefreshNotFound",
        f"No in progress or pending Instance Refresh found for Auto Scaling group {group.name}",
    )


def _floating(group):
    return str(group.launch_template_version).startswith("$")


def check_preferences(group, wanted, given):
    least, most = given.get("MinHealthyPercentage"), given.get("MaxHealthyPercentage")
    if least is not None and not 0 <= least <= 100:
        raise ValidationError("MinHealthyPercentage must be between 0 and 100")
    if most is not None and (least is None or not 100 <= most <= 200 or most - least > 100):
        raise ValidationError(
            "MaxHealthyPercentage must be 100-200, given with MinHealthyPercentage, at most 100 above it"
        )
    percentages = given.get("CheckpointPercentages") or []
    if percentages != sorted(set(percentages)) or any(not 1 <= value <= 100 for value in percentages):
        raise ValidationError("CheckpointPercentages must be unique, ascending and between 1 and 100")
    if given.get("CheckpointDelay") is not None and not percentages:
        raise ValidationError("CheckpointDelay requires CheckpointPercentages")
    for key, allowed in (
        ("ScaleInProtectedInstances", ("Refresh", "Ignore", "Wait")),
        ("StandbyInstances", ("Terminate", "Ignore", "Wait")),
    ):
        if given.get(key) not in (None, *allowed):
            raise ValidationError(f"{key} must be one of {list(allowed)}")
    if given.get("AutoRollback"):
        if not wanted:
            raise ValidationError("A desired configuration is required for auto rollback")
        if _floating(group):
            raise ValidationError("Auto rollback isn't possible while the group uses $Latest or $Default")
