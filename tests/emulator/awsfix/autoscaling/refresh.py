"""The course of an instance refresh: what is replaced, how many at once, checkpoints, rollback, failure.

How an instance refresh works: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
Default values: https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
Checkpoints: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-adding-checkpoints-instance-refresh.html
Skip matching: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh-skip-matching.html
Rollback: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
"""

import math

from moto.moto_api._internal import mock_random

from ..elbv2.target_health import health
from ..world import timestamp, world_of
from . import lifecycle
from .groups import set_launch_settings
from .launching import configuration, resolve
from .state import count, counted

CAUSE = "an instance was taken out of service in response to an instance refresh."

# "Amazon EC2 Auto Scaling waits one hour for you to remove scale-in protection. Otherwise, the instance refresh will
# fail." The same hour is given to replacements that don't become ready.
PATIENCE_SECONDS = 3600
CHECKPOINT_DELAY_SECONDS = 3600


class Replacement:
    """One instance on its way out and the one that takes its place."""

    def __init__(self, old, launch_first):
        self.old = old
        self.new = None
        self.launch_first = launch_first
        self.old_told = not launch_first


class Refresh:
    """One refresh, in moto's spelling of the API's names."""

    strategy = "Rolling"

    def __init__(self, group, desired_configuration, preferences):
        world = world_of(group)
        self.group = group
        self.instance_refresh_id = str(mock_random.uuid4())
        self.auto_scaling_group_name = group.name
        self.desired_configuration = desired_configuration
        self.preferences = with_defaults(group, preferences)
        self.status, self.status_reason = "Pending", None
        self.start_time, self.end_time = timestamp(world.now), None
        self.rollback_details = None
        self._before = {state.instance_id for state in group.instance_states}
        self._finished = set()
        self._under_way = []
        self._total, self._done = None, 0
        self._last_progress = world.now
        self._checkpoints_passed = 0
        self._pause_ends = None
        self._bake_ends = None

    # -- what the engine asks --

    def configuration(self):
        """The configuration that launches must use, None for the group's own."""
        return None if self.status == "RollbackInProgress" else self.desired_configuration

    def surge(self):
        """Instances above the desired capacity, for those launched first."""
        return sum(1 for item in self._under_way if item.launch_first and not item.old_told)

    def holding(self):
        """Places kept free: the old instance is leaving and its replacement must wait for that."""
        return sum(
            1 for item in self._under_way if not item.launch_first and item.old in self.group.instance_states
        )

    def leaving(self):
        return [item.old for item in self._under_way]

    def take(self, state):
        """A new instance takes the first place that waits for one."""
        for item in self._under_way:
            if item.new is None or item.new not in self.group.instance_states:
                item.new = state
                return

    # -- the API's view --

    @property
    def instances_to_update(self):
        if self._total is None or self.status in ("Successful", "RollbackSuccessful"):
            return 0
        return self._total - self._done

    @property
    def percentage_complete(self):
        if self.status in ("Successful", "RollbackSuccessful"):
            return 100
        return int(100 * self._done / self._total) if self._total else 0

    # -- its course --

    def step(self, world):
        if self.status == "Pending":
            self.status = "InProgress"
        self._follow_replacements(world)
        blocked, waiting = self._remaining()
        if self._total is None:
            self._total = len(blocked) + len(waiting)
        if self.status == "Cancelling":
            if not self._under_way:
                self._finish(world, "Cancelled", "Cancelled by user.")
        elif not self._under_way and not blocked and not waiting:
            self._complete(world)
        elif self._paused(world):
            pass
        elif world.due(self._last_progress + PATIENCE_SECONDS):
            self._give_up(world)
        elif blocked and not waiting and not self._under_way:
            names = ", ".join(state.instance_id for state in blocked)
            self.status_reason = f"Waiting for instances to be no longer protected or in standby: {names}"
        else:
            self._begin_replacements(world, waiting)

    def roll_back(self, world, reason):
        """Turns around: what was replaced is replaced again, by the group's own configuration."""
        self.rollback_details = {
            "RollbackReason": reason,
            "RollbackStartTime": timestamp(world.now),
            "PercentageCompleteOnRollback": self.percentage_complete,
            "InstancesToUpdateOnRollback": self.instances_to_update,
        }
        under_way, self._under_way = self._under_way, []
        self.status, self._total, self._done, self._finished = "RollbackInProgress", None, 0, set()
        self._last_progress, self._pause_ends, self.status_reason = world.now, None, None
        for item in under_way:
            # The surplus goes, not the instance that is still in service.
            if item.new in self.group.instance_states and item.launch_first and not item.old_told:
                lifecycle.terminate(self.group, item.new, CAUSE)
        world.changed()

    def cancel(self, world):
        self.status = "Cancelling"
        world.changed()

    def _follow_replacements(self, world):
        group = self.group
        for item in list(self._under_way):
            gone = item.old not in group.instance_states
            if item.new is not None and (item.new not in group.instance_states or not counted(item.new)):
                item.new = None
            if item.new is None:
                full = count(group) + self.holding() >= (group.desired_capacity or 0) + self.surge()
                if (gone or item.launch_first) and full:
                    # The group was made smaller: no replacement will come.
                    self._under_way.remove(item)
                    self._total -= gone
                    world.changed()
                continue
            ready = self._ready(world, item.new)
            if ready and not item.old_told:
                item.old_told = True
                lifecycle.terminate(group, item.old, CAUSE)
                gone = item.old not in group.instance_states
            if ready and gone:
                self._under_way.remove(item)
                self._finished.add(item.new.instance_id)
                self._done += 1
                self._last_progress = world.now
                world.changed()

    def _ready(self, world, state):
        if state.lifecycle_state != "InService" or state.health_status != "Healthy":
            return False
        return world.due(state.in_service_at + self._warm_up()) and self._passes_checks(world, state)

    def _passes_checks(self, world, state):
        """With ELB health checks, an instance isn't ready before its target groups say so."""
        group = self.group
        if "ELB" not in (group.health_check_type or ""):
            return True
        known = group.autoscaling_backend.elbv2_backend.target_groups
        for arn in group.target_group_arns:
            if arn in known:
                found = health(known[arn], {"Id": state.instance_id}).status
                if found not in ("healthy", "unused"):
                    return False
        return True

    def _warm_up(self):
        given = self.preferences.get("InstanceWarmup")
        if given is None or given < 0:
            given = getattr(self.group, "default_instance_warmup", None)
        return given if given is not None and given >= 0 else self.group.health_check_grace_period or 0

    def _remaining(self):
        """(instances that must be waited for, instances to replace)."""
        leaving = self.leaving()
        blocked, waiting = [], []
        for state in self.group.instance_states:
            if state in leaving or not (counted(state) or state.lifecycle_state == "Standby"):
                continue
            if not self._outdated(state):
                continue
            answer = self._preference_for(state)
            if answer == "Wait":
                blocked.append(state)
            elif answer != "Ignore":
                waiting.append(state)
        return blocked, waiting

    def _outdated(self, state):
        if self.status == "RollbackInProgress":
            return state.instance_id not in self._before and not self._matches(state)
        if state.instance_id not in self._before or state.instance_id in self._finished:
            return False
        return not (self.preferences["SkipMatching"] and self._matches(state))

    def _matches(self, state):
        specification, policy = configuration(self.group)
        have = state.launch_template
        if specification is None or not have:
            return False
        template, version = resolve(self.group, specification)
        if (have["LaunchTemplateId"], str(have["Version"])) != (template.id, str(version.number)):
            return False
        overrides = (policy or {}).get("LaunchTemplate", {}).get("Overrides") or []
        types = [found["InstanceType"] for found in overrides if found.get("InstanceType")]
        return not types or state.instance_type in types

    def _preference_for(self, state):
        if state.lifecycle_state == "Standby":
            return self.preferences["StandbyInstances"]
        return self.preferences["ScaleInProtectedInstances"] if state.protected_from_scale_in else "Refresh"

    def _begin_replacements(self, world, waiting):
        group, desired = self.group, self.group.desired_capacity or 0
        least, most = self.preferences["MinHealthyPercentage"], self.preferences["MaxHealthyPercentage"]
        launch_first = most > 100
        if launch_first:
            at_once = max(1, math.floor(desired * most / 100) - desired)
        else:
            at_once = max(1, desired - math.ceil(desired * least / 100))
        # Never more than the next checkpoint allows.
        at_once = min(at_once, len(self._under_way) + self._until_checkpoint())
        standby = [state for state in waiting if state.lifecycle_state == "Standby"]
        for state in standby:
            self._done += 1
            lifecycle.terminate(group, state, CAUSE)
        waiting = [state for state in waiting if state not in standby]
        if count(group) + self.holding() != desired + self.surge():
            return
        healthy = sum(
            1
            for state in group.instance_states
            if state.lifecycle_state == "InService" and state.health_status == "Healthy"
        )
        for state in waiting:
            if len(self._under_way) >= at_once or (
                not launch_first and healthy < desired and not self._under_way
            ):
                return
            self._under_way.append(Replacement(state, launch_first))
            world.changed()
            if not launch_first:
                lifecycle.terminate(group, state, CAUSE)

    def _until_checkpoint(self):
        percentages = self.preferences.get("CheckpointPercentages") or []
        if self.status == "RollbackInProgress" or self._checkpoints_passed >= len(percentages):
            return len(self.group.instance_states)
        goal = math.ceil(self._total * percentages[self._checkpoints_passed] / 100)
        return max(0, goal - self._done - len(self._under_way))

    def _paused(self, world):
        percentages = self.preferences.get("CheckpointPercentages") or []
        if self.status == "RollbackInProgress":
            return False
        if self._pause_ends is not None:
            if not world.due(self._pause_ends):
                return True
            self._pause_ends, self.status_reason, self._last_progress = None, None, world.now
        while self._checkpoints_passed < len(percentages):
            reached = percentages[self._checkpoints_passed]
            if self._under_way or self._done < math.ceil(self._total * reached / 100):
                return False
            self._checkpoints_passed += 1
            delay = self.preferences.get("CheckpointDelay")
            self._pause_ends = world.now + (CHECKPOINT_DELAY_SECONDS if delay is None else delay)
            if not world.due(self._pause_ends):
                self.status_reason = (
                    f"Instance refresh reached its checkpoint at {reached} percent and waits."
                )
                return True
        return False

    def _complete(self, world):
        bake = self.preferences.get("BakeTime") or 0
        if bake and self.status in ("InProgress", "Baking"):
            if self._bake_ends is None:
                self._bake_ends, self.status = world.now + bake, "Baking"
            if not world.due(self._bake_ends):
                return
        if self.status == "RollbackInProgress":
            self._finish(world, "RollbackSuccessful", None)
            return
        if self.desired_configuration:
            self._apply_configuration()
        self._finish(world, "Successful", None)

    def _apply_configuration(self):
        set_launch_settings(self.group, self.desired_configuration)

    def _give_up(self, world):
        if self.preferences["AutoRollback"] and self.status == "InProgress":
            self.roll_back(world, "Automatic rollback: the instance refresh made no progress for one hour")
            return
        reason = "Instances did not become ready, or stayed protected or in standby, for one hour"
        self._finish(world, "RollbackFailed" if self.status == "RollbackInProgress" else "Failed", reason)

    def _finish(self, world, status, reason):
        self.status, self.status_reason, self.end_time = status, reason, timestamp(world.now)
        world.changed()


def with_defaults(group, given):
    """Preferences as the API shows them: the given over the group's maintenance policy over AWS's defaults."""
    found = {
        "MinHealthyPercentage": 90,
        "MaxHealthyPercentage": 100,
        "SkipMatching": False,
        "AutoRollback": False,
        "ScaleInProtectedInstances": "Wait",
        "StandbyInstances": "Wait",
    }
    policy = getattr(group, "instance_maintenance_policy", None) or {}
    found.update({key: value for key, value in policy.items() if value is not None and value >= 0})
    found.update(given or {})
    return found
