"""The health of targets: initial until the checks passed, unused without a load balancer, draining when they leave.

Target health status: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/check-target-health.html
Deregistration delay: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
RegisterTargets: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
DeregisterTargets: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
"""

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError

from ..patching import replaces
from ..world import actor, backends_of, world_of
from .listeners import users

Group = models.FakeTargetGroup


@actor
def follow_usage(world):
    """Keeps, for each target group, who uses it and since when."""
    for _, backend in backends_of(models.elbv2_backends, world.account):
        used = users(backend)
        for group in backend.target_groups.values():
            group.load_balancer_arns = [balancer.arn for balancer in used.get(group.arn, ())]
            if not group.load_balancer_arns:
                group.used_since = None
            elif group.used_since is None:
                group.used_since = world.now


@replaces(Group)
def register(original, self, targets):
    world = world_of(self)
    for target in targets:
        known = self.targets.get(target["Id"])
        if known and str(known["Port"]) == str(target.get("Port", self.port)):
            continue
        if target["Id"].startswith("i-"):
            instance = self.ec2_backend.get_instance_by_id(target["Id"])
            if instance is None or (self.vpc_id and instance.vpc_id != self.vpc_id):
                raise ELBClientError(
                    "InvalidTarget",
                    f"The following targets are not valid instances in the VPC of the target group: '{target['Id']}'",
                )
        original(self, [target])
        self.targets[target["Id"]]["since"] = world.now
        world.changed()


@replaces(Group)
def deregister(original, self, targets):
    drain(self, [target["Id"] for target in targets])


@replaces(Group)
def deregister_terminated_instances(original, self, instance_ids):
    drain(self, instance_ids)


def drain(group, ids):
    """Takes targets out; they drain for the deregistration delay. Unknown ones are no error."""
    world = world_of(group)
    for target_id in ids:
        target = group.targets.pop(target_id, None)
        if target is not None:
            group.deregistered_targets[target_id] = {**target, "left": world.now}
            world.changed()


@replaces(models.ELBv2Backend)
def describe_target_health(original, self, target_group_arn, targets):
    group = self.target_groups.get(target_group_arn)
    if group is None:
        raise TargetGroupNotFoundError()
    if targets:
        return [health(group, target) for target in targets]
    registered = [health(group, target) for target in group.targets.values()]
    leaving = [health(group, target) for target in list(group.deregistered_targets.values())]
    return registered + [found for found in leaving if found.status == "draining"]


@replaces(Group)
def health_for(original, self, target, ec2_backend):
    return health(self, target)


def health(group, target):
    """The state of one target at the world's present, as a moto health description.

    Whoever asks while time is played is asked again when the answer may change.
    """
    world = world_of(group)
    target_id = target["Id"]
    known = group.targets.get(target_id)
    port = (known or target).get("Port", group.port)

    def found(state, reason=None, description=None):
        check_port = group.health_check_port if group.health_check_port != "traffic-port" else str(port)
        return models.FakeHealthStatus(target_id, port, check_port, state, reason, description)

    if known is None:
        return _health_of_unregistered(world, group, target_id, found)
    backend = models.elbv2_backends[group.account_id][group.region_name]
    balancers = [
        backend.load_balancers[arn] for arn in group.load_balancer_arns if arn in backend.load_balancers
    ]
    if not balancers:
        return found(
            "unused",
            "Target.NotInUse",
            "Target group is not configured to receive traffic from the load balancer",
        )
    instance = group.ec2_backend.get_instance_by_id(target_id) if target_id.startswith("i-") else None
    if instance is not None and instance.state != "running":
        return found("unused", "Target.InvalidState", f"Target is in the {instance.state} state")
    if instance is not None and not any(
        _serves_zone(balancer, instance.placement.zone) for balancer in balancers
    ):
        return found(
            "unused",
            "Target.NotInUse",
            "Target is in an Availability Zone that is not enabled for the load balancer",
        )
    return _checked_health(world, group, known, balancers, found)


def _health_of_unregistered(world, group, target_id, found):
    leaving = group.deregistered_targets.get(target_id)
    delay = float(group.attributes.get("deregistration_delay.timeout_seconds", 300))
    if leaving is not None and group.load_balancer_arns and world.now < leaving["left"] + delay:
        return found("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
    group.deregistered_targets.pop(target_id, None)
    return found("unused", "Target.NotRegistered", "Target is not registered to the target group")


def _checked_health(world, group, target, balancers, found):
    interval = int(group.health_check_interval_seconds)
    passing = interval * int(group.healthy_threshold_count)
    started = max(target["since"], group.used_since or 0, min(balancer.active_at for balancer in balancers))
    failing = world.failing.get(target["Id"])
    if not any(world.due(balancer.active_at) for balancer in balancers):
        return found("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
    if failing is not None:
        first_verdict = started + interval * int(group.unhealthy_threshold_count)
        if failing >= started + passing or world.due(first_verdict):
            return _unhealthy(world, group, max(failing, min(first_verdict, world.now)), found)
        return found("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
    recovered = world.recovered.get(target["Id"], 0)
    if recovered > started and not world.due(recovered + passing):
        return _unhealthy(world, group, recovered, found)
    if not world.due(started + passing):
        return found("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
    return found("healthy")


def _unhealthy(world, group, since, found):
    terminates = group.attributes.get("target_health_state.unhealthy.connection_termination.enabled", "true")
    interval = float(group.attributes.get("target_health_state.unhealthy.draining_interval_seconds", 0))
    if terminates == "false" and not world.due(since + interval):
        return found("unhealthy.draining", "Target.FailedHealthChecks", "Health checks failed")
    return found("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def _serves_zone(balancer, zone):
    return zone in [subnet.availability_zone for subnet in balancer.subnets]
