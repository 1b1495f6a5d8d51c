"""Lifecycle hooks: kept as given, completed, kept waiting.

DeleteLifecycleHook: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html
PutLifecycleHook: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html
CompleteLifecycleAction: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
RecordLifecycleActionHeartbeat: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RecordLifecycleActionHeartbeat.html
"""

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from ..patching import adds, replaces
from ..world import world_of
from . import lifecycle
from .state import LAUNCHING, TERMINATING, group_of

# "The range is from 30 to 7200 seconds. The default value is 3600 seconds (1 hour)."
HEARTBEAT_SECONDS = (30, 7200)
DEFAULT_HEARTBEAT_SECONDS = 3600


@replaces(AutoScalingResponse)
def put_lifecycle_hook(original, self):
    put_hook(group_of(self), self.params)
    return EmptyResult()


def put_hook(group, given):
    """Creates a hook, or changes what is given about an existing one."""
    backend, name = group.autoscaling_backend, given["LifecycleHookName"]
    check_hook(given)
    known = backend.lifecycle_hooks.get(f"{group.name}_{name}")
    if known is None and not given.get("LifecycleTransition"):
        raise ValidationError("LifecycleTransition is required for a new lifecycle hook")
    transition = given.get("LifecycleTransition") or known.lifecycle_transition
    timeout = given.get("HeartbeatTimeout") or (
        known.heartbeat_timeout if known else DEFAULT_HEARTBEAT_SECONDS
    )
    result = given.get("DefaultResult") or (known.default_result if known else "ABANDON")
    hook = backend.create_lifecycle_hook(name, group.name, transition, timeout, result)
    for key, attribute in (
        ("RoleARN", "role_arn"),
        ("NotificationTargetARN", "notification_target_arn"),
        ("NotificationMetadata", "notification_metadata"),
    ):
        setattr(hook, attribute, given.get(key) or getattr(known, attribute, None))
    if given.get("NotificationTargetARN") == "":
        # "If you specify an empty string, this overrides the current ARN."
        hook.notification_target_arn = None
    hook.global_timeout = lifecycle.last_deadline(hook)


def check_hook(given):
    low, high = HEARTBEAT_SECONDS
    timeout = given.get("HeartbeatTimeout")
    if timeout is not None and not low <= int(timeout) <= high:
        raise ValidationError(f"Heartbeat timeout {timeout} must be between {low} and {high} seconds")
    if given.get("LifecycleTransition") not in (None, LAUNCHING, TERMINATING):
        raise ValidationError(f"Unknown lifecycle transition {given['LifecycleTransition']}")
    if given.get("DefaultResult") not in (None, "CONTINUE", "ABANDON"):
        raise ValidationError(f"Unknown default result {given['DefaultResult']}")


@replaces(AutoScalingResponse)
def describe_lifecycle_hooks(original, self):
    group_of(self)
    return original(self)


@replaces(AutoScalingResponse)
def delete_lifecycle_hook(original, self):
    group, name = group_of(self), self.params["LifecycleHookName"]
    if self.autoscaling_backend.lifecycle_hooks.pop(f"{group.name}_{name}", None) is None:
        raise ValidationError(f"No Lifecycle Hook found with name: {name}")
    # "If there are any outstanding lifecycle actions, they are completed first (ABANDON for launching instances,
    # CONTINUE for terminating instances)."
    for state in list(group.instance_states):
        if name in state.waits:
            launching = state.lifecycle_state.startswith("Pending")
            lifecycle.complete(group, state, name, "ABANDON" if launching else "CONTINUE")
    return EmptyResult()


@adds(AutoScalingResponse)
def complete_lifecycle_action(self):
    group, state, name = _waiting(self)
    result = self.params["LifecycleActionResult"]
    if result not in ("CONTINUE", "ABANDON"):
        raise ValidationError(f"Unknown lifecycle action result {result}")
    lifecycle.complete(group, state, name, result)
    return EmptyResult()


@adds(AutoScalingResponse)
def record_lifecycle_action_heartbeat(self):
    group, state, name = _waiting(self)
    wait = state.waits[name]
    wait["deadline"] = world_of(group).now + wait["timeout"]
    return EmptyResult()


def _waiting(response):
    group, name = group_of(response), response.params["LifecycleHookName"]
    instance, token = response.params.get("InstanceId"), response.params.get("LifecycleActionToken")
    for state in group.instance_states:
        wait = state.waits.get(name)
        if wait is not None and (state.instance_id == instance or wait["token"] == token):
            return group, state, name
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance}")
