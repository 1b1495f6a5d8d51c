"""Parameters: the sizes that their tiers allow.

PutParameter: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
Parameter tiers: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

from moto.ssm import models
from moto.ssm.exceptions import ValidationException

from .patching import replaces

# "Standard parameters have a content size limit of 4 KB", advanced ones "of 8 KB"
STANDARD_CHARACTERS = 4096
ADVANCED_CHARACTERS = 8192


@replaces(models.SimpleSystemManagerBackend)
def put_parameter(
    original,
    self,
    name,
    description,
    value,
    parameter_type,
    allowed_pattern,
    keyid,
    overwrite,
    tags,
    data_type,
    tier,
    policies,
):
    versions = self._parameters.get(name) if name in self._parameters else None
    before = versions[-1].tier if versions else None
    wanted = tier or before or self.default_parameter_tier or "Standard"
    size = len((value or "").encode("utf-8"))
    if wanted == "Intelligent-Tiering":
        wanted = "Advanced" if size > STANDARD_CHARACTERS or policies or before == "Advanced" else "Standard"
    if before == "Advanced" and wanted == "Standard":
        raise ValidationException(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
            "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced "
            "parameter and recreate it as a standard parameter."
        )
    if wanted == "Standard" and size > STANDARD_CHARACTERS:
        raise ValidationException(
            f"Standard tier parameters support a maximum parameter value of {STANDARD_CHARACTERS} characters. To create "
            "a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
        )
    if size > ADVANCED_CHARACTERS:
        raise ValidationException(
            f"Advanced tier parameters support a maximum parameter value of {ADVANCED_CHARACTERS} characters."
        )
    return original(
        self,
        name,
        description,
        value,
        parameter_type,
        allowed_pattern,
        keyid,
        overwrite,
        tags,
        data_type,
        wanted,
        policies,
    )
