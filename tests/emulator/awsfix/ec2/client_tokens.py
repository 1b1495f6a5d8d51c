"""Client tokens: a repeated request answers with what the first one made.

Ensuring idempotency in Amazon EC2 API requests:
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

import copy

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from ..patching import replaces

ACTIONS = (
    "run_instances",
    "create_volume",
    "create_launch_template",
    "create_launch_template_version",
    "create_nat_gateway",
    "create_route_table",
)


def _remember(action):
    owner = next(cls for cls in EC2Response.__mro__ if action in cls.__dict__)

    @replaces(owner, action)
    def idempotent(original, self):
        token = self._get_param("ClientToken")
        if not token:
            return original(self)
        # On the backend, so that a reset of the account forgets them too.
        answers = self.ec2_backend.__dict__.setdefault("_client_tokens", {})
        request = copy.deepcopy(
            {key: value for key, value in dict(self.params).items() if key != "ClientToken"}
        )
        if (action, token) in answers:
            before, answer = answers[action, token]
            if before != request:
                raise EC2ClientError(
                    "IdempotentParameterMismatch",
                    "The client token you have provided is associated with a resource that was created with different parameters",
                )
            return answer
        answer = original(self)
        answers[action, token] = (request, answer)
        return answer


for _action in ACTIONS:
    _remember(_action)
