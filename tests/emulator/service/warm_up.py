"""Loads and runs what the first calls would otherwise wait for."""

from werkzeug.test import Client

from .accounts import forget_account

# An account that no test uses.
SCRATCH = "000000000000"

_QUERIES = (
    (
        "ec2",
        "2016-11-15",
        ("DescribeVpcs", "DescribeSubnets", "DescribeInstances", "DescribeLaunchTemplates"),
    ),
    ("autoscaling", "2011-01-01", ("DescribeAutoScalingGroups",)),
    ("elasticloadbalancing", "2015-12-01", ("DescribeLoadBalancers", "DescribeTargetGroups")),
    ("iam", "2010-05-08", ("ListRoles",)),
    ("sts", "2011-06-15", ("GetCallerIdentity",)),
)


def warm_up(emulator):
    """Calls each service once, in an account of its own that is forgotten afterwards."""
    client = Client(emulator)
    for service, version, actions in _QUERIES:
        for action in actions:
            client.post("/", data={"Action": action, "Version": version}, headers=_signed(service))
    client.get("/2013-04-01/hostedzone", headers=_signed("route53"))
    target = {**_signed("ssm"), "X-Amz-Target": "AmazonSSM.DescribeParameters"}
    client.post("/", data="{}", content_type="application/x-amz-json-1.1", headers=target)
    forget_account(emulator, SCRATCH)


def _signed(service):
    scope = f"{SCRATCH}/20200101/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
