"""Listeners: one per port, certificates where TLS ends, target groups that fit.

CreateListener: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
Listeners for Network Load Balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
ListenerAttribute: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
Protocols of target groups: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
"""

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, ListenerNotFoundError, LoadBalancerNotFoundError
from moto.elbv2.responses import ELBV2Response
from moto.elbv2.ssl_policies import SSL_POLICIES

from ..patching import replaces
from .tags import check_new_tags

# "Forward to target groups of ...": listener protocol -> protocols of its target groups
FITTING = {
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
}

# "The valid range is 60-6000 seconds"; only TCP listeners have it.
IDLE_TIMEOUT = "tcp.idle_timeout.seconds"
IDLE_SECONDS = range(60, 6001)

DEFAULT_TLS_POLICY = "ELBSecurityPolicy-2016-08"

# "TLS listeners: the name of the ALPN policy", of which one may be given
ALPN_POLICIES = ("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None")

Backend = models.ELBv2Backend


@replaces(Backend)
def create_listener(
    original,
    self,
    load_balancer_arn,
    protocol,
    port,
    ssl_policy,
    certificate,
    actions,
    alpn_policy=None,
    tags=None,
):
    balancer = self.load_balancers.get(load_balancer_arn)
    if balancer is None:
        raise LoadBalancerNotFoundError()
    check_new_tags(tags)
    asked_for = (
        protocol,
        str(port),
        ssl_policy,
        certificate,
        str(actions),
        str(alpn_policy or []),
        str(tags or []),
    )
    for existing in balancer.listeners.values():
        if str(existing.port) == str(port) and _overlap(existing.protocol, protocol):
            if existing.asked_for == asked_for:
                return existing
            raise ELBClientError(
                "DuplicateListener",
                f"A listener already exists on this port for this load balancer '{load_balancer_arn}'",
            )
    if not actions:
        raise ELBClientError("ValidationError", "A listener must have at least one default action")
    if port is not None and not 1 <= int(port) <= 65535:
        raise ELBClientError("ValidationError", f"Port '{port}' must be between 1 and 65535")
    if balancer.type == "network":
        _check_certificate(self, protocol, certificate)
        _check_policies(protocol, ssl_policy, alpn_policy)
    listener_actions = [models.FakeAction(dict(action)) for action in actions]
    self._validate_actions(listener_actions)
    _check_target_groups(self, balancer, protocol, listener_actions)
    listener = original(
        self, load_balancer_arn, protocol, port, ssl_policy, certificate, actions, alpn_policy, tags
    )
    listener.asked_for = asked_for
    if balancer.type == "network" and protocol != "TLS":
        listener.ssl_policy = None
    if protocol != "TCP":
        listener.attributes = {}
    return listener


@replaces(Backend)
def modify_listener(
    original, self, arn, port=None, protocol=None, ssl_policy=None, certificates=None, actions=None
):
    listener = next(iter(self.describe_listeners(None, [arn])))
    balancer = self.load_balancers[listener.load_balancer_arn]
    if balancer.type != "network":
        return original(self, arn, port, protocol, ssl_policy, certificates, actions)
    wanted = protocol or listener.protocol
    if wanted not in FITTING:
        raise ELBClientError(
            "UnsupportedProtocol", f"Protocol {wanted} is not supported by Network Load Balancers"
        )
    new_port = port if port is not None else listener.port
    for other in balancer.listeners.values():
        if other is not listener and str(other.port) == str(new_port) and _overlap(other.protocol, wanted):
            raise ELBClientError(
                "DuplicateListener",
                f"A listener already exists on this port for this load balancer '{balancer.arn}'",
            )
    certificate = (
        certificates[0]["CertificateArn"]
        if certificates
        else listener.certificate
        if wanted == "TLS"
        else None
    )
    _check_certificate(self, wanted, certificate)
    if actions:
        new_actions = [models.FakeAction(dict(action)) for action in actions]
        self._validate_actions(new_actions)
    else:
        new_actions = listener.default_actions
    _check_target_groups(self, balancer, wanted, new_actions)
    listener.port, listener.protocol = new_port, wanted
    listener.certificate = certificate
    listener.certificates = [certificate] if certificate else []
    listener.ssl_policy = (
        (ssl_policy or listener.ssl_policy or DEFAULT_TLS_POLICY) if wanted == "TLS" else None
    )
    if wanted != "TLS":
        listener.alpn_policy = []
    listener.default_actions = new_actions
    listener._default_rule[0].actions = new_actions
    listener.asked_for = None
    return listener


@replaces(ELBV2Response, "modify_listener")
def modify_listener_response(original, self):
    given = self._get_params()
    alpn_policy = given.get("AlpnPolicy", [])
    before = next(iter(self.elbv2_backend.describe_listeners(None, [given["ListenerArn"]])))
    _check_policies(given.get("Protocol") or before.protocol, None, alpn_policy)
    result = original(self)
    if alpn_policy:
        before.alpn_policy = alpn_policy
    return result


@replaces(Backend)
def modify_listener_attributes(original, self, listener_arn, attrs):
    listener = next(iter(self.describe_listeners(None, [listener_arn])))
    balancer = self.load_balancers[listener.load_balancer_arn]
    for attribute in attrs if balancer.type == "network" else ():
        key, value = attribute["Key"], attribute["Value"]
        if key != IDLE_TIMEOUT or listener.protocol != "TCP":
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Listener attribute key '{key}' is not supported on {listener.protocol} listeners",
            )
        if not value.isdigit() or int(value) not in IDLE_SECONDS:
            raise ELBClientError(
                "ValidationError",
                f"'{key}' value '{value}' must be between '{IDLE_SECONDS[0]}-{IDLE_SECONDS[-1]}' inclusive",
            )
    return original(self, listener_arn, attrs)


@replaces(Backend)
def describe_listeners(original, self, load_balancer_arn, listener_arns):
    found = original(self, load_balancer_arn, listener_arns)
    if not load_balancer_arn and len(found) < len(set(listener_arns)):
        raise ListenerNotFoundError()
    return found


@replaces(Backend)
def delete_listener(original, self, listener_arn):
    listener = original(self, listener_arn)
    self.tagging_service.delete_all_tags_for_resource(listener_arn)
    return listener


def _overlap(one, other):
    """A port is shared only by a TCP and a UDP listener."""
    return {one, other} != {"TCP", "UDP"} and {one, other} != {"TLS", "UDP"}


def _check_certificate(backend, protocol, certificate):
    if protocol == "TLS":
        if not certificate:
            raise ELBClientError("ValidationError", "A certificate must be specified for TLS listeners")
        if not backend._certificate_exists(certificate_arn=certificate):
            raise ELBClientError("CertificateNotFound", f"Certificate '{certificate}' not found")
    elif certificate:
        raise ELBClientError(
            "InvalidConfigurationRequest", f"A certificate cannot be specified for {protocol} listeners"
        )


def _check_policies(protocol, ssl_policy, alpn_policy):
    # moto gives every listener a policy that names none.
    if protocol == "TLS" and ssl_policy and ssl_policy not in SSL_POLICIES:
        raise ELBClientError("SSLPolicyNotFound", f"SSL policy '{ssl_policy}' not found")
    if alpn_policy and protocol != "TLS":
        raise ELBClientError(
            "InvalidConfigurationRequest", f"An ALPN policy cannot be specified for {protocol} listeners"
        )
    if len(alpn_policy or ()) > 1 or any(policy not in ALPN_POLICIES for policy in alpn_policy or ()):
        raise ELBClientError("ALPNPolicyNotSupported", f"ALPN policy '{alpn_policy}' is not supported")


def _check_target_groups(backend, balancer, protocol, actions):
    for action in actions:
        if balancer.type == "network" and action.type != "forward":
            raise ELBClientError(
                "InvalidLoadBalancerAction",
                f"Action type '{action.type}' is not valid with network load balancers",
            )
        for arn in backend._get_target_group_arns_from(action_data=action.data):
            group = backend.target_groups[arn]
            if group.vpc_id and group.vpc_id != balancer.vpc_id:
                raise ELBClientError(
                    "InvalidConfigurationRequest",
                    f"The target group '{arn}' isn't in the load balancer's VPC '{balancer.vpc_id}'",
                )
            if balancer.type == "network" and group.protocol not in FITTING.get(protocol, ()):
                raise ELBClientError(
                    "IncompatibleProtocols",
                    f"Listener protocol '{protocol}' isn't valid with a target group of protocol '{group.protocol}'",
                )
            if any(used.arn != balancer.arn for used in users(backend).get(arn, ())):
                raise ELBClientError(
                    "TargetGroupAssociationLimit",
                    f"The following target groups cannot be associated with more than one load balancer: {arn}",
                )


def users(backend):
    """Which load balancers forward to which target group: {target group ARN: [load balancer]}."""
    found = {}
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                for action in rule.actions:
                    for arn in backend._get_target_group_arns_from(action_data=action.data):
                        balancers = found.setdefault(arn, [])
                        if balancer not in balancers:
                            balancers.append(balancer)
    return found
