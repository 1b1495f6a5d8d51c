"""Scaling activities: what a group did, why, and what went wrong.

DescribeScalingActivities: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html
Activity: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html
Messages: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
"""

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from ..patching import replaces
from ..world import timestamp, world_of

MAX_RECORDS = 100


class Activity:
    """One entry, in moto's spelling of the API's names."""

    def __init__(self, group, description, cause, status="InProgress"):
        now = world_of(group).now
        self.activity_id = str(mock_random.uuid4())
        self.auto_scaling_group_name = group.name
        self.auto_scaling_group_arn = group.arn
        self.auto_scaling_group_state = None
        self.description = description
        self.cause = f"At {timestamp(now):%Y-%m-%dT%H:%M:%SZ} {cause}"
        self.start_time = timestamp(now)
        self.end_time = None
        self.status_code = status
        self.status_message = None
        self.progress = 0
        self.details = "{}"

    def finish(self, group, status="Successful", message=None):
        self.status_code, self.status_message = status, message
        self.end_time, self.progress = timestamp(world_of(group).now), 100


def begin(group, description, cause, status="InProgress"):
    """Records an activity that is under way."""
    activity = Activity(group, description, cause, status)
    log(group.autoscaling_backend).insert(0, activity)
    return activity


def fail(group, reason):
    """Records a launch that failed."""
    reason = f"{reason} Launching EC2 instance failed."
    activity = begin(
        group,
        f"Launching a new EC2 instance.  Status Reason: {reason}",
        "an instance was started in response to a difference between desired and actual capacity.",
    )
    activity.finish(group, "Failed", reason)


def log(backend):
    """All activities of an account and region, newest first; they outlive their groups."""
    return backend.__dict__.setdefault("_activities", [])


@replaces(AutoScalingResponse)
def describe_scaling_activities(original, self):
    name, ids = self.params.get("AutoScalingGroupName"), self.params.get("ActivityIds")
    deleted_too = self._get_bool_param("IncludeDeletedGroups", False)
    groups = self.autoscaling_backend.autoscaling_groups
    living = {group.arn for group in groups.values()}
    found = []
    for activity in log(self.autoscaling_backend):
        if name and name not in (activity.auto_scaling_group_name, activity.auto_scaling_group_arn):
            continue
        if ids and activity.activity_id not in ids:
            continue
        if activity.auto_scaling_group_arn not in living:
            if not deleted_too:
                continue
            activity.auto_scaling_group_state = "Deleted"
        found.append(activity)
    start = int(self.params.get("NextToken") or 0)
    end = start + self._get_int_param("MaxRecords", MAX_RECORDS)
    return ActionResult({"Activities": found[start:end], "NextToken": str(end) if end < len(found) else None})
