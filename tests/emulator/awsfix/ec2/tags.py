"""Tags: described by their key and value together, too, and only of what exists.

DescribeTags ("tag:<key>"): https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html
CreateTags: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
Error codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from moto.core.utils import aws_api_matches
from moto.ec2.exceptions import InvalidInstanceIdError, InvalidLaunchTemplateIdNotFound
from moto.ec2.models import EC2Backend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.tags import TagBackend
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from ..patching import replaces


@replaces(TaggedEC2Resource)
def get_tags(original, self):
    # moto holds a pattern against every tag of the account, which adds up to a square where many are described.
    if not self.id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
    return [
        {"resource_id": self.id, "key": key, "value": value, "resource_type": kind}
        for key, value in self.ec2_backend.tags.get(self.id, {}).items()
    ]


@replaces(TagBackend)
def describe_tags(original, self, filters=None):
    pairs = [name for name in filters or () if name.startswith("tag:")]
    if not pairs:
        return original(self, filters)
    found = original(self, {name: values for name, values in filters.items() if name not in pairs})
    wanted = {name.removeprefix("tag:"): filters[name] for name in pairs}
    return [tag for tag in found if matches(wanted.get(tag["key"], ()), tag["value"])]


def matches(patterns, value):
    """Whether one of a filter's values, which may have wildcards, fits."""
    return any(aws_api_matches(pattern, value) for pattern in patterns)


@replaces(EC2Backend)
def do_resources_exist(original, self, resource_ids):
    for resource_id in resource_ids:
        if resource_id.startswith("i-") and self.get_instance_by_id(resource_id) is None:
            raise InvalidInstanceIdError([resource_id])
        if resource_id.startswith("lt-") and resource_id not in self.launch_templates:
            raise InvalidLaunchTemplateIdNotFound(resource_id)
    return original(self, resource_ids)
