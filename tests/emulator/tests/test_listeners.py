"""Listeners: ports, certificates, fitting target groups."""

from .harness import EmulatorTest, also_on_stock


class Listeners(EmulatorTest):
    def setUp(self):
        super().setUp()
        self.vpc, self.subnets = self.network()
        self.balancer = self.network_load_balancer(self.subnets)["LoadBalancerArn"]
        self.group = self.target_group(self.vpc)

    def test_one_listener_a_port(self):
        first = self.listener(self.balancer, self.group)
        self.assertEqual(self.listener(self.balancer, self.group), first)
        other = self.target_group(self.vpc, name="other")
        self.refused("DuplicateListener", self.listener, balancer=self.balancer, group=other)
        self.assertEqual(len(self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"]), 1)

    def test_tls_needs_a_certificate(self):
        self.refused(
            "ValidationError", self.listener, balancer=self.balancer, group=self.group, Protocol="TLS"
        )
        missing = [{"CertificateArn": f"arn:aws:acm:us-east-1:{self.account}:certificate/none"}]
        self.refused(
            "CertificateNotFound",
            self.listener,
            balancer=self.balancer,
            group=self.group,
            Protocol="TLS",
            Certificates=missing,
        )
        self.refused(
            "InvalidConfigurationRequest",
            self.listener,
            balancer=self.balancer,
            group=self.group,
            Certificates=missing,
        )

    @also_on_stock
    def test_tls_with_a_certificate(self):
        uploaded = self.iam.upload_server_certificate(
            ServerCertificateName="c", CertificateBody="body", PrivateKey="key"
        )
        arn = uploaded["ServerCertificateMetadata"]["Arn"]
        self.listener(self.balancer, self.group, Protocol="TLS", Certificates=[{"CertificateArn": arn}])
        found = self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"][0]
        self.assertEqual((found["Protocol"], found["Certificates"]), ("TLS", [{"CertificateArn": arn}]))

    def test_tls_has_policies_that_exist_and_tcp_has_none(self):
        arn = self.iam.upload_server_certificate(
            ServerCertificateName="site", CertificateBody="x", PrivateKey="x"
        )["ServerCertificateMetadata"]["Arn"]
        tls = {"Protocol": "TLS", "Certificates": [{"CertificateArn": arn}]}
        for code, policies in (
            ("SSLPolicyNotFound", {"SslPolicy": "none"}),
            ("ALPNPolicyNotSupported", {"AlpnPolicy": ["none"]}),
            ("ALPNPolicyNotSupported", {"AlpnPolicy": ["HTTP2Only", "HTTP1Only"]}),
        ):
            self.refused(code, self.listener, balancer=self.balancer, group=self.group, **tls, **policies)
        listener = self.listener(self.balancer, self.group, **tls, AlpnPolicy=["HTTP2Only"])

        def policies():
            found = self.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]
            return found.get("SslPolicy"), found.get("AlpnPolicy", [])

        self.assertEqual(policies(), ("ELBSecurityPolicy-2016-08", ["HTTP2Only"]))
        self.elb.modify_listener(ListenerArn=listener, AlpnPolicy=["None"])
        self.assertEqual(policies(), ("ELBSecurityPolicy-2016-08", ["None"]))
        self.elb.modify_listener(ListenerArn=listener, Protocol="TCP")
        self.assertEqual(policies(), (None, []))
        self.refused(
            "InvalidConfigurationRequest",
            self.elb.modify_listener,
            ListenerArn=listener,
            AlpnPolicy=["HTTP2Only"],
        )

    def test_groups_that_do_not_fit(self):
        web = self.target_group(self.vpc, name="web", Protocol="HTTP", Port=80)
        self.refused("IncompatibleProtocols", self.listener, balancer=self.balancer, group=web)
        foreign = self.target_group(self.network()[0], name="foreign")
        self.refused("InvalidConfigurationRequest", self.listener, balancer=self.balancer, group=foreign)
        self.listener(self.balancer, self.group)
        second = self.network_load_balancer(self.subnets, name="second")["LoadBalancerArn"]
        self.refused("TargetGroupAssociationLimit", self.listener, balancer=second, group=self.group)

    def test_a_tcp_listener_has_no_tls_policy(self):
        self.listener(self.balancer, self.group)
        self.assertNotIn(
            "SslPolicy", self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"][0]
        )

    def test_the_idle_timeout(self):
        arn = self.listener(self.balancer, self.group)
        key = "tcp.idle_timeout.seconds"
        found = self.elb.describe_listener_attributes(ListenerArn=arn)["Attributes"]
        self.assertEqual(found, [{"Key": key, "Value": "350"}])
        modify = self.elb.modify_listener_attributes
        modify(ListenerArn=arn, Attributes=[{"Key": key, "Value": "6000"}])
        for attribute, code in (
            ({"Key": key, "Value": "59"}, "ValidationError"),
            ({"Key": "routing.http.response.server.enabled", "Value": "true"}, "InvalidConfigurationRequest"),
        ):
            self.refused(code, modify, ListenerArn=arn, Attributes=[attribute])

    def test_modifying_checks_too(self):
        arn = self.listener(self.balancer, self.group)
        self.listener(self.balancer, self.target_group(self.vpc, name="other"), Port=443)
        self.refused("DuplicateListener", self.elb.modify_listener, ListenerArn=arn, Port=443)
        self.refused("ValidationError", self.elb.modify_listener, ListenerArn=arn, Protocol="TLS")
        self.elb.modify_listener(ListenerArn=arn, Port=6444)
        ports = {
            found["Port"] for found in self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"]
        }
        self.assertEqual(ports, {443, 6444})

    def test_a_missing_one_is_not_found_beside_an_existing_one(self):
        arn = self.listener(self.balancer, self.group)
        self.refused("ListenerNotFound", self.elb.describe_listeners, ListenerArns=[arn, arn + "0"])
