"""Groups: created once, kept as given, updated in part, deleted when empty or by force.

CreateAutoScalingGroup: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
UpdateAutoScalingGroup: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html
InstancesDistribution: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
DeleteAutoScalingGroup: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
SetDesiredCapacity: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html
Deletion protection: https://docs.aws.amazon.com/autoscaling/ec2/userguide/resource-deletion-protection.html
Updates during a refresh: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
"""

import copy

from botocore import xform_name
from moto.autoscaling import models
from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.exceptions import ServiceException, _RESTError
from moto.core.responses import EmptyResult
from moto.iam.models import iam_backends

from ..iam import is_seen
from ..patching import adds, replaces
from . import lifecycle
from .hooks import check_hook, put_hook
from .launching import resolve
from .state import active_refresh, changeable_group_of, group_of
from .traffic_sources import target_group_arns

# Settings that moto drops at creation, on update, or both.
KEPT = (
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityRebalance",
    "CapacityReservationSpecification",
    "Context",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DeletionProtection",
    "DesiredCapacityType",
    "HealthCheckGracePeriod",
    "HealthCheckType",
    "InstanceLifecyclePolicy",
    "InstanceMaintenancePolicy",
    "MaxInstanceLifetime",
    "NewInstancesProtectedFromScaleIn",
    "PlacementGroup",
    "ServiceLinkedRoleARN",
    "TerminationPolicies",
)

# "To clear a previously set value, specify a value of -1."
CLEARS = {
    "DefaultInstanceWarmup": -1,
    "InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
}

PROTECTION_LEVELS = ("none", "prevent-force-deletion", "prevent-all-deletion")

# What the engine keeps about a group, until its creation is complete.
for _name, _value in {"ready": False, "status": None, "moving": None, "no_launch_before": 0.0}.items():
    adds(models.FakeAutoScalingGroup, _name)(_value)


@replaces(AutoScalingResponse)
def create_auto_scaling_group(original, self):
    given, backend = self.params, self.autoscaling_backend
    name = given["AutoScalingGroupName"]
    if name in backend.autoscaling_groups:
        raise AutoscalingClientError(
            "AlreadyExists",
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
        )
    check_sizes(given.get("MinSize"), given.get("MaxSize"), given.get("DesiredCapacity"))
    check_settings(given)
    arns = target_group_arns(backend, given.get("TargetGroupARNs"), given.get("TrafficSources"))
    hooks = given.get("LifecycleHookSpecificationList") or []
    for hook in hooks:
        check_hook(hook)
    _check_subnets(backend, given)
    check_launch_settings(backend, given)
    original(self)
    group = backend.autoscaling_groups[name]
    group.refreshes, group.instance_states = [], []
    group.target_group_arns = arns
    group.health_check_grace_period = 0
    group.deletion_protection = "none"
    group.availability_zone_distribution = {"CapacityDistributionStrategy": "balanced-best-effort"}
    keep(group, given)
    complete(group.mixed_instances_policy)
    for hook in hooks:
        put_hook(group, hook)
    group.ready = True
    return EmptyResult()


@replaces(AutoScalingResponse)
def update_auto_scaling_group(original, self):
    given, group = self.params, changeable_group_of(self)
    least, most = given.get("MinSize", group.min_size), given.get("MaxSize", group.max_size)
    desired = given.get("DesiredCapacity")
    check_sizes(least, most, desired)
    check_settings(given)
    _check_subnets(self.autoscaling_backend, given)
    check_launch_settings(self.autoscaling_backend, given, required=False)
    _check_no_refresh_decides(group, given)
    if given.get("VPCZoneIdentifier") or given.get("AvailabilityZones"):
        group._set_azs_and_vpcs(
            given.get("AvailabilityZones", []), given.get("VPCZoneIdentifier"), update=True
        )
    set_launch_settings(group, given)
    group.min_size, group.max_size = least, most
    keep(group, given)
    # "If a new value for MinSize is specified without setting DesiredCapacity, and the new MinSize is larger than the
    # current size of the group, this sets the group's DesiredCapacity to the new MinSize value", and so for MaxSize.
    group.set_desired_capacity(
        desired if desired is not None else min(max(group.desired_capacity, least), most)
    )
    group.no_launch_before = 0.0
    return EmptyResult()


def _check_no_refresh_decides(group, given):
    refresh = active_refresh(group)
    if refresh is None or not refresh.desired_configuration:
        return
    if any(given.get(key) for key in ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy")):
        raise ValidationError(
            "An active instance refresh with a desired configuration exists. All configuration options derived from "
            "the desired configuration are not available for update while the instance refresh is active."
        )


def set_launch_settings(group, given):
    policy, template, name = (
        given.get("MixedInstancesPolicy"),
        given.get("LaunchTemplate"),
        given.get("LaunchConfigurationName"),
    )
    if policy:
        policy = copy.deepcopy(policy)
        before = group.mixed_instances_policy or {}
        policy.setdefault("InstancesDistribution", before.get("InstancesDistribution", {}))
        policy.setdefault("LaunchTemplate", before.get("LaunchTemplate", {}))
        if "LaunchTemplateSpecification" not in policy["LaunchTemplate"]:
            own = {"LaunchTemplateId": group.ec2_launch_template.id, "Version": group.launch_template_version}
            policy["LaunchTemplate"]["LaunchTemplateSpecification"] = own
        complete(policy)
        group.mixed_instances_policy = policy
        group._set_launch_configuration(None, None, policy)
    elif template:
        group.mixed_instances_policy = None
        group._set_launch_configuration(None, template, None)
    elif name:
        group.mixed_instances_policy = group.ec2_launch_template = None
        group._set_launch_configuration(name, None, None)
    if policy or template:
        group.launch_config = group.launch_configuration_name = None


def complete(policy):
    """Fills in the defaults of a mixed instances policy, which AWS shows."""
    if not policy:
        return
    distribution = policy.setdefault("InstancesDistribution", {})
    for key, default in (
        ("OnDemandAllocationStrategy", "prioritized"),
        ("OnDemandBaseCapacity", 0),
        ("OnDemandPercentageAboveBaseCapacity", 100),
        ("SpotAllocationStrategy", "lowest-price"),
    ):
        distribution.setdefault(key, default)
    if distribution["SpotAllocationStrategy"] == "lowest-price":
        distribution.setdefault("SpotInstancePools", 2)
    # "To remove a maximum price that you previously set, include the property but specify an empty string."
    if distribution.get("SpotMaxPrice") == "":
        del distribution["SpotMaxPrice"]


@replaces(models.FakeAutoScalingGroup, "launch_template")
def group_launch_template(original, self):
    """A group with a mixed instances policy shows its template there only."""
    return None if self.mixed_instances_policy else original(self)


@replaces(AutoScalingResponse)
def delete_auto_scaling_group(original, self):
    group, force = group_of(self), self._get_bool_param("ForceDelete", False)
    protection = group.deletion_protection
    if protection == "prevent-all-deletion" or (protection == "prevent-force-deletion" and force):
        raise ValidationError(
            f"AutoScalingGroup '{group.name}' can't be deleted: its deletion protection is {protection}"
        )
    if not force and group.instance_states:
        if all(state.lifecycle_state.startswith("Terminating") for state in group.instance_states):
            raise AutoscalingClientError(
                "ScalingActivityInProgress",
                "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.",
            )
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    group.status, group.desired_capacity, group.min_size = "Delete in progress", 0, 0
    for state in list(group.instance_states):
        lifecycle.terminate(
            group, state, "an instance was taken out of service in response to a user request.", force=True
        )
    hooks = self.autoscaling_backend.lifecycle_hooks
    for key in [key for key, hook in hooks.items() if hook.auto_scaling_group_name == group.name]:
        del hooks[key]
    return EmptyResult()


@replaces(AutoScalingResponse, "set_desired_capacity")
def set_desired_capacity_response(original, self):
    group, wanted = changeable_group_of(self), self._get_int_param("DesiredCapacity")
    if wanted > group.max_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {wanted} is above max value {group.max_size} for the AutoScalingGroup."
        )
    if wanted < group.min_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {wanted} is below min value {group.min_size} for the AutoScalingGroup."
        )
    group.set_desired_capacity(wanted)
    return EmptyResult()


def keep(group, given):
    """Sets what is given of the settings that moto would drop."""
    for key in KEPT:
        if key in given:
            value = given[key]
            setattr(group, xform_name(key), None if value == CLEARS.get(key) else value)


def check_sizes(least, most, desired):
    if least is not None and most is not None and least > most:
        raise ValidationError(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    if desired is not None and (
        (most is not None and desired > most) or (least is not None and desired < least)
    ):
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
        )


def check_settings(given):
    level = given.get("DeletionProtection")
    if level is not None and level not in PROTECTION_LEVELS:
        raise ValidationError(
            f"Invalid deletion protection '{level}': must be one of {list(PROTECTION_LEVELS)}"
        )
    lifetime = given.get("MaxInstanceLifetime")
    # "The value must be at least 86400 seconds (1 day)"; 0 clears it.
    if lifetime and int(lifetime) < 86_400:
        raise ValidationError("MaxInstanceLifetime must be 0 or at least 86400 seconds")
    kind = given.get("HealthCheckType")
    if kind is not None and not set(kind.split(",")) <= {"EC2", "ELB", "EBS", "VPC_LATTICE"}:
        raise ValidationError(f"Invalid health check type {kind}")
    strategy = (given.get("AvailabilityZoneDistribution") or {}).get("CapacityDistributionStrategy")
    if strategy not in (None, "balanced-only", "balanced-best-effort"):
        raise ValidationError(f"Invalid capacity distribution strategy {strategy}")
    policy = given.get("InstanceMaintenancePolicy") or {}
    low, high = policy.get("MinHealthyPercentage"), policy.get("MaxHealthyPercentage")
    if (low is None) != (high is None):
        raise ValidationError("Both MinHealthyPercentage and MaxHealthyPercentage must be specified")
    # -1 for both clears a policy.
    if (
        low is not None
        and (low, high) != (-1, -1)
        and not (0 <= low <= 100 <= high <= 200 and high - low <= 100)
    ):
        raise ValidationError("Healthy percentages must be 0-100 and 100-200, at most 100 apart")


def _check_subnets(backend, given):
    for subnet_id in (given.get("VPCZoneIdentifier") or "").split(","):
        if subnet_id.strip():
            try:
                backend.ec2_backend.get_subnet(subnet_id.strip())
            except (ServiceException, _RESTError):
                raise ValidationError(f"The subnet ID '{subnet_id.strip()}' does not exist") from None


def check_launch_settings(backend, given, required=True):
    """The template and the instance profile in it exist; AWS tries the launch when a group is made or changed."""
    policy = given.get("MixedInstancesPolicy")
    specification = given.get("LaunchTemplate")
    if policy:
        specification = (policy.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification")
        if required and not specification:
            raise ValidationError("The mixed instances policy must include a launch template specification")
    if not specification:
        return
    fault = "You must use a valid fully-formed launch template. "
    if bool(specification.get("LaunchTemplateId")) == bool(specification.get("LaunchTemplateName")):
        raise ValidationError("Valid requests must contain either launchTemplateId or LaunchTemplateName")
    try:
        _, version = resolve(_Place(backend.ec2_backend), specification)
    except (ServiceException, _RESTError) as problem:
        raise ValidationError(fault + problem.message) from None
    if not version.image_id:
        raise ValidationError(fault + "The request must contain the parameter ImageId")
    profile = version.data.get("IamInstanceProfile") or {}
    profiles = iam_backends[backend.account_id][backend.partition].instance_profiles.values()
    known = [one for one in profiles if is_seen(backend.account_id, one)]
    for key, attribute in (("Name", "name"), ("Arn", "arn")):
        wanted = profile.get(key)
        if wanted and not any(getattr(found, attribute) == wanted for found in known):
            raise ValidationError(
                fault
                + f"Value ({wanted}) for parameter iamInstanceProfile.{key.lower()} is invalid. Invalid IAM Instance Profile {key.lower()}"
            )


class _Place:
    """Where to look up a template before there is a group."""

    def __init__(self, ec2_backend):
        self.ec2_backend = ec2_backend
