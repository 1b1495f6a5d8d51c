"""Zones: whether the account has opted in, and a local zone, which is only shown to those who ask for all.

DescribeAvailabilityZones: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
Local zones: https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html
"""

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

from ..patching import adds, replaces

LOCAL = Zone("us-east-1-bos-1a", "us-east-1", "use1-bos1-az1", zone_type="local-zone")
LOCAL.opt_in_status = "not-opted-in"

adds(Zone, "opt_in_status")("opt-in-not-required")


@replaces(AvailabilityZonesAndRegions, "describe_availability_zones")
def describe_availability_zones_response(original, self):
    if not self._get_bool_param("AllAvailabilityZones", False):
        return original(self)
    # Zones are the class's own, and subnets may be made in any of them: so the local one is there for this read alone.
    shown = RegionsAndZonesBackend.zones
    self.ec2_backend.zones = {**shown, LOCAL.region_name: [*shown[LOCAL.region_name], LOCAL]}
    try:
        return original(self)
    finally:
        del self.ec2_backend.zones
