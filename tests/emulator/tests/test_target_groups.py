"""Target groups: creation, health check bounds, changes, attributes, deletion."""

from .harness import EmulatorTest, also_on_stock


class Creation(EmulatorTest):
    def test_same_settings_give_the_same_group(self):
        vpc, _ = self.network()
        self.assertEqual(self.target_group(vpc), self.target_group(vpc))
        self.refused("DuplicateTargetGroupName", self.target_group, vpc=vpc, Port=443)

    def test_bounds_of_health_checks(self):
        vpc, _ = self.network()
        for settings in (
            {"HealthCheckIntervalSeconds": 4},
            {"HealthCheckIntervalSeconds": 301},
            {"HealthCheckTimeoutSeconds": 1},
            {"HealthCheckIntervalSeconds": 200, "HealthCheckTimeoutSeconds": 121},
            {"HealthyThresholdCount": 1},
            {"UnhealthyThresholdCount": 11},
            {"HealthCheckPort": "70000"},
            {"HealthCheckProtocol": "HTTPS", "HealthCheckPath": "readyz"},
            {"Port": 70000},
        ):
            with self.subTest(**settings):
                self.refused("ValidationError", self.target_group, vpc=vpc, **settings)

    @also_on_stock
    def test_a_timeout_above_the_interval(self):
        vpc, _ = self.network()
        self.refused(
            "ValidationError",
            self.target_group,
            vpc=vpc,
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=6,
        )

    def test_https_checks_of_a_tcp_group(self):
        vpc, _ = self.network()
        arn = self.target_group(vpc, HealthCheckProtocol="HTTPS")
        group = self.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        self.assertEqual(group["HealthCheckPath"], "/")
        self.assertEqual(group["Matcher"], {"HttpCode": "200-399"})
        self.assertEqual((group["HealthCheckTimeoutSeconds"], group["HealthCheckIntervalSeconds"]), (10, 30))

    def test_tcp_checks_know_no_path(self):
        vpc, _ = self.network()
        self.refused(
            "InvalidConfigurationRequest",
            self.target_group,
            vpc=vpc,
            HealthCheckProtocol="TCP",
            HealthCheckPath="/readyz",
        )

    def test_pages(self):
        vpc, _ = self.network()
        for name in "abcde":
            self.target_group(vpc, name=name)
        names, marker = [], {}
        while True:
            page = self.elb.describe_target_groups(PageSize=2, **marker)
            names.append([group["TargetGroupName"] for group in page["TargetGroups"]])
            if not page.get("NextMarker"):
                break
            marker = {"Marker": page["NextMarker"]}
        self.assertEqual(names, [["a", "b"], ["c", "d"], ["e"]])


class Change(EmulatorTest):
    def test_health_check_of_a_network_group(self):
        vpc, _ = self.network()
        arn = self.target_group(vpc, HealthCheckProtocol="HTTPS", HealthCheckPath="/readyz")
        self.elb.modify_target_group(
            TargetGroupArn=arn, Matcher={"HttpCode": "200"}, HealthCheckIntervalSeconds=10
        )
        group = self.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        self.assertEqual(group["Matcher"], {"HttpCode": "200"})
        self.assertEqual((group["HealthCheckPath"], group["HealthCheckIntervalSeconds"]), ("/readyz", 10))
        self.refused(
            "ValidationError", self.elb.modify_target_group, TargetGroupArn=arn, HealthyThresholdCount=11
        )

    def test_back_to_tcp_drops_path_and_matcher(self):
        vpc, _ = self.network()
        arn = self.target_group(vpc, HealthCheckProtocol="HTTPS", HealthCheckPath="/readyz")
        self.elb.modify_target_group(TargetGroupArn=arn, HealthCheckProtocol="TCP")
        group = self.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        self.assertNotIn("HealthCheckPath", group)
        self.assertNotIn("Matcher", group)


class Attributes(EmulatorTest):
    def attributes(self, arn):
        found = self.elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        return {attribute["Key"]: attribute["Value"] for attribute in found}

    def modify(self, arn, *pairs):
        attributes = [{"Key": key, "Value": value} for key, value in pairs]
        return self.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)

    def test_defaults(self):
        found = self.attributes(self.target_group(self.network()[0]))
        for key, value in {
            "deregistration_delay.timeout_seconds": "300",
            "preserve_client_ip.enabled": "true",
            "target_health_state.unhealthy.connection_termination.enabled": "true",
            "target_health_state.unhealthy.draining_interval_seconds": "0",
        }.items():
            self.assertEqual(found[key], value)

    def test_values_that_aws_refuses(self):
        arn = self.target_group(self.network()[0])
        for key, value in (
            ("deregistration_delay.timeout_seconds", "3601"),
            ("preserve_client_ip.enabled", "perhaps"),
            ("slow_start.duration_seconds", "30"),
        ):
            with self.subTest(key=key):
                self.refused("ValidationError", lambda pair: self.modify(arn, pair), pair=(key, value))

    def test_the_longest_delay(self):
        arn = self.target_group(self.network()[0])
        self.modify(arn, ("deregistration_delay.timeout_seconds", "3600"))
        self.assertEqual(self.attributes(arn)["deregistration_delay.timeout_seconds"], "3600")

    def test_a_draining_interval_needs_kept_connections(self):
        arn = self.target_group(self.network()[0])
        interval = ("target_health_state.unhealthy.draining_interval_seconds", "60")
        self.refused("InvalidConfigurationRequest", lambda pair: self.modify(arn, pair), pair=interval)
        self.modify(arn, interval, ("target_health_state.unhealthy.connection_termination.enabled", "false"))


class Deletion(EmulatorTest):
    @also_on_stock
    def test_in_use(self):
        vpc, subnets = self.network()
        balancer = self.network_load_balancer(subnets)["LoadBalancerArn"]
        group = self.target_group(vpc)
        listener = self.listener(balancer, group)
        self.refused("ResourceInUse", self.elb.delete_target_group, TargetGroupArn=group)
        self.elb.delete_listener(ListenerArn=listener)
        self.elb.delete_target_group(TargetGroupArn=group)
        self.refused("TargetGroupNotFound", self.elb.describe_target_groups, Names=["api"])

    def test_load_balancers_of_a_group_follow_its_listeners(self):
        vpc, subnets = self.network()
        balancer = self.network_load_balancer(subnets)["LoadBalancerArn"]
        group = self.target_group(vpc)
        listener = self.listener(balancer, group)
        self.assertEqual(self.users(group), [balancer])
        self.elb.delete_listener(ListenerArn=listener)
        self.assertEqual(self.users(group), [])

    def users(self, group):
        return self.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
