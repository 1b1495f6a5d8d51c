"""Instances take their network interfaces along when they terminate, and terminate once.

Deleting network interfaces on termination:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
TerminateInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
"""

import copy

from moto.ec2.exceptions import InvalidInstanceIdError
from moto.ec2.models import instances

from ..patching import replaces
from ..world import world_of


@replaces(instances.Instance)
def prep_nics(original, self, nic_spec, *args, **kwargs):
    asked = {int(spec.get("DeviceIndex") or 0): spec for spec in nic_spec}
    original(self, nic_spec, *args, **kwargs)
    for index, interface in self.nics.items():
        spec = asked.get(index, {})
        if not spec.get("NetworkInterfaceId") and spec.get("DeleteOnTermination") is None:
            interface.delete_on_termination = True


@replaces(instances.Instance)
def terminate(original, self):
    if self.state == "terminated":
        return copy.copy(self._state)
    before = original(self)
    world_of(self.ec2_backend).changed()
    return before


@replaces(instances.Instance)
def stop(original, self):
    before = original(self)
    world_of(self.ec2_backend).changed()
    return before


@replaces(instances.InstanceBackend)
def get_instance_by_id(original, self, instance_id):
    # moto copies every reservation for each look, which adds up to a square where many are launched.
    for reservation in self.reservations.values():
        for instance in reservation.instances:
            if instance.id == instance_id:
                return instance
    return None


@replaces(instances.InstanceBackend)
def get_instance(original, self, instance_id):
    found = self.get_instance_by_id(instance_id)
    if found is None:
        raise InvalidInstanceIdError(instance_id)
    return found
