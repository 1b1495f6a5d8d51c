"""Launching an instance for a group: which zone, which template version, which type, with everything they say.

Availability Zone distribution: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
Launch templates: https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html
Mixed instances groups: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
Allocation ("On-Demand base capacity", percentages): https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
"""

import copy
import math

from moto.autoscaling.models import ASG_NAME_TAG, InstanceState
from moto.core.exceptions import ServiceException, _RESTError
from moto.ec2.utils import convert_tag_spec

from ..patching import replaces
from ..world import world_of
from . import activities, lifecycle
from .state import active_refresh, count, counted, zones

# How long a group waits after a failed launch before it tries again.
RETRY_SECONDS = 60

NOT_LAUNCHED = "Launching EC2 instance failed."

NO_CAPACITY = (
    "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient "
    "{kind} capacity in the Availability Zone you requested ({zone}). Our system will be working on provisioning "
    "additional capacity."
)


def launch(
    group, cause="an instance was started in response to a difference between desired and actual capacity"
):
    """Launches one instance; records the failure and gives None if that can't be done."""
    world = world_of(group)
    if not world.due(group.no_launch_before):
        return None
    try:
        return _launch(world, group, cause)
    except (ServiceException, _RESTError) as problem:
        code = getattr(problem, "error_type", None) or problem.code
        activities.fail(group, f"{problem.message} ({code}).")
        group.no_launch_before = world.now + RETRY_SECONDS
        world.due(group.no_launch_before)
        return None


def _launch(world, group, cause):
    plan = launch_plan(group)
    subnet = _choose_subnet(world, group, plan["type"])
    if subnet is None:
        group.no_launch_before = world.now + RETRY_SECONDS
        world.due(group.no_launch_before)
        return None
    before = count(group)
    tags = {**plan["tags"].get("instance", {}), **group.get_propagated_tags(), ASG_NAME_TAG: group.name}
    reservation = group.ec2_backend.run_instances(
        plan["image"],
        1,
        plan["user_data"],
        plan["security_group_names"],
        region_name=group.region,
        placement=subnet.availability_zone,
        subnet_id=subnet.id,
        instance_type=plan["type"],
        is_instance_type_default=False,
        associate_public_ip=plan["public_ip"],
        tags={"instance": tags, "volume": plan["tags"].get("volume", {})},
        **plan["rest"],
    )
    instance = reservation.instances[0]
    instance.autoscaling_group = group
    if plan["lifecycle"]:
        instance.lifecycle = plan["lifecycle"]
    _give_profile(group, instance, plan["profile"])
    state = InstanceState(
        instance,
        lifecycle_state="Pending",
        protected_from_scale_in=group.new_instances_protected_from_scale_in,
    )
    state.launched_from, state.image_id, state.lifecycle = plan["template"], plan["image"], plan["lifecycle"]
    activity = activities.begin(
        group,
        f"Launching a new EC2 instance: {instance.id}",
        f"{cause}, increasing the capacity from {before} to {before + 1}.",
        "PreInService",
    )
    lifecycle.adopt(group, state, activity)
    group.instance_states.append(state)
    if world.settings.new_targets_fail:
        world.failing[instance.id] = world.now
    refresh = active_refresh(group)
    if refresh:
        refresh.take(state)
    world.changed()
    return state


def _give_profile(group, instance, profile):
    if not profile:
        return
    try:
        group.ec2_backend.associate_iam_instance_profile(
            instance_id=instance.id,
            iam_instance_profile_name=profile.get("Name"),
            iam_instance_profile_arn=profile.get("Arn"),
        )
    except (ServiceException, _RESTError):
        # AWS checks before it launches; moto can only be asked afterwards.
        instance.terminate()
        raise


def _choose_subnet(world, group, kind):
    """The subnet of the emptiest zone; a zone without capacity is tried, noted, and passed over if the group allows."""
    found = zones(group)
    if not found:
        activities.fail(group, f"The subnets {group.vpc_zone_identifier} do not exist. {NOT_LAUNCHED}")
    load = zone_load(group)
    balanced_only = (
        group.availability_zone_distribution.get("CapacityDistributionStrategy") == "balanced-only"
    )
    for zone in sorted(found, key=lambda name: (load.get(name, 0), name)):
        if zone in world.settings.dead_zones:
            activities.fail(group, NO_CAPACITY.format(kind=kind, zone=zone))
            if balanced_only:
                return None
            continue
        here = [state.instance.subnet_id for state in group.instance_states if counted(state)]
        return min(found[zone], key=lambda subnet: here.count(subnet.id))
    return None


def zone_load(group):
    """How many instances each zone holds, without those that a refresh is about to take away."""
    refresh = active_refresh(group)
    leaving = refresh.leaving() if refresh else []
    load = {}
    for state in group.instance_states:
        if counted(state) and state not in leaving:
            load[state.availability_zone] = load.get(state.availability_zone, 0) + 1
    return load


def configuration(group):
    """(launch template specification, mixed instances policy) that launches use now: the refresh's or the group's."""
    refresh = active_refresh(group)
    wanted = refresh.configuration() if refresh else None
    if wanted is not None:
        policy = wanted.get("MixedInstancesPolicy")
        if policy is None:
            return wanted["LaunchTemplate"], None
        specification = policy["LaunchTemplate"].get("LaunchTemplateSpecification")
        return specification or _own_specification(group), policy
    return (
        (_own_specification(group), group.mixed_instances_policy)
        if group.ec2_launch_template
        else (None, None)
    )


def _own_specification(group):
    return {"LaunchTemplateId": group.ec2_launch_template.id, "Version": group.launch_template_version}


def resolve(group, specification):
    """(template, version) of a specification."""
    ec2 = group.ec2_backend
    if specification.get("LaunchTemplateId"):
        template = ec2.get_launch_template(specification["LaunchTemplateId"])
    else:
        template = ec2.get_launch_template_by_name(specification["LaunchTemplateName"])
    return template, template.get_version(specification.get("Version") or "$Default")


def launch_plan(group):
    """Everything that the template, the overrides and the group's policy say about the next instance."""
    specification, policy = configuration(group)
    if specification is None:
        return _plan_of_configuration(group.launch_config)
    override, lifecycle_kind = _next_override(group, policy)
    specification = override.get("LaunchTemplateSpecification") or specification
    template, version = resolve(group, specification)
    data = version.data
    interfaces = [dict(found) for found in copy.deepcopy(data.get("NetworkInterfaces", []))]
    for interface in interfaces:
        interface.setdefault("DeviceIndex", 0)
    rest = {
        "launch_template": {"LaunchTemplateId": template.id, "Version": str(version.number)},
        "nics": interfaces,
        "metadata_options": data.get("MetadataOptions", {}),
        "ebs_optimized": data.get("EbsOptimized", False),
        "security_group_ids": list(data.get("SecurityGroupIds", [])),
        "monitoring_state": "enabled" if (data.get("Monitoring") or {}).get("Enabled") else "disabled",
        "key_name": data.get("KeyName"),
    }
    if rest["key_name"]:
        # Refused if there is none; moto itself only looks if it is told to.
        group.ec2_backend.describe_key_pairs([rest["key_name"]])
    if data.get("BlockDeviceMappings"):
        rest["block_device_mappings"] = [
            {**mapping, "Ebs": mapping.get("Ebs", {})} for mapping in data["BlockDeviceMappings"]
        ]
    return {
        "image": version.image_id,
        "type": override.get("InstanceType") or data.get("InstanceType") or "m5.large",
        "user_data": version.user_data,
        "security_group_names": [],
        "profile": data.get("IamInstanceProfile"),
        "public_ip": None,
        "tags": convert_tag_spec(data.get("TagSpecifications", [])),
        "template": {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "Version": str(version.number),
        },
        "lifecycle": lifecycle_kind or (data.get("InstanceMarketOptions") or {}).get("MarketType"),
        "rest": rest,
    }


def _plan_of_configuration(found):
    return {
        "image": found.image_id,
        "type": found.instance_type,
        "user_data": found.user_data,
        "security_group_names": found.security_groups,
        "profile": None,
        "public_ip": found.associate_public_ip_address,
        "tags": {},
        "template": None,
        "lifecycle": None,
        "rest": {"launch_config": found},
    }


def _next_override(group, policy):
    """The first override (they are in order of priority) and whether a spot instance is due."""
    if not policy:
        return {}, None
    overrides = policy["LaunchTemplate"].get("Overrides") or [{}]
    distribution = policy.get("InstancesDistribution") or {}
    desired = group.desired_capacity or 0
    base = min(int(distribution.get("OnDemandBaseCapacity") or 0), desired)
    share = distribution.get("OnDemandPercentageAboveBaseCapacity")
    on_demand = base + math.ceil((desired - base) * (100 if share is None else int(share)) / 100)
    have = sum(1 for state in group.instance_states if counted(state) and state.lifecycle != "spot")
    return overrides[0], "spot" if have >= on_demand else None


@replaces(InstanceState)
def launch_template(original, self):
    """The version that the instance was launched from, not the template's present default."""
    return self.launched_from if hasattr(self, "launched_from") else original(self)
