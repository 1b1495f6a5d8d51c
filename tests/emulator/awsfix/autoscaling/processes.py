"""Processes of groups: only those there are, of groups that exist.

SuspendProcesses: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SuspendProcesses.html
ResumeProcesses: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ResumeProcesses.html
"""

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse

from ..patching import replaces
from .state import group_of

PROCESSES = {
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
}


@replaces(AutoScalingResponse)
def suspend_processes(original, self):
    _check(self)
    return original(self)


@replaces(AutoScalingResponse)
def resume_processes(original, self):
    _check(self)
    return original(self)


def _check(response):
    group_of(response)
    unknown = sorted(set(response.params.get("ScalingProcesses") or ()) - PROCESSES)
    if unknown:
        raise ValidationError(f"Unknown scaling processes {unknown}")
