"""Launch templates: versions that keep their numbers, sources of versions, user data, tags, whole descriptions.

CreateLaunchTemplateVersion: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
DeleteLaunchTemplateVersions: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html
DescribeLaunchTemplates: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html
CreateLaunchTemplate (names): https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
User data ("limited to 16 KB, in raw form, before it is base64-encoded"):
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

import base64
import binascii
import copy
import re

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidLaunchTemplateIdNotFound,
    InvalidLaunchTemplateVersionNotFound,
)
from moto.ec2.models import launch_templates
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data

from ..patching import adds, replaces

USER_DATA_BYTES = 16_384
# "3-128 characters": letters, digits and ().-/_
NAME = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}")

Template = launch_templates.LaunchTemplate
Backend = launch_templates.LaunchTemplateBackend


@replaces(Backend)
def create_launch_template(original, self, name, description, template_data, tag_spec):
    if not NAME.fullmatch(name or ""):
        raise EC2ClientError(
            "InvalidLaunchTemplateName.MalformedException",
            "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.",
        )
    return original(self, name, description, template_data, tag_spec)


@replaces(Template)
def create_version(original, self, data, description):
    data = copy.deepcopy(dict(data))
    user_data = data.get("UserData")
    if user_data is None:
        data.pop("UserData", None)
    else:
        _check_user_data(str(user_data))
        if not isinstance(user_data, Base64EncodedString):
            data["UserData"] = parse_user_data(user_data)
    # moto mixes the template's own tags with those of what is launched from it.
    launched = [
        spec for spec in data.get("TagSpecifications", []) if spec.get("ResourceType") != "launch-template"
    ]
    if launched:
        data["TagSpecifications"] = launched
    else:
        data.pop("TagSpecifications", None)
    version = original(self, data, description)
    self.last_number = version.number = getattr(self, "last_number", 0) + 1
    return version


def _check_user_data(encoded):
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise EC2ClientError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
    if len(raw) > USER_DATA_BYTES:
        raise EC2ClientError("InvalidParameterValue", f"User data is limited to {USER_DATA_BYTES} bytes")


@replaces(Template)
def get_version(original, self, num):
    word = str(num).lower()
    if word == "$latest":
        return self.versions[-1]
    wanted = str(self.default_version_number) if word == "$default" else str(num)
    for version in self.versions:
        if str(version.number) == wanted:
            return version
    raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=num)


@replaces(Template)
def default_version(original, self):
    return self.get_version("$Default")


@replaces(LaunchTemplates)
def create_launch_template_version(original, self):
    source = self._get_param("SourceVersion")
    if source:
        template = _template(self)
        data = dict(template.get_version(source).data)
        data.update(self._get_param("LaunchTemplateData", {}))
        self.params["LaunchTemplateData"] = data
    return original(self)


@adds(LaunchTemplates)
def delete_launch_template_versions(self):
    template = _template(self)
    done, failed = [], []
    for number in self._get_param("Versions", []):
        item = {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "VersionNumber": int(number),
        }
        version = next((found for found in template.versions if str(found.number) == str(number)), None)
        if version is None:
            error = ("launchTemplateVersionDoesNotExist", f"The version {number} does not exist")
        elif template.is_default(version):
            error = ("unexpectedError", "The default version can't be deleted")
        else:
            template.versions.remove(version)
            done.append(item)
            continue
        failed.append({**item, "ResponseError": {"Code": error[0], "Message": error[1]}})
    return ActionResult(
        {
            "SuccessfullyDeletedLaunchTemplateVersions": done,
            "UnsuccessfullyDeletedLaunchTemplateVersions": failed,
        }
    )


def _template(response):
    name, template_id = response._get_param("LaunchTemplateName"), response._get_param("LaunchTemplateId")
    if template_id:
        return response.ec2_backend.get_launch_template(template_id)
    return response.ec2_backend.get_launch_template_by_name(name)


@replaces(Backend)
def modify_launch_template(original, self, default_version, template_name=None, template_id=None):
    _check_id(self, template_id)
    return original(self, default_version, template_name, template_id)


@replaces(Backend)
def delete_launch_template(original, self, name, tid):
    _check_id(self, tid)
    return original(self, name, tid)


def _check_id(backend, template_id):
    if template_id and template_id not in backend.launch_templates:
        raise InvalidLaunchTemplateIdNotFound(template_id)


@replaces(Backend)
def describe_launch_templates(original, self, template_names=None, template_ids=None, filters=None):
    for template_id in template_ids or []:
        _check_id(self, template_id)
    found = original(self, template_names, template_ids, filters)
    for template in found:
        # moto keeps the tags of the creation beside the living ones.
        template.tags = template.get_tags()
    return found


@replaces(Backend)
def describe_launch_template_versions(
    original, self, template_name, template_id, versions, min_version, max_version, max_results
):
    unlimited = 100_000
    if (min_version or max_version) and not versions:
        found = original(self, template_name, template_id, versions, None, None, unlimited)
        low, high = min_version or 1, max_version or unlimited
        return [(template, version) for template, version in found if low <= version.number <= high]
    return original(self, template_name, template_id, versions, min_version, max_version, unlimited)


@replaces(LaunchTemplates, "describe_launch_templates")
def describe_launch_templates_response(original, self):
    # moto cuts after MaxResults (15 unless given) without a token; the pages are made in `pages`.
    before = self.params.pop("MaxResults", None)
    self.params["MaxResults"] = 100_000
    try:
        return original(self)
    finally:
        self.params.pop("MaxResults")
        if before is not None:
            self.params["MaxResults"] = before
