"""Tags of groups: only of groups that exist.

CreateOrUpdateTags: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateOrUpdateTags.html
DeleteTags: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteTags.html
"""

from moto.autoscaling import models
from moto.autoscaling.exceptions import ValidationError

from ..patching import replaces


@replaces(models.AutoScalingBackend)
def create_or_update_tags(original, self, tags):
    _check(self, tags)
    return original(self, tags)


@replaces(models.AutoScalingBackend)
def delete_tags(original, self, tags):
    _check(self, tags)
    return original(self, tags)


def _check(backend, tags):
    for tag in tags:
        if tag.get("ResourceType", "auto-scaling-group") != "auto-scaling-group":
            raise ValidationError(f"Invalid resource type {tag['ResourceType']}")
        if tag["ResourceId"] not in backend.autoscaling_groups:
            raise ValidationError(
                f"AutoScalingGroup name not found - AutoScalingGroup '{tag['ResourceId']}' not found"
            )
        if tag["Key"].lower().startswith("aws:"):
            raise ValidationError("Tag keys that begin with 'aws:' are reserved")
