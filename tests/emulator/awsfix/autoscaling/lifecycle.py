"""The life of an instance in its group: pending, hooks, in service, draining, hooks, gone.

Instance lifecycle: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
Lifecycle hooks: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html
Load balancers ("waits for in-flight requests to complete or for the maximum timeout to expire"):
https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html
"""

from moto.moto_api._internal import mock_random

from ..elbv2.target_health import drain
from ..world import world_of
from .activities import begin
from .state import LAUNCHING, TERMINATING, suspended


def adopt(group, state, activity=None):
    """Gives a new instance what the engine keeps about it."""
    world = world_of(group)
    state.since = state.in_service_at = world.now
    state.phase_ends = world.now + world.settings.launch_seconds
    state.waits = {}
    state.activity = activity
    state.force = False


def advance(group, state):
    """Takes the instance as far along its life as the time allows."""
    world = world_of(group)
    step = _STEPS.get(state.lifecycle_state)
    while step is not None and step(world, group, state):
        world.changed()
        step = _STEPS.get(state.lifecycle_state)


def terminate(group, state, cause, force=False):
    """Begins to take the instance out. `force` skips draining and hooks."""
    world = world_of(group)
    if state.lifecycle_state.startswith("Terminating"):
        state.force = state.force or force
        if force and state.lifecycle_state == "Terminating:Wait":
            _leave_wait(group, state)
        advance(group, state)
        return
    if state.activity is not None and state.activity.end_time is None:
        state.activity.finish(group, "Cancelled")
    state.activity = begin(
        group, f"Terminating EC2 instance: {state.instance_id}", cause, "WaitingForELBConnectionDraining"
    )
    state.lifecycle_state, state.waits, state.force = "Terminating", {}, force
    state.phase_ends = world.now + (0 if force else _drain(group, state))
    state.leaving = "draining"
    world.changed()
    advance(group, state)


def complete(group, state, hook_name, result):
    """Ends one hook's wait with CONTINUE or ABANDON."""
    state.waits.pop(hook_name, None)
    launching = state.lifecycle_state == "Pending:Wait"
    if launching and result == "ABANDON":
        terminate(
            group,
            state,
            "an instance was taken out of service in response to a lifecycle hook being abandoned.",
        )
        return
    if result == "ABANDON":
        # "any remaining actions ... are stopped", and the instance terminates all the same.
        state.waits.clear()
    if not state.waits:
        _leave_wait(group, state)
    advance(group, state)


def register(group, states):
    """Registers instances with the group's target groups."""
    if suspended(group, "AddToLoadBalancer"):
        return
    for target_group in _target_groups(group):
        running = [state for state in states if state.instance.state == "running"]
        target_group.register([{"Id": state.instance_id, "Port": target_group.port} for state in running])


def deregister(group, states):
    for target_group in _target_groups(group):
        drain(target_group, [state.instance_id for state in states])


def _drain(group, state):
    """Deregisters the instance; how long that holds up its end."""
    delays = [0.0]
    for target_group in _target_groups(group):
        if state.instance_id in target_group.targets:
            drain(target_group, [state.instance_id])
            if target_group.load_balancer_arns and state.instance.state == "running":
                delays.append(float(target_group.attributes.get("deregistration_delay.timeout_seconds", 300)))
    return max(delays)


def _target_groups(group):
    known = group.autoscaling_backend.elbv2_backend.target_groups
    return [known[arn] for arn in group.target_group_arns if arn in known]


def _pending(world, group, state):
    if not world.due(state.phase_ends):
        return False
    if not _wait_for_hooks(world, group, state, LAUNCHING, "Pending:Wait"):
        _enter_service(world, group, state)
    return True


def _waiting(world, group, state):
    for name, wait in list(state.waits.items()):
        if world.due(min(wait["deadline"], wait["last_deadline"])):
            complete(group, state, name, wait["default"])
            return False
    return False


def _terminating(world, group, state):
    if not state.force and not world.due(state.phase_ends):
        return False
    if state.leaving == "draining" and not state.force:
        state.leaving = "hooks"
        if _wait_for_hooks(world, group, state, TERMINATING, "Terminating:Wait"):
            return True
    if state.leaving != "ending":
        _end(world, group, state)
        return True
    if not world.due(state.phase_ends):
        return False
    if state.instance.state != "terminated":
        state.instance.terminate()
    if state in group.instance_states:
        group.instance_states.remove(state)
    state.lifecycle_state = "Terminated"
    state.activity.finish(group)
    return True


def _end(world, group, state):
    state.leaving = "ending"
    state.activity.status_code = "InProgress"
    gone = state.instance.state == "terminated"
    state.phase_ends = world.now + (0 if gone else world.settings.terminate_seconds)
    state.waits = {}


_STEPS = {
    "Pending": _pending,
    "Pending:Wait": _waiting,
    "Terminating": _terminating,
    "Terminating:Wait": _waiting,
    "Terminating:Proceed": _terminating,
}


def _wait_for_hooks(world, group, state, transition, waiting):
    for hook in group.autoscaling_backend.lifecycle_hooks.values():
        if hook.auto_scaling_group_name == group.name and hook.lifecycle_transition == transition:
            state.waits[hook.name] = {
                "token": str(mock_random.uuid4()),
                "timeout": int(hook.heartbeat_timeout),
                "deadline": world.now + int(hook.heartbeat_timeout),
                "last_deadline": world.now + last_deadline(hook),
                "default": hook.default_result,
            }
    if not state.waits:
        return False
    state.lifecycle_state = waiting
    state.activity.status_code = "MidLifecycleAction"
    return True


def last_deadline(hook):
    """ "The maximum is 172800 seconds (48 hours) or 100 times HeartbeatTimeout, whichever is smaller." """
    return min(172_800, 100 * int(hook.heartbeat_timeout))


def _leave_wait(group, state):
    world = world_of(group)
    if state.lifecycle_state == "Pending:Wait":
        _enter_service(world, group, state)
    elif state.lifecycle_state == "Terminating:Wait":
        state.lifecycle_state = "Terminating:Proceed"
        _end(world, group, state)


def _enter_service(world, group, state):
    state.lifecycle_state, state.in_service_at = "InService", world.now
    if state.activity is not None:
        state.activity.finish(group)
    register(group, [state])
    group.autoscaling_backend.update_attached_elbs(group.name)
    world.changed()
