"""Error answers in the form that each service's SDK expects."""

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

_EC2 = "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>injected</RequestID></Response>"
_QUERY = "<ErrorResponse><Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>injected</RequestId></ErrorResponse>"
_S3 = "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>injected</RequestId></Error>"
_JSON = ("ssm", "kms", "secretsmanager", "dynamodb", "tagging", "logs")


def error_response(call, fault):
    if call.service in _JSON:
        body = json.dumps({"__type": fault.code, "message": fault.message})
        return Response(
            body, fault.status, {"x-amzn-ErrorType": fault.code}, content_type="application/x-amz-json-1.1"
        )
    form = {"ec2": _EC2, "s3": _S3}.get(call.service, _QUERY)
    side = "Sender" if fault.status < 500 else "Receiver"
    body = form.format(code=escape(fault.code), message=escape(fault.message), side=side)
    return Response(body, fault.status, content_type="text/xml")
