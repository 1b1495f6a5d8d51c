# SPDX-License-Identifier: Apache-2.0
"""The cases: whose life is lived, which services that needs, and how it is imported."""

from collections.abc import Callable
from dataclasses import dataclass

AUTOSCALING, EC2, ELB, IAM, ROUTE53, SSM = "autoscaling", "ec2", "elbv2", "iam", "route53", "ssm"


@dataclass(frozen=True)
class Case:
    """The life of one resource: `this` of `configurations/<name>.tf`, twice, where the second changes it in place."""

    name: str
    # A part of the names of what it makes.
    short: str
    type: str
    services: tuple
    # The import id, given the attributes in the state.
    import_id: Callable
    # Addresses and import ids of what stands beside it.
    beside: Callable = lambda values: {}
    needs_ground: bool = True

    @property
    def address(self):
        return f"{self.type}.this"


def _attribute(name):
    return lambda values: values[name]


def _joined(separator, *names):
    return lambda values: separator.join(values[name] for name in names)


CASES = (
    Case("network", "net", "kubeha_network", (EC2,), _attribute("vpc_id"), needs_ground=False),
    Case("security_groups", "sg", "kubeha_security_groups", (EC2,), _joined("/", "vpc_id", "cluster_name")),
    Case(
        "node_roles",
        "roles",
        "kubeha_node_roles",
        (IAM,),
        _joined(",", "control_plane_role_name", "worker_role_name"),
        needs_ground=False,
    ),
    Case("pki", "pki", "kubeha_pki", (SSM,), _attribute("parameter_path"), needs_ground=False),
    Case(
        "certificate",
        "cert",
        "kubeha_certificate",
        (SSM,),
        _joined(",", "parameter_path", "pki_arn"),
        beside=lambda values: {"kubeha_pki.authority": values["pki_arn"].split(":parameter", 1)[1]},
        needs_ground=False,
    ),
    Case("api_load_balancer", "api", "kubeha_api_load_balancer", (EC2, ELB), _attribute("name")),
    Case(
        "api_load_balancer_name",
        "dns",
        "kubeha_api_load_balancer",
        (EC2, ELB, ROUTE53),
        _joined(",", "name", "hosted_zone_id", "fqdn"),
    ),
    Case("service_load_balancer", "svc", "kubeha_service_load_balancer", (EC2, ELB), _attribute("name")),
    Case("control_plane_group", "cp", "kubeha_control_plane_group", (EC2, IAM, AUTOSCALING), _attribute("name")),
    Case(
        "worker_group",
        "work",
        "kubeha_worker_group",
        (EC2, IAM, AUTOSCALING),
        _attribute("autoscaling_group_name"),
    ),
)
# What load balancers and groups stand on.
GROUND_SERVICES = (EC2, IAM)
# All that examples/complete has.
COMPLETE_SERVICES = (EC2, IAM, SSM, ELB, AUTOSCALING)
