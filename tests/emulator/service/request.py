"""What a request asks for: account, region, service and action, read from its signature and body."""

import io
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.iam.models import get_account_id_from

_SCOPE = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
_READS = ("Describe", "List", "Get")


@dataclass(frozen=True)
class Call:
    """One call of the AWS API. `name` is its IAM action, like elasticloadbalancing:CreateLoadBalancer."""

    account: str
    region: str
    service: str
    action: str
    body: bytes

    @property
    def name(self):
        return f"{self.service}:{self.action}"

    @property
    def is_read(self):
        return self.action.startswith(_READS)


def read_call(environ):
    """Reads the call; leaves the body readable for moto and the account where moto looks for it."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = scope.groups() if scope else ("", "us-east-1", "unsigned")
    if re.fullmatch(r"\d{12}", key):
        account = key
    else:
        account = get_account_id_from(key) if key else DEFAULT_ACCOUNT_ID
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
    return Call(account, region, service, _action(environ, service, body), body)


def _action(environ, service, body):
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        named = re.search(rb"(?:^|&)Action=([A-Za-z0-9]+)", body)
        if named:
            return named.group(1).decode()
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if "Action" in query:
        return query["Action"][0]
    return _routed_action(environ, service)


def _routed_action(environ, service):
    """Services like Route 53 and S3 name their actions by method and path."""
    from moto.core.responses import get_service_router

    try:
        operation, _ = get_service_router(service).match(Request({**environ, "wsgi.input": io.BytesIO()}))
        return operation.name
    except Exception:
        return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
