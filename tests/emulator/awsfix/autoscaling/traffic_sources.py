"""Traffic sources: the newer way to attach target groups.

AttachTrafficSources: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachTrafficSources.html
DetachTrafficSources: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachTrafficSources.html
DescribeTrafficSources: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeTrafficSources.html
TrafficSourceState: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TrafficSourceState.html
"""

from moto.autoscaling import models
from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from ..elbv2.target_health import health
from ..patching import adds, replaces
from . import lifecycle
from .state import changeable_group_of, group_of


def target_group_arns(backend, arns, sources):
    """The target groups named either way, each once; refuses what isn't there."""
    found = list(arns or [])
    for source in sources or []:
        kind = source.get("Type") or ("elbv2" if ":targetgroup/" in source["Identifier"] else "elb")
        if kind != "elbv2":
            raise ValidationError(f"Traffic sources of type {kind} aren't known here")
        if source["Identifier"] not in found:
            found.append(source["Identifier"])
    if any(arn not in backend.elbv2_backend.target_groups for arn in found):
        raise ValidationError(
            "Provided Target Groups may not be valid. Please ensure they exist and try again."
        )
    return found


@adds(models.FakeAutoScalingGroup, "traffic_sources")
@property
def traffic_sources(self):
    return [{"Identifier": arn, "Type": "elbv2"} for arn in self.target_group_arns]


@adds(AutoScalingResponse)
def attach_traffic_sources(self):
    group = changeable_group_of(self)
    _attach(group, target_group_arns(self.autoscaling_backend, [], self.params["TrafficSources"]))
    return EmptyResult()


@replaces(AutoScalingResponse)
def attach_load_balancer_target_groups(original, self):
    group = changeable_group_of(self)
    _attach(group, target_group_arns(self.autoscaling_backend, self.params["TargetGroupARNs"], []))
    return EmptyResult()


@adds(AutoScalingResponse)
def detach_traffic_sources(self):
    _detach(changeable_group_of(self), [source["Identifier"] for source in self.params["TrafficSources"]])
    return EmptyResult()


@replaces(AutoScalingResponse)
def detach_load_balancer_target_groups(original, self):
    _detach(changeable_group_of(self), self.params["TargetGroupARNs"])
    return EmptyResult()


@adds(AutoScalingResponse)
def describe_traffic_sources(self):
    group, kind = group_of(self), self.params.get("TrafficSourceType")
    arns = group.target_group_arns if kind in (None, "elbv2") else []
    found = [
        {"Identifier": arn, "TrafficSource": arn, "Type": "elbv2", "State": _attachment(group, arn)}
        for arn in arns
    ]
    return ActionResult({"TrafficSources": found})


@replaces(AutoScalingResponse)
def describe_load_balancer_target_groups(original, self):
    group = group_of(self)
    found = [
        {"LoadBalancerTargetGroupARN": arn, "State": _attachment(group, arn)}
        for arn in group.target_group_arns
    ]
    return ActionResult({"LoadBalancerTargetGroups": found})


def _attach(group, arns):
    group.target_group_arns = group.target_group_arns + [
        arn for arn in arns if arn not in group.target_group_arns
    ]
    lifecycle.register(
        group, [state for state in group.instance_states if state.lifecycle_state == "InService"]
    )


def _detach(group, arns):
    missing = [arn for arn in arns if arn not in group.target_group_arns]
    if missing:
        raise ValidationError(f"Trying to remove Target Groups that are not part of the group: {missing}")
    kept = [arn for arn in group.target_group_arns if arn not in arns]
    group.target_group_arns = list(arns)
    lifecycle.deregister(group, group.instance_states)
    group.target_group_arns = kept


def _attachment(group, arn):
    """Added once attached; InService once at least one instance passes the health checks."""
    target_group = group.autoscaling_backend.elbv2_backend.target_groups.get(arn)
    if target_group is None:
        return "Removed"
    healths = [health(target_group, {"Id": state.instance_id}).status for state in group.instance_states]
    return "InService" if "healthy" in healths else "Added"
