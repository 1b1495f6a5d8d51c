"""Everything an account owns in a region, so that tests can see what was left behind or made twice.

What AWS makes unasked (the default VPC and its subnets, a VPC's default security group, main route table, a NAT
gateway's interface, a zone's own NS and SOA records) isn't listed: it goes with its owner. Neither is what is already terminated or deleted.
"""

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends
from moto.utilities.utils import get_partition

from awsfix.world import backends_of


def inventory(account, region):
    """{kind: [{"id", "name", "tags"}]}, kinds without objects left out."""
    partition = get_partition(region)
    found = {}
    for backends, place, kinds in (
        (ec2_backends, region, _ec2),
        (autoscaling_backends, region, _autoscaling),
        (elbv2_backends, region, _elbv2),
        (ssm_backends, region, _ssm),
        (iam_backends, partition, _iam),
        (route53_backends, partition, _route53),
        (s3_backends, partition, _s3),
    ):
        backend = dict(backends_of(backends, account)).get(place)
        if backend is not None:
            for kind, entry in kinds(backend):
                found.setdefault(kind, []).append(entry)
    return found


def _entry(object_id, name="", tags=None):
    return {"id": object_id, "name": name or "", "tags": dict(tags or {})}


def _tags(thing):
    return {tag["key"]: tag["value"] for tag in thing.get_tags()}


def _ec2(backend):
    def named(kind, things, name=None):
        for thing in things:
            tags = _tags(thing)
            yield kind, _entry(thing.id, name(thing) if name else tags.get("Name"), tags)

    subnets = [subnet for by_zone in backend.subnets.values() for subnet in by_zone.values()]
    groups = [group for by_id in backend.groups.values() for group in by_id.values() if not group.is_default]
    gateways = [gateway for gateway in backend.nat_gateways.values() if gateway.state != "deleted"]
    tables = [table for table in backend.route_tables.values() if not table.main_association_id]
    of_gateways = {gateway._eni.id for gateway in backend.nat_gateways.values()}
    interfaces = [interface for interface in backend.enis.values() if interface.id not in of_gateways]
    instances = [instance for instance in backend.all_instances() if instance.state != "terminated"]
    yield from named("vpc", (vpc for vpc in backend.vpcs.values() if not vpc.is_default))
    yield from named("subnet", (subnet for subnet in subnets if not subnet.default_for_az))
    yield from named("security-group", groups, lambda group: group.name)
    for group in groups:
        for rule in group.ingress_rules + group.egress_rules:
            entry = _entry(rule.id, rule.description, _tags(rule))
            yield "security-group-rule", {**entry, "group": group.id}
    yield from named("internet-gateway", backend.internet_gateways.values())
    yield from named("nat-gateway", gateways)
    yield from named("route-table", tables)
    yield from named("network-interface", interfaces)
    yield from named("instance", instances)
    yield from named("volume", backend.volumes.values())
    yield from named("launch-template", backend.launch_templates.values(), lambda template: template.name)
    # The address itself is a matter of chance.
    yield from named("elastic-ip", backend.addresses)
    for pair in backend.key_pairs.values():
        yield "key-pair", _entry(pair.id, pair.key_name, _tags(pair))


def _autoscaling(backend):
    for group in backend.autoscaling_groups.values():
        yield (
            "auto-scaling-group",
            _entry(group.arn, group.name, {tag["Key"]: tag.get("Value", "") for tag in group.tags}),
        )
    for hook in backend.lifecycle_hooks.values():
        yield "lifecycle-hook", _entry(f"{hook.auto_scaling_group_name}/{hook.name}", hook.name)


def _elbv2(backend):
    tags = backend.tagging_service.get_tag_dict_for_resource
    for balancer in backend.load_balancers.values():
        yield "load-balancer", _entry(balancer.arn, balancer.name, tags(balancer.arn))
        for listener in balancer.listeners.values():
            yield "listener", _entry(listener.arn, f"{listener.protocol}:{listener.port}", tags(listener.arn))
    for group in backend.target_groups.values():
        yield "target-group", _entry(group.arn, group.name, tags(group.arn))


def _ssm(backend):
    for name, versions in backend._parameters.items():
        if versions and not name.startswith("/aws/"):
            listed = backend.list_tags_for_resource("Parameter", name)
            yield "parameter", _entry(name, name, listed)


def _iam(backend):
    for role in backend.roles.values():
        yield "role", _entry(role.arn, role.name, _iam_tags(role))
    for profile in backend.instance_profiles.values():
        yield "instance-profile", _entry(profile.arn, profile.name, _iam_tags(profile))
    for arn, policy in backend.managed_policies.items():
        if ":aws:policy/" not in arn:
            yield "policy", _entry(arn, policy.name, _iam_tags(policy))


def _iam_tags(thing):
    tags = thing.tags
    return {
        tag["Key"]: tag["Value"]
        for tag in (tags.values() if isinstance(tags, dict) else tags or ())
        if isinstance(tag, dict)
    }


def _route53(backend):
    for zone in backend.zones.values():
        yield (
            "hosted-zone",
            _entry(zone.resource_id, zone.name, backend.list_tags_for_resource(zone.resource_id)),
        )
        for record in zone.rrsets:
            if record.type not in ("NS", "SOA") or record.name.strip(".") != zone.name.strip("."):
                yield "record", _entry(f"{zone.resource_id}/{record.name}/{record.type}", record.name)


def _s3(backend):
    for bucket in backend.buckets.values():
        yield "bucket", _entry(bucket.name, bucket.name)
