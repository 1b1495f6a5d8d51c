"""Records: batches that apply wholly or not at all, honest refusals, changes that take time to spread.

ChangeResourceRecordSets: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
GetChange: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
AliasTarget: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
"""

import copy

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.route53 import models
from moto.route53.exceptions import Route53ClientError
from moto.route53.responses import Route53

from .elbv2.hosted_zones import region_of_network_zone
from .patching import replaces
from .world import timestamp, world_of

Backend = models.Route53Backend

# What moto answers where a zone is made, joined to a VPC or deleted: always these, and done at once.
CHANGES_OF_ZONES = {"C1PA6795UKMFR9", "C2682N5HXP0BZ4", "a1b2c3d4"}


class InvalidChangeBatch(Route53ClientError):
    """Every reason why none of a batch was applied."""

    def __init__(self, problems):
        super().__init__("InvalidChangeBatch", "[" + ", ".join(problems) + "]")


@replaces(Backend)
def change_resource_record_sets(original, self, zoneid, change_list):
    zone = self.get_hosted_zone(zoneid)
    before = copy.copy(zone.rrsets), copy.copy(zone.rr_changes)
    problems = []
    for change in change_list:
        problem = _problem(zone, change)
        if problem:
            problems.append(problem)
            continue
        try:
            _apply(zone, change)
        except Exception:
            zone.rrsets, zone.rr_changes = before
            raise
    if problems:
        zone.rrsets, zone.rr_changes = before
        raise InvalidChangeBatch(problems)


def _problem(zone, change):
    action, wanted = change["Action"], change["ResourceRecordSet"]
    name, kind = absolute(wanted["Name"]), wanted["Type"]
    apex = absolute(zone.name)
    models.validate_domain_name(wanted["Name"], code="InvalidChangeBatch")
    if name != apex and not name.endswith("." + apex):
        return f"RRSet with DNS name {name} is not permitted in zone {apex}"
    existing = _find(zone, name, kind, wanted.get("SetIdentifier"))
    label = f"[name='{name}', type='{kind}']"
    if action == "CREATE" and existing is not None:
        return f"Tried to create resource record set {label} but it already exists"
    if action == "DELETE":
        if existing is None:
            return f"Tried to delete resource record set {label} but it was not found"
        if not _same(existing, wanted):
            return f"Tried to delete resource record set {label} but the values provided do not match the current values"
        if name == apex and kind in ("NS", "SOA"):
            return f"A HostedZone must contain exactly one {kind} record at its apex"
        return None
    if kind == "CNAME" and name == apex:
        return f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {apex}"
    neighbours = {
        record.type for record in zone.rrsets if absolute(record.name) == name and record.type != kind
    }
    if neighbours and (kind == "CNAME" or "CNAME" in neighbours):
        return f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet with the same DNS name already exists"
    return _alias_problem(zone, wanted, name, kind)


def _alias_problem(zone, wanted, name, kind):
    alias = wanted.get("AliasTarget")
    if bool(alias) == bool(wanted.get("ResourceRecords")):
        return f"Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]] for {name}"
    if not alias:
        return None
    if wanted.get("TTL") is not None:
        return f"Invalid request: an alias has no TTL of its own: {name}"
    target, target_zone = absolute(alias["DNSName"]), alias["HostedZoneId"]
    if target_zone == zone.resource_id:
        if _find(zone, target, kind, None) is None:
            return f"Tried to create an alias that targets {target}, type {kind} in zone {target_zone}, but the alias target name was not found"
        return None
    region = region_of_network_zone(target_zone)
    if region is None and not target_zone.endswith("NLB") and ".elb." not in target:
        return None
    if region is None or not target.endswith(f".elb.{region}.amazonaws.com."):
        return (
            f"Tried to create an alias that targets {target}, type {kind} in zone {target_zone}, "
            "but the alias target name does not lie within the target zone"
        )
    return None


def _apply(zone, change):
    wanted = copy.deepcopy(change["ResourceRecordSet"])
    wanted["Name"] = absolute(wanted["Name"])
    if change["Action"] == "DELETE":
        existing = _find(zone, wanted["Name"], wanted["Type"], wanted.get("SetIdentifier"))
        zone.rrsets = [record for record in zone.rrsets if record is not existing]
        return
    if "AliasTarget" in wanted:
        wanted["AliasTarget"]["DNSName"] = absolute(wanted["AliasTarget"]["DNSName"])
    if "ResourceRecords" in wanted:
        wanted["ResourceRecords"] = [record["Value"] for record in wanted["ResourceRecords"]]
    zone.rrsets = list(zone.rrsets)
    zone.upsert_rrset(wanted)


def _find(zone, name, kind, identifier):
    for record in zone.rrsets:
        if absolute(record.name) == name and record.type == kind and record.set_identifier == identifier:
            return record
    return None


def _same(record, wanted):
    def values(alias, records, ttl):
        alias = alias and (
            absolute(alias["DNSName"]),
            alias["HostedZoneId"],
            str(alias.get("EvaluateTargetHealth", "false")).lower(),
        )
        plain = sorted(value["Value"] if isinstance(value, dict) else value for value in records or [])
        return alias or None, plain, str(ttl) if plain else None

    return values(record.alias_target, record.records, record.ttl) == values(
        wanted.get("AliasTarget"), wanted.get("ResourceRecords"), wanted.get("TTL")
    )


def absolute(name):
    """Lower case, with the final dot; an asterisk in the form in which Route 53 gives it back."""
    return name.strip(".").lower().replace("*", "\\052") + "."


@replaces(Route53, "change_resource_record_sets")
def change_response(original, self):
    result = dict(original(self).result)
    result["ChangeInfo"] = _new_change(self.backend, (self._get_param("ChangeBatch") or {}).get("Comment"))
    return ActionResult(result)


@replaces(Route53)
def get_change(original, self):
    change_id = self._get_param("Id").rsplit("/", 1)[-1]
    if change_id in CHANGES_OF_ZONES:
        return original(self)
    change = _changes(self.backend).get(change_id)
    if change is None:
        raise Route53ClientError("NoSuchChange", f"Could not find resource with ID: {change_id}")
    return ActionResult({"ChangeInfo": _change_info(self.backend, change_id, change)})


def _changes(backend):
    return backend.__dict__.setdefault("_submitted_changes", {})


def _new_change(backend, comment):
    change_id = "C" + mock_random.get_random_hex(13).upper()
    change = {"submitted": world_of(backend).now, "comment": comment}
    _changes(backend)[change_id] = change
    return _change_info(backend, change_id, change)


def _change_info(backend, change_id, change):
    world = world_of(backend)
    spread = world.now >= change["submitted"] + world.settings.dns_seconds
    return {
        "Id": f"/change/{change_id}",
        "Status": "INSYNC" if spread else "PENDING",
        "SubmittedAt": timestamp(change["submitted"]),
        "Comment": change["comment"],
    }
