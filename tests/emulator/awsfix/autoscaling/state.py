"""What the parts of the group engine ask about a group."""

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.ec2.exceptions import InvalidSubnetIdError

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"

UNFINISHED = ("Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking")


def counted(state):
    """Whether the instance counts towards the desired capacity."""
    return state.lifecycle_state == "InService" or state.lifecycle_state.startswith("Pending")


def count(group):
    return sum(counted(state) for state in group.instance_states)


def suspended(group, process):
    return any(found["ProcessName"] == process for found in group.suspended_processes)


def active_refresh(group):
    """The instance refresh under way, or None. The newest is first."""
    refreshes = group.refreshes
    return refreshes[0] if refreshes and refreshes[0].status in UNFINISHED else None


def zones(group):
    """The group's zones, each with the subnets that may be used in it (None outside of the group's own subnets)."""
    found = {}
    ec2 = group.ec2_backend
    if group.vpc_zone_identifier:
        for subnet_id in group.vpc_zone_identifier.split(","):
            try:
                subnet = ec2.get_subnet(subnet_id.strip())
            except InvalidSubnetIdError:
                # Deleted: the group keeps its id, and launches nothing there.
                continue
            found.setdefault(subnet.availability_zone, []).append(subnet)
    else:
        for zone, subnet in ec2.get_default_subnets().items():
            if zone in group.availability_zones:
                found[zone] = [subnet]
    return found


def group_of(response):
    """The group that a request names."""
    name = response.params.get("AutoScalingGroupName")
    group = response.autoscaling_backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def changeable_group_of(response):
    """The same, unless it is being deleted."""
    group = group_of(response)
    if group.status:
        raise AutoscalingClientError(
            "ScalingActivityInProgress", f"AutoScalingGroup '{group.name}' is pending delete"
        )
    return group


def find_instance(backend, instance_id):
    """(group, state) of an instance; refuses like AWS if no group manages it."""
    for group in backend.autoscaling_groups.values():
        for state in group.instance_states:
            if state.instance_id == instance_id:
                return group, state
    raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")
