"""Roles and instance profiles: names, limits, tags, and the time until what was made can be seen.

CreateRole: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
CreateInstanceProfile: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
RemoveRoleFromInstanceProfile: https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
PutRolePermissionsBoundary: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
Quotas: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
Tags: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
Eventual consistency: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
"""

import copy
import functools
import json
import re

from moto.core.responses import ActionResult
from moto.iam import models, responses
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import (
    EntityAlreadyExists,
    LimitExceededException,
    NotFoundException,
    ValidationError,
)
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from .patching import replaces
from .world import world_of

_NAME = r"[\w+=,.@-]"
_PATH = re.compile(r"/|/[\u0021-\u007e]+/")

# "Role inline policies: 10,240 characters", white space aside
INLINE_CHARACTERS = 10_240
# "Managed policies attached to an IAM role": the default
ATTACHED_POLICIES = 10


# AWS's own that tests use. All would be too many to make for each account.
AWS_POLICIES = ("AmazonEC2ContainerRegistryReadOnly", "AmazonSSMManagedInstanceCore")


@functools.cache
def _aws_policies():
    every = json.loads(aws_managed_policies_data)
    return {name: every[name] for name in AWS_POLICIES}


def _check_name(name, longest, parameter):
    if not re.fullmatch(f"{_NAME}{{1,{longest}}}", name or "", re.ASCII):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at '{parameter}' failed to satisfy constraint"
        )


def _check_path(path):
    if path is not None and (len(path) > 512 or not _PATH.fullmatch(path)):
        raise ValidationError(
            f"1 validation error detected: Value '{path}' at 'path' failed to satisfy constraint"
        )


def _merged(before, tags):
    """Keys differ by more than case: one that comes takes the place of the one that was."""
    coming = {tag["Key"].lower() for tag in tags}
    return [tag for tag in before if tag["Key"].lower() not in coming] + tags


def _without(before, keys):
    going = {key.lower() for key in keys}
    return [tag for tag in before if tag["Key"].lower() not in going]


# -- policies --


@replaces(models.IAMBackend)
def _init_aws_policies(original, self):
    of = models.AWSManagedPolicy.from_data
    return [of(name, self.account_id, self.region_name, data) for name, data in _aws_policies().items()]


# -- roles --


@replaces(models.IAMBackend)
def create_role(original, self, role_name, assume_role_policy_document, path, *arguments, **named):
    linked = named.get("linked_service") or (len(arguments) > 4 and arguments[4])
    if not linked:
        _check_name(role_name, 64, "roleName")
        _check_path(path)
        IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
        # "The role name must be unique within the account. Role names are not distinguished by case."
        if any(role.name.lower() == role_name.lower() for role in self.get_roles()):
            raise EntityAlreadyExists(f"Role with name {role_name} already exists.")
    role = original(self, role_name, assume_role_policy_document, path, *arguments, **named)
    role.made = world_of(self.account_id).now
    return role


@replaces(models.IAMBackend)
def tag_role(original, self, role_name, tags):
    self._tag_verification(tags)
    role = self.get_role(role_name)
    role.tags = _merged(role.tags, tags)


@replaces(models.IAMBackend)
def untag_role(original, self, role_name, tag_keys):
    role = self.get_role(role_name)
    original(self, role_name, tag_keys)
    role.tags = _without(role.tags, tag_keys)


@replaces(models.IAMBackend)
def put_role_policy(original, self, role_name, policy_name, policy_json):
    role = self.get_role(role_name)
    others = [text for name, text in role.policies.items() if name != policy_name]
    size = sum(len(re.sub(r"\s", "", text)) for text in [*others, policy_json])
    if size > INLINE_CHARACTERS:
        raise LimitExceededException(
            f"Maximum policy size of {INLINE_CHARACTERS} bytes exceeded for role {role_name}"
        )
    original(self, role_name, policy_name, policy_json)


@replaces(models.IAMBackend)
def attach_role_policy(original, self, policy_arn, role_name):
    role = self.get_role(role_name)
    if policy_arn not in role.managed_policies and len(role.managed_policies) >= ATTACHED_POLICIES:
        raise LimitExceededException(f"Cannot exceed quota for PoliciesPerRole: {ATTACHED_POLICIES}")
    original(self, policy_arn, role_name)


@replaces(models.IAMBackend)
def put_role_permissions_boundary(original, self, role_name, permissions_boundary):
    if permissions_boundary not in self.managed_policies and self.policy_arn_regex.match(
        permissions_boundary or ""
    ):
        raise NotFoundException(f"Policy {permissions_boundary} does not exist or is not attachable.")
    original(self, role_name, permissions_boundary)


# -- instance profiles --


@replaces(models.IAMBackend)
def create_instance_profile(original, self, name, path, role_names, tags=None):
    _check_name(name, 128, "instanceProfileName")
    _check_path(path)
    self._tag_verification(tags or [])
    profile = original(self, name, path, role_names, tags)
    profile.made = world_of(self.account_id).now
    return profile


@replaces(models.IAMBackend)
def add_role_to_instance_profile(original, self, profile_name, role_name):
    original(self, profile_name, role_name)
    self.get_instance_profile(profile_name).filled = world_of(self.account_id).now


@replaces(models.IAMBackend)
def remove_role_from_instance_profile(original, self, profile_name, role_name):
    profile = self.get_instance_profile(profile_name)
    if not any(role.name == role_name for role in profile.roles):
        raise NotFoundException(f"Role {role_name} is not in instance profile {profile_name}")
    original(self, profile_name, role_name)


@replaces(models.IAMBackend)
def tag_instance_profile(original, self, instance_profile_name, tags):
    self._tag_verification(tags)
    profile = self.get_instance_profile(profile_name=instance_profile_name)
    profile.tags = _merged(profile.tags, tags)


@replaces(models.IAMBackend)
def untag_instance_profile(original, self, instance_profile_name, tagKeys):
    profile = self.get_instance_profile(profile_name=instance_profile_name)
    profile.tags = _without(profile.tags, tagKeys)


# -- what was made is seen later --


def _is_visible(account, since):
    world = world_of(account)
    return since is None or world.now >= since + world.settings.iam_seconds


def is_seen(account, profile):
    """Whether EC2 knows an instance profile by now."""
    return _is_visible(account, getattr(profile, "made", None))


@replaces(responses.IamResponse)
def get_role(original, self):
    role = self.backend.get_role(self._get_param("RoleName"))
    if not _is_visible(self.current_account, getattr(role, "made", None)):
        raise NotFoundException(f"The role with name {role.name} cannot be found.")
    return original(self)


@replaces(responses.IamResponse)
def get_instance_profile(original, self):
    profile = self.backend.get_instance_profile(self._get_param("InstanceProfileName"))
    if not _is_visible(self.current_account, getattr(profile, "made", None)):
        raise NotFoundException(f"Instance Profile {profile.name} cannot be found.")
    if not _is_visible(self.current_account, getattr(profile, "filled", None)):
        profile = copy.copy(profile)
        profile.roles = []
    return ActionResult({"InstanceProfile": profile})
