"""Network Load Balancers: life cycle, subnets, security groups, attributes, tags."""

from .harness import EmulatorTest, also_on_stock


class Creation(EmulatorTest):
    def test_arn_name_and_zone_are_those_of_a_network_load_balancer(self):
        _, subnets = self.network()
        balancer = self.network_load_balancer(subnets)
        self.assertIn(":loadbalancer/net/api/", balancer["LoadBalancerArn"])
        suffix = balancer["LoadBalancerArn"].rsplit("/", 1)[1]
        self.assertEqual(balancer["DNSName"], f"api-{suffix}.elb.us-east-1.amazonaws.com")
        self.assertEqual(balancer["CanonicalHostedZoneId"], "Z26RNL4JYFTOTI")

    def test_same_settings_give_the_same_load_balancer(self):
        _, subnets = self.network()
        first = self.network_load_balancer(subnets, Tags=[{"Key": "owner", "Value": "a"}])
        again = self.network_load_balancer(list(reversed(subnets)), Tags=[{"Key": "owner", "Value": "a"}])
        self.assertEqual(first["LoadBalancerArn"], again["LoadBalancerArn"])
        self.assertEqual(len(self.elb.describe_load_balancers()["LoadBalancers"]), 1)

    def test_other_settings_under_the_same_name_are_refused(self):
        _, subnets = self.network()
        self.network_load_balancer(subnets)
        for changed in ({"Subnets": subnets[:2]}, {"Tags": [{"Key": "owner", "Value": "b"}]}):
            settings = {"Name": "api", "Type": "network", "Scheme": "internal", "Subnets": subnets, **changed}
            self.refused("DuplicateLoadBalancerName", self.elb.create_load_balancer, **settings)

    def test_settings_are_compared_as_they_are_now(self):
        _, subnets = self.network()
        first = self.network_load_balancer(subnets)["LoadBalancerArn"]
        self.elb.set_subnets(LoadBalancerArn=first, Subnets=subnets[:2])
        self.refused("DuplicateLoadBalancerName", self.network_load_balancer, subnets=subnets)
        self.assertEqual(self.network_load_balancer(subnets[:2])["LoadBalancerArn"], first)

    def test_is_provisioning_at_first(self):
        _, subnets = self.network()
        self.assertEqual(self.network_load_balancer(subnets)["State"]["Code"], "provisioning")
        self.assertEqual(self.state(), "provisioning")
        self.advance(3)
        self.assertEqual(self.state(), "active")

    def state(self):
        return self.elb.describe_load_balancers(Names=["api"])["LoadBalancers"][0]["State"]["Code"]

    def test_names_that_aws_refuses(self):
        _, subnets = self.network()
        for name in ("a" * 33, "-api", "api-", "api_1", "internal-api"):
            with self.subTest(name=name):
                self.refused("ValidationError", self.network_load_balancer, subnets=subnets, name=name)

    def test_subnets_that_aws_refuses(self):
        vpc, subnets = self.network()
        other = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/24", AvailabilityZone="us-east-1a")[
            "Subnet"
        ]["SubnetId"]
        _, foreign = self.network(zones=("us-east-1b",))
        create = self.network_load_balancer
        self.refused("SubnetNotFound", create, subnets=["subnet-0123456789abcdef0"])
        self.refused("ValidationError", create, subnets=["nonsense"])
        self.refused("InvalidConfigurationRequest", create, subnets=[subnets[0], other])
        self.refused("InvalidConfigurationRequest", create, subnets=[subnets[0], foreign[0]])
        self.refused("InvalidSubnet", create, subnets=subnets, Scheme="internet-facing")

    @also_on_stock
    def test_internet_facing_with_a_gateway(self):
        _, subnets = self.network(gateway=True)
        self.assertEqual(
            self.network_load_balancer(subnets, Scheme="internet-facing")["Scheme"], "internet-facing"
        )

    def test_security_groups_that_aws_refuses(self):
        _, subnets = self.network()
        foreign = self.security_group(self.network()[0])
        self.refused(
            "InvalidSecurityGroup",
            self.network_load_balancer,
            subnets=subnets,
            SecurityGroups=["sg-0123456789abcdef0"],
        )
        self.refused(
            "InvalidConfigurationRequest",
            self.network_load_balancer,
            subnets=subnets,
            SecurityGroups=[foreign],
        )

    def test_a_missing_one_is_not_found_beside_an_existing_one(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        self.refused(
            "LoadBalancerNotFound", self.elb.describe_load_balancers, LoadBalancerArns=[arn, arn + "0"]
        )
        self.refused("LoadBalancerNotFound", self.elb.describe_load_balancers, Names=["api", "other"])


class Change(EmulatorTest):
    def test_security_groups_can_be_changed_where_there_are_some(self):
        vpc, subnets = self.network()
        one, two = self.security_group(vpc, "one"), self.security_group(vpc, "two")
        arn = self.network_load_balancer(subnets, SecurityGroups=[one])["LoadBalancerArn"]
        self.elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[two])
        self.assertEqual(self.elb.describe_load_balancers()["LoadBalancers"][0]["SecurityGroups"], [two])
        self.refused(
            "InvalidConfigurationRequest",
            self.elb.set_security_groups,
            LoadBalancerArn=arn,
            SecurityGroups=[],
        )
        bare = self.network_load_balancer(subnets, name="bare")["LoadBalancerArn"]
        self.refused(
            "InvalidConfigurationRequest",
            self.elb.set_security_groups,
            LoadBalancerArn=bare,
            SecurityGroups=[one],
        )

    def test_subnets_can_be_replaced_down_to_one(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets[:2])["LoadBalancerArn"]
        self.elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets)
        self.assertEqual(len(self.zones()), 3)
        self.elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets[1:2])
        self.assertEqual([zone["ZoneName"] for zone in self.zones()], ["us-east-1b"])
        self.refused(
            "SubnetNotFound", self.elb.set_subnets, LoadBalancerArn=arn, Subnets=["subnet-0123456789abcdef0"]
        )

    def zones(self):
        return self.elb.describe_load_balancers()["LoadBalancers"][0]["AvailabilityZones"]

    def test_attributes(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        found = self.attributes(arn)
        self.assertEqual(found["load_balancing.cross_zone.enabled"], "false")
        self.assertEqual(found["dns_record.client_routing_policy"], "any_availability_zone")
        self.modify(arn, "load_balancing.cross_zone.enabled", "true")
        self.assertEqual(self.attributes(arn)["load_balancing.cross_zone.enabled"], "true")
        for key, value, code in (
            ("idle_timeout.timeout_seconds", "60", "InvalidConfigurationRequest"),
            ("load_balancing.cross_zone.enabled", "maybe", "ValidationError"),
            ("access_logs.s3.enabled", "true", "InvalidConfigurationRequest"),
        ):
            with self.subTest(key=key):
                self.refused(code, self.modify, arn=arn, key=key, value=value)

    def attributes(self, arn):
        found = self.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {attribute["Key"]: attribute["Value"] for attribute in found}

    def modify(self, arn, key, value):
        self.elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}]
        )

    def test_access_logs_need_their_bucket(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        wanted = [
            {"Key": "access_logs.s3.enabled", "Value": "true"},
            {"Key": "access_logs.s3.bucket", "Value": "logs"},
        ]
        modify = self.elb.modify_load_balancer_attributes
        self.refused("InvalidConfigurationRequest", modify, LoadBalancerArn=arn, Attributes=wanted)
        self.client("s3").create_bucket(Bucket="logs")
        modify(LoadBalancerArn=arn, Attributes=wanted)
        self.assertEqual(self.attributes(arn)["access_logs.s3.bucket"], "logs")

    def test_deletion_protection(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        self.modify(arn, "deletion_protection.enabled", "true")
        self.refused("OperationNotPermitted", self.elb.delete_load_balancer, LoadBalancerArn=arn)
        self.modify(arn, "deletion_protection.enabled", "false")
        self.elb.delete_load_balancer(LoadBalancerArn=arn)
        self.assertEqual(self.elb.describe_load_balancers()["LoadBalancers"], [])

    @also_on_stock
    def test_deleting_twice_succeeds(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        self.elb.delete_load_balancer(LoadBalancerArn=arn)
        self.elb.delete_load_balancer(LoadBalancerArn=arn)


class Tags(EmulatorTest):
    def test_up_to_fifty_tags(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets, Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(10)])[
            "LoadBalancerArn"
        ]
        self.elb.add_tags(ResourceArns=[arn], Tags=[{"Key": f"k{n}", "Value": "w"} for n in range(50)])
        self.refused(
            "TooManyTags", self.elb.add_tags, ResourceArns=[arn], Tags=[{"Key": "more", "Value": ""}]
        )
        self.elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "k0", "Value": "x"}])
        found = self.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        self.assertEqual(len(found), 50)
        self.assertIn({"Key": "k0", "Value": "x"}, found)

    def test_listener_and_target_group_keep_theirs(self):
        vpc, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        group = self.target_group(vpc, Tags=[{"Key": "a", "Value": "1"}])
        listener = self.listener(arn, group, Tags=[{"Key": "b", "Value": "2"}])
        self.assertIn(":listener/net/api/", listener)
        self.elb.add_tags(ResourceArns=[listener], Tags=[{"Key": "c", "Value": "3"}])
        found = {
            d["ResourceArn"]: d["Tags"]
            for d in self.elb.describe_tags(ResourceArns=[group, listener])["TagDescriptions"]
        }
        self.assertEqual(found[group], [{"Key": "a", "Value": "1"}])
        self.assertEqual(found[listener], [{"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}])

    def test_describing_tags_of_missing_or_too_many_resources(self):
        _, subnets = self.network()
        arn = self.network_load_balancer(subnets)["LoadBalancerArn"]
        self.refused("LoadBalancerNotFound", self.elb.describe_tags, ResourceArns=[arn + "0"])
        self.refused("ValidationError", self.elb.describe_tags, ResourceArns=[arn] * 21)

    def test_the_same_key_twice(self):
        _, subnets = self.network()
        tags = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
        self.refused("DuplicateTagKeys", self.network_load_balancer, subnets=subnets, Tags=tags)
