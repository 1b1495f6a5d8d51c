"""Tags of load balancing resources: up to 50 each, no key twice, 20 resources a call.

AddTags: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
DescribeTags: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
Tag limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-tags.html
"""

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TooManyTagsError

from ..patching import replaces

# "Maximum number of tags per resource—50"
MAX_TAGS = 50
# "You can specify up to 20 resources in a single call."
MAX_RESOURCES = 20

Backend = models.ELBv2Backend


def check_new_tags(tags):
    """Tags given at creation: their number, double keys, reserved prefix."""
    keys = [tag["Key"] for tag in tags or []]
    for key in keys:
        if keys.count(key) > 1:
            raise ELBClientError("DuplicateTagKeys", f"Tag key was specified more than once: '{key}'")
        if key.lower().startswith("aws:"):
            raise ELBClientError("ValidationError", f"Tag keys that begin with 'aws:' are reserved: '{key}'")
    if len(keys) > MAX_TAGS:
        raise TooManyTagsError()


@replaces(Backend)
def add_tags(original, self, resource_arns, tags):
    check_new_tags(tags)
    for arn in resource_arns:
        self._get_resource_by_arn(arn)
        keys = set(self.tagging_service.get_tag_dict_for_resource(arn)) | {tag["Key"] for tag in tags}
        if len(keys) > MAX_TAGS:
            raise TooManyTagsError()
    for arn in resource_arns:
        self.tagging_service.tag_resource(arn, tags)


@replaces(Backend)
def describe_tags(original, self, resource_arns):
    if len(resource_arns) > MAX_RESOURCES:
        raise ELBClientError(
            "ValidationError",
            f"The number of resources cannot be more than '{MAX_RESOURCES}', found {len(resource_arns)}",
        )
    for arn in resource_arns:
        self._get_resource_by_arn(arn)
    return original(self, resource_arns)
