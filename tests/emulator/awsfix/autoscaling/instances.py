"""What can be asked of single instances of a group: terminate, mark, attach, detach, stand by.

TerminateInstanceInAutoScalingGroup:
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
SetInstanceHealth: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceHealth.html
SetInstanceProtection: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html
EnterStandby: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnterStandby.html
DetachInstances: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html
"""

from moto.autoscaling import models
from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from ..patching import replaces
from ..world import world_of
from . import lifecycle
from .state import changeable_group_of, find_instance, group_of

BELOW_MINIMUM = (
    "Currently, desiredSize equals minSize ({least}). Terminating instance without replacement will violate group's "
    "min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size."
)


@replaces(AutoScalingResponse)
def terminate_instance_in_auto_scaling_group(original, self):
    group, state = find_instance(self.autoscaling_backend, self.params["InstanceId"])
    if state.lifecycle_state.startswith("Terminating"):
        raise AutoscalingClientError(
            "ScalingActivityInProgress", f"Instance {state.instance_id} is already being terminated"
        )
    before = group.desired_capacity
    cause = "an instance was taken out of service in response to a user request"
    if self._get_bool_param("ShouldDecrementDesiredCapacity", False):
        if before - 1 < group.min_size:
            raise ValidationError(BELOW_MINIMUM.format(least=group.min_size))
        group.desired_capacity = before - 1
        cause += f", shrinking the capacity from {before} to {before - 1}"
    lifecycle.terminate(group, state, cause + ".")
    return ActionResult({"Activity": state.activity})


@replaces(AutoScalingResponse)
def set_instance_health(original, self):
    group, state = find_instance(self.autoscaling_backend, self.params["InstanceId"])
    status = self.params["HealthStatus"]
    if status not in ("Healthy", "Unhealthy"):
        raise ValidationError("Valid instance health states are: [Healthy, Unhealthy].")
    grace_ends = state.in_service_at + (group.health_check_grace_period or 0)
    # "By default, this call respects the grace period."
    if not self._get_bool_param("ShouldRespectGracePeriod", True) or world_of(group).now >= grace_ends:
        state.health_status = status
        state.unhealthy_cause = "a user health-check."
    return EmptyResult()


@replaces(AutoScalingResponse)
def set_instance_protection(original, self):
    group = group_of(self)
    known = {state.instance_id: state for state in group.instance_states}
    for instance_id in self.params["InstanceIds"]:
        if instance_id not in known:
            raise ValidationError(
                f"The instance {instance_id} is not part of Auto Scaling group {group.name}."
            )
    for instance_id in self.params["InstanceIds"]:
        known[instance_id].protected_from_scale_in = self._get_bool_param("ProtectedFromScaleIn")
    return EmptyResult()


@replaces(models.AutoScalingBackend)
def attach_instances(original, self, group_name, instance_ids):
    group = self.autoscaling_groups[group_name]
    original(self, group_name, instance_ids)
    for state in group.instance_states:
        if state.instance_id in instance_ids:
            state.image_id, state.lifecycle, state.launched_from = state.instance.image_id, None, None
            lifecycle.adopt(group, state)
    lifecycle.register(group, [state for state in group.instance_states if state.instance_id in instance_ids])


@replaces(models.AutoScalingBackend)
def detach_instances(original, self, group_name, instance_ids, should_decrement):
    group = self.autoscaling_groups[group_name]
    _check_decrement(group, len(instance_ids), should_decrement)
    lifecycle.deregister(
        group, [state for state in group.instance_states if state.instance_id in instance_ids]
    )
    return original(self, group_name, instance_ids, should_decrement)


@replaces(models.AutoScalingBackend)
def enter_standby_instances(original, self, group_name, instance_ids, should_decrement):
    group = self.autoscaling_groups[group_name]
    _check_decrement(group, len(instance_ids), should_decrement)
    lifecycle.deregister(
        group, [state for state in group.instance_states if state.instance_id in instance_ids]
    )
    return original(self, group_name, instance_ids, should_decrement)


@replaces(models.AutoScalingBackend)
def exit_standby_instances(original, self, group_name, instance_ids):
    group = self.autoscaling_groups[group_name]
    activities = original(self, group_name, instance_ids)
    lifecycle.register(group, [state for state in group.instance_states if state.instance_id in instance_ids])
    return activities


def _check_decrement(group, number, should_decrement):
    if should_decrement and group.desired_capacity - number < group.min_size:
        raise ValidationError(f"The desired capacity would fall below the group's min size {group.min_size}")


@replaces(AutoScalingResponse)
def suspend_processes(original, self):
    changeable_group_of(self)
    return original(self)


@replaces(AutoScalingResponse)
def resume_processes(original, self):
    changeable_group_of(self).no_launch_before = 0.0
    return original(self)
