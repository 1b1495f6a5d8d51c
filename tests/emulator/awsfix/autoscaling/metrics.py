"""Metrics of groups: enabled and disabled beside each other, all of them where none is named.

EnableMetricsCollection: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html
DisableMetricsCollection: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DisableMetricsCollection.html
"""

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from ..patching import adds, replaces
from .state import group_of

METRICS = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTerminatingRetainedInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTerminatingRetainedCapacity",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolPendingRetainedCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTerminatingRetainedCapacity",
    "WarmPoolTotalCapacity",
    "WarmPoolMinSize",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
)


@replaces(AutoScalingResponse)
def enable_metrics_collection(original, self):
    group, named = group_of(self), _named(self)
    if self.params.get("Granularity") != "1Minute":
        raise ValidationError("Granularity must be 1Minute")
    group.metrics = [metric for metric in METRICS if metric in named or metric in group.metrics]
    return EmptyResult()


@adds(AutoScalingResponse)
def disable_metrics_collection(self):
    group, named = group_of(self), _named(self)
    group.metrics = [metric for metric in group.metrics if metric not in named]
    return EmptyResult()


def _named(response):
    named = response.params.get("Metrics") or METRICS
    unknown = sorted(set(named) - set(METRICS))
    if unknown:
        raise ValidationError(f"Unknown metrics {unknown}")
    return named
