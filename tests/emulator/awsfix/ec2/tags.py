"""Tags: described by their key and value together, too.

DescribeTags ("tag:<key>"): https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html
"""

from moto.core.utils import aws_api_matches
from moto.ec2.models.tags import TagBackend

from ..patching import replaces


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
