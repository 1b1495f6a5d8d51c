"""Keeping a group at its size: replacing what is unhealthy, launching, scaling in, balancing zones.

Health checks: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
Termination policies: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
Rebalancing: https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.Rebalancing
Scale-in protection: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
Suspending processes: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
"""

from moto.autoscaling import models
from moto.elbv2.models import elbv2_backends

from ..elbv2.target_health import health
from ..patching import replaces
from ..world import actor, backends_of, world_of
from . import lifecycle
from .launching import launch, zone_load
from .state import active_refresh, count, counted, suspended, zones

SCALE_IN = "an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity."


@actor
def settle_groups(world):
    for _, backend in backends_of(models.autoscaling_backends, world.account):
        for group in list(backend.autoscaling_groups.values()):
            if group.ready:
                settle(world, group)


def settle(world, group):
    """All that the group does at this moment."""
    for state in list(group.instance_states):
        lifecycle.advance(group, state)
        if counted(state):
            _check_health(world, group, state)
    if group.status:
        if not group.instance_states:
            group.autoscaling_backend.autoscaling_groups.pop(group.name, None)
        return
    refresh = active_refresh(group)
    if refresh and not suspended(group, "InstanceRefresh"):
        refresh.step(world)
        refresh = active_refresh(group)
    wanted = (group.desired_capacity or 0) + (refresh.surge() if refresh else 0)
    if not refresh:
        wanted += _rebalance(world, group)
    while not suspended(group, "Launch") and count(group) + (refresh.holding() if refresh else 0) < wanted:
        if launch(group) is None:
            break
    while not suspended(group, "Terminate") and count(group) > wanted:
        victim = choose_victim(group)
        if victim is None:
            break
        lifecycle.terminate(group, victim, SCALE_IN)


def _check_health(world, group, state):
    if suspended(group, "HealthCheck"):
        pass
    elif state.instance.state != "running":
        state.health_status = "Unhealthy"
        state.unhealthy_cause = "an EC2 health check indicating it has been terminated or stopped."
    elif (
        group.health_check_type and "ELB" in group.health_check_type and state.lifecycle_state == "InService"
    ):
        if world.due(state.in_service_at + (group.health_check_grace_period or 0)) and _target_unhealthy(
            group, state
        ):
            state.health_status = "Unhealthy"
            state.unhealthy_cause = "an ELB system health check failure."
    if (
        state.health_status == "Unhealthy"
        and not suspended(group, "ReplaceUnhealthy")
        and not suspended(group, "Terminate")
    ):
        cause = getattr(state, "unhealthy_cause", "a user health-check.")
        lifecycle.terminate(group, state, f"an instance was taken out of service in response to {cause}")


def _target_unhealthy(group, state):
    known = elbv2_backends[group.account_id][group.region].target_groups
    found = [health(known[arn], {"Id": state.instance_id}) for arn in group.target_group_arns if arn in known]
    return any(one.status == "unhealthy" for one in found)


def choose_victim(group):
    """The instance that scaling in takes: from the fullest zone, then by the group's first policy that decides."""
    load = zone_load(group)
    # "Instance scale-in protection starts when the instance state is InService."
    candidates = [
        state
        for state in group.instance_states
        if counted(state) and not (state.protected_from_scale_in and state.lifecycle_state == "InService")
    ]
    if not candidates:
        return None
    fullest = max(load.get(state.availability_zone, 0) for state in candidates)
    candidates = [state for state in candidates if load.get(state.availability_zone, 0) == fullest]
    policy = (group.termination_policies or ["Default"])[0]
    if policy == "NewestInstance":
        return max(candidates, key=lambda state: state.since)
    if policy in ("Default", "OldestLaunchTemplate"):
        return min(candidates, key=lambda state: (_version(state), state.since))
    return min(candidates, key=lambda state: state.since)


def _version(state):
    template = state.launch_template
    return int(template["Version"]) if template and str(template.get("Version", "")).isdigit() else 0


def _rebalance(world, group):
    """Moves one instance at a time to an emptier zone: launches there first. Gives the surplus this takes."""
    moving = group.moving
    if moving is not None and moving["new"] not in group.instance_states:
        moving = group.moving = None
    if moving is not None:
        if moving["new"].lifecycle_state != "InService":
            return 1
        group.moving = None
        if counted(moving["old"]):
            cause = "an instance was taken out of service in order to balance the Availability Zones of the group."
            lifecycle.terminate(group, moving["old"], cause)
        world.changed()
        return 0
    if suspended(group, "AZRebalance") or suspended(group, "Launch") or suspended(group, "Terminate"):
        return 0
    settled = count(group) == (group.desired_capacity or 0) == len(group.instance_states)
    if not settled or any(state.lifecycle_state != "InService" for state in group.instance_states):
        return 0
    old = _misplaced(world, group)
    if old is None:
        return 0
    new = launch(group, "an instance was launched to aid in balancing the group's zones")
    if new is None:
        return 0
    group.moving = {"old": old, "new": new}
    return 1


def _misplaced(world, group):
    """An instance of a zone that the group left, or that holds two more than the emptiest usable zone."""
    load, own = zone_load(group), zones(group)
    usable = [zone for zone in own if zone not in world.settings.dead_zones]
    movable = [state for state in group.instance_states if not state.protected_from_scale_in]
    if not usable or len(usable) < len(own):
        return None
    for state in movable:
        if state.availability_zone not in own:
            return state
    least = min(load.get(zone, 0) for zone in usable)
    fullest = max(movable, key=lambda state: load.get(state.availability_zone, 0), default=None)
    if fullest is not None and load.get(fullest.availability_zone, 0) - least >= 2:
        return fullest
    return None


@replaces(models.FakeAutoScalingGroup)
def set_desired_capacity(original, self, new_capacity):
    self.desired_capacity = self.min_size if new_capacity is None else new_capacity
    world_of(self).changed()


@replaces(models.AutoScalingBackend)
def notify_terminate_instances(original, self, instance_ids):
    world_of(self).changed()


@replaces(models.AutoScalingBackend)
def update_attached_target_groups(original, self, group_name):
    group = self.autoscaling_groups[group_name]
    if getattr(group, "ready", False):
        lifecycle.register(
            group, [state for state in group.instance_states if state.lifecycle_state == "InService"]
        )
