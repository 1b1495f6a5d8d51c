"""EC2: deletes in use, client tokens, NAT gateways, rules, pages."""

from .harness import EmulatorTest, also_on_stock


class InUse(EmulatorTest):
    def test_a_security_group_of_an_instance(self):
        vpc, subnets = self.network()
        group = self.security_group(vpc)
        instance = self.instance(subnets[0], SecurityGroupIds=[group])
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnets[0])
        self.ec2.terminate_instances(InstanceIds=[instance])
        self.ec2.delete_security_group(GroupId=group)
        self.ec2.delete_subnet(SubnetId=subnets[0])

    def test_a_security_group_that_another_names(self):
        vpc, _ = self.network()
        one, two = self.security_group(vpc, "one"), self.security_group(vpc, "two")
        rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": one}]}]
        self.ec2.authorize_security_group_ingress(GroupId=two, IpPermissions=rule)
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=one)
        self.ec2.delete_security_group(GroupId=two)
        self.ec2.delete_security_group(GroupId=one)

    @also_on_stock
    def test_a_security_group_that_names_itself(self):
        vpc, _ = self.network()
        group = self.security_group(vpc)
        rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": group}]}]
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
        self.ec2.delete_security_group(GroupId=group)

    def test_what_a_load_balancer_used_lingers(self):
        vpc, subnets = self.network()
        group = self.security_group(vpc)
        arn = self.network_load_balancer(subnets, SecurityGroups=[group])["LoadBalancerArn"]
        for _ in range(2):
            self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
            self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnets[0])
            self.elb.delete_load_balancer(LoadBalancerArn=arn)
        self.advance(2)
        self.ec2.delete_security_group(GroupId=group)
        self.ec2.delete_subnet(SubnetId=subnets[0])

    def test_the_default_security_group(self):
        vpc, _ = self.network()
        found = self.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
            "SecurityGroups"
        ]
        self.refused("CannotDelete", self.ec2.delete_security_group, GroupId=found[0]["GroupId"])

    def test_a_vpc_with_a_gateway_or_a_group(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.refused("DependencyViolation", self.ec2.delete_vpc, VpcId=vpc)
        self.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        group = self.security_group(vpc)
        self.refused("DependencyViolation", self.ec2.delete_vpc, VpcId=vpc)
        self.ec2.delete_security_group(GroupId=group)
        self.ec2.delete_vpc(VpcId=vpc)
        self.refused("InvalidVpcID.NotFound", self.ec2.delete_vpc, VpcId=vpc)

    def test_a_gateway_under_public_addresses(self):
        vpc, subnets = self.network(gateway=True)
        gateway = self.ec2.describe_internet_gateways()["InternetGateways"][-1]["InternetGatewayId"]
        arn = self.network_load_balancer(subnets, Scheme="internet-facing")["LoadBalancerArn"]
        self.refused(
            "DependencyViolation", self.ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc
        )
        self.elb.delete_load_balancer(LoadBalancerArn=arn)
        self.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


class NatGateways(EmulatorTest):
    def create(self):
        vpc, subnets = self.network(gateway=True)
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = self.ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"][
            "NatGatewayId"
        ]
        return vpc, subnets, address, gateway

    def state(self, gateway):
        return self.ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"][0]["State"]

    def test_life(self):
        _, subnets, address, gateway = self.create()
        self.assertEqual(self.state(gateway), "pending")
        self.advance(3)
        self.assertEqual(self.state(gateway), "available")
        self.refused("InvalidIPAddress.InUse", self.ec2.release_address, AllocationId=address)
        self.ec2.delete_nat_gateway(NatGatewayId=gateway)
        self.assertEqual(self.state(gateway), "deleting")
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnets[0])
        self.advance(3)
        self.assertEqual(self.state(gateway), "deleted")
        self.ec2.release_address(AllocationId=address)
        self.ec2.delete_subnet(SubnetId=subnets[0])

    def test_filters_by_tag(self):
        _, subnets = self.network()
        for owner in "ab":
            address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
            tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "owner", "Value": owner}]}]
            self.ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address, TagSpecifications=tags)
        found = self.ec2.describe_nat_gateways(Filters=[{"Name": "tag:owner", "Values": ["a"]}])[
            "NatGateways"
        ]
        self.assertEqual(len(found), 1)

    def test_unknown(self):
        self.refused(
            "NatGatewayNotFound", self.ec2.describe_nat_gateways, NatGatewayIds=["nat-0123456789abcdef0"]
        )

    def test_one_without_an_internet_gateway_fails(self):
        _, subnets = self.network()
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = self.ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]
        self.advance(3)
        found = self.ec2.describe_nat_gateways(NatGatewayIds=[gateway["NatGatewayId"]])["NatGateways"][0]
        self.assertEqual((found["State"], found["FailureCode"]), ("failed", "Gateway.NotAttached"))
        self.assertIn("no Internet gateway", found["FailureMessage"])
        self.ec2.release_address(AllocationId=address)

    def test_its_interface_says_whose_it_is(self):
        _, subnets, _, gateway = self.create()
        filters = [{"Name": "subnet-id", "Values": [subnets[0]]}]
        found = self.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
        self.assertEqual([one["Description"] for one in found], [f"Interface for NAT Gateway {gateway}"])
        self.assertTrue(found[0]["RequesterManaged"])


class Routes(EmulatorTest):
    def setUp(self):
        super().setUp()
        self.vpc, self.subnets = self.network(gateway=True)
        self.gateway = self.ec2.describe_internet_gateways()["InternetGateways"][-1]["InternetGatewayId"]
        self.tables = [
            self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"] for _ in range(2)
        ]

    def default_route(self, table):
        found = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return next(route for route in found if route["DestinationCidrBlock"] == "0.0.0.0/0")

    def test_one_through_a_detached_gateway_is_a_black_hole(self):
        self.ec2.create_route(
            RouteTableId=self.tables[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway
        )
        self.assertEqual(self.default_route(self.tables[0])["State"], "active")
        self.ec2.detach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.assertEqual(self.default_route(self.tables[0])["State"], "blackhole")

    def test_one_through_a_deleted_nat_gateway_is_a_black_hole(self):
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = self.ec2.create_nat_gateway(SubnetId=self.subnets[0], AllocationId=address)["NatGateway"]
        self.advance(3)
        self.ec2.create_route(
            RouteTableId=self.tables[0],
            DestinationCidrBlock="0.0.0.0/0",
            NatGatewayId=nat["NatGatewayId"],
        )
        self.assertEqual(self.default_route(self.tables[0])["State"], "active")
        self.ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
        self.assertEqual(self.default_route(self.tables[0])["State"], "blackhole")

    def test_one_through_a_nat_gateway_that_is_none(self):
        settings = {"RouteTableId": self.tables[0], "DestinationCidrBlock": "0.0.0.0/0"}
        unknown = "nat-0123456789abcdef0"
        code = "InvalidNatGatewayID.NotFound"
        self.refused(code, self.ec2.create_route, NatGatewayId=unknown, **settings)
        self.ec2.create_route(GatewayId=self.gateway, **settings)
        self.refused(code, self.ec2.replace_route, NatGatewayId=unknown, **settings)

    def test_a_subnet_uses_one_table(self):
        one, two = self.tables
        self.ec2.associate_route_table(RouteTableId=one, SubnetId=self.subnets[0])
        self.refused(
            "Resource.AlreadyAssociated",
            self.ec2.associate_route_table,
            RouteTableId=two,
            SubnetId=self.subnets[0],
        )
        self.ec2.associate_route_table(RouteTableId=two, SubnetId=self.subnets[1])


class ClientTokens(EmulatorTest):
    def test_run_instances(self):
        _, subnets = self.network()
        first = self.instance(subnets[0], ClientToken="t")
        self.assertEqual(self.instance(subnets[0], ClientToken="t"), first)
        self.assertNotEqual(self.instance(subnets[0], ClientToken="u"), first)
        self.refused("IdempotentParameterMismatch", self.instance, subnet=subnets[1], ClientToken="t")

    def test_volumes_tables_and_gateways(self):
        vpc, subnets = self.network()
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        for create in (
            lambda: self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=8, ClientToken="t")[
                "VolumeId"
            ],
            lambda: self.ec2.create_route_table(VpcId=vpc, ClientToken="t")["RouteTable"]["RouteTableId"],
            lambda: self.ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address, ClientToken="t")[
                "NatGateway"
            ]["NatGatewayId"],
        ):
            self.assertEqual(create(), create())

    def test_launch_templates_and_versions(self):
        data = {"ImageId": "ami-1", "InstanceType": "t3.small"}
        one, two = (
            self.ec2.create_launch_template(
                LaunchTemplateName="nodes", ClientToken="t", LaunchTemplateData=data
            )["LaunchTemplate"]
            for _ in range(2)
        )
        self.assertEqual(one["LaunchTemplateId"], two["LaunchTemplateId"])
        code = "InvalidLaunchTemplateName.AlreadyExistsException"
        self.refused(
            code,
            self.ec2.create_launch_template,
            LaunchTemplateName="nodes",
            ClientToken="u",
            LaunchTemplateData=data,
        )
        for _ in range(2):
            version = self.ec2.create_launch_template_version(
                LaunchTemplateName="nodes", ClientToken="t", LaunchTemplateData={"ImageId": "ami-2"}
            )["LaunchTemplateVersion"]
            self.assertEqual(version["VersionNumber"], 2)


class Rules(EmulatorTest):
    def setUp(self):
        super().setUp()
        vpc, _ = self.network()
        self.one, self.two = self.security_group(vpc, "one"), self.security_group(vpc, "two")

    def permission(self, **pair):
        return [
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": self.one, **pair}],
            }
        ]

    def test_descriptions_between_groups(self):
        self.ec2.authorize_security_group_ingress(
            GroupId=self.two, IpPermissions=self.permission(Description="why")
        )
        found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [self.two]}])[
            "SecurityGroupRules"
        ]
        self.assertEqual([rule.get("Description") for rule in found if not rule["IsEgress"]], ["why"])

    def test_revoking_without_the_description(self):
        self.ec2.authorize_security_group_ingress(
            GroupId=self.two, IpPermissions=self.permission(Description="why")
        )
        self.refused(
            "InvalidPermission.Duplicate",
            self.ec2.authorize_security_group_ingress,
            GroupId=self.two,
            IpPermissions=self.permission(Description="other"),
        )
        self.ec2.revoke_security_group_ingress(GroupId=self.two, IpPermissions=self.permission())
        group = self.ec2.describe_security_groups(GroupIds=[self.two])["SecurityGroups"][0]
        self.assertEqual(group["IpPermissions"], [])

    def test_several_rules_come_together_or_not_at_all(self):
        def permissions(*ports):
            return [{**self.permission()[0], "FromPort": port, "ToPort": port} for port in ports]

        made = self.ec2.authorize_security_group_ingress(GroupId=self.two, IpPermissions=permissions(1, 2))
        self.assertEqual([rule["FromPort"] for rule in made["SecurityGroupRules"]], [1, 2])
        self.refused(
            "InvalidPermission.Duplicate",
            self.ec2.authorize_security_group_ingress,
            GroupId=self.two,
            IpPermissions=permissions(3, 2),
        )
        ids = [rule["SecurityGroupRuleId"] for rule in made["SecurityGroupRules"]]
        found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [self.two]}])
        ingress = [rule for rule in found["SecurityGroupRules"] if not rule["IsEgress"]]
        self.assertEqual([rule["SecurityGroupRuleId"] for rule in ingress], ids)
        self.ec2.revoke_security_group_ingress(GroupId=self.two, SecurityGroupRuleIds=ids)
        found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [self.two]}])
        self.assertEqual([rule["IsEgress"] for rule in found["SecurityGroupRules"]], [True])

    def test_ids_that_do_not_exist_are_named(self):
        made = self.ec2.authorize_security_group_ingress(GroupId=self.two, IpPermissions=self.permission())
        kept, gone = made["SecurityGroupRules"][0]["SecurityGroupRuleId"], "sgr-0123456789abcdef0"
        for revoke in (self.ec2.revoke_security_group_ingress, self.ec2.revoke_security_group_egress):
            code = "InvalidSecurityGroupRuleId.NotFound"
            said = self.refused(code, revoke, GroupId=self.two, SecurityGroupRuleIds=[kept, gone])
            self.assertIn(gone, said)
        self.refused(
            "InvalidPermission.NotFound",
            self.ec2.revoke_security_group_ingress,
            GroupId=self.one,
            IpPermissions=self.permission(),
        )
        self.ec2.revoke_security_group_ingress(GroupId=self.two, SecurityGroupRuleIds=[kept])

    @also_on_stock
    def test_of_some_groups_only(self):
        def groups(*ids):
            found = self.ec2.describe_security_group_rules(
                Filters=[{"Name": "group-id", "Values": list(ids)}]
            )
            return sorted(rule["GroupId"] for rule in found["SecurityGroupRules"])

        self.assertEqual(groups(self.two), [self.two])
        self.assertEqual(groups(self.one, self.two), sorted([self.one, self.two]))
        self.assertEqual(groups(self.one[:-1]), [])

    def test_a_protocol_without_ports(self):
        for ports in ({}, {"FromPort": 0, "ToPort": 0}):
            permission = {"IpProtocol": "4", **ports, "UserIdGroupPairs": [{"GroupId": self.one}]}
            made = self.ec2.authorize_security_group_ingress(GroupId=self.two, IpPermissions=[permission])
            [rule] = made["SecurityGroupRules"]
            found = self.ec2.describe_security_group_rules(
                SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
            )["SecurityGroupRules"]
            self.assertEqual([(rule["IpProtocol"], rule["FromPort"]) for rule in found], [("4", -1)])
            self.ec2.revoke_security_group_ingress(GroupId=self.two, IpPermissions=[permission])


class Pages(EmulatorTest):
    def test_subnets(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = {
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone="us-east-1a")[
                "Subnet"
            ]["SubnetId"]
            for n in range(7)
        }
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        first = self.ec2.describe_subnets(Filters=filters, MaxResults=5)
        second = self.ec2.describe_subnets(Filters=filters, MaxResults=5, NextToken=first["NextToken"])
        self.assertEqual((len(first["Subnets"]), len(second["Subnets"])), (5, 2))
        self.assertNotIn("NextToken", second)
        self.assertEqual({subnet["SubnetId"] for subnet in first["Subnets"] + second["Subnets"]}, made)
        self.refused("InvalidParameterValue", self.ec2.describe_subnets, MaxResults=4)

    def test_launch_templates_are_not_cut(self):
        for n in range(17):
            self.launch_template(f"nodes-{n}")
        self.assertEqual(len(self.ec2.describe_launch_templates()["LaunchTemplates"]), 17)
        first = self.ec2.describe_launch_templates(MaxResults=10)
        second = self.ec2.describe_launch_templates(MaxResults=10, NextToken=first["NextToken"])
        self.assertEqual((len(first["LaunchTemplates"]), len(second["LaunchTemplates"])), (10, 7))


class Tags(EmulatorTest):
    def test_described_by_key_and_value(self):
        vpc, subnets = self.network()
        self.ec2.create_tags(
            Resources=[vpc], Tags=[{"Key": "owner", "Value": "a"}, {"Key": "more", "Value": "x"}]
        )
        self.ec2.create_tags(Resources=subnets, Tags=[{"Key": "owner", "Value": "b"}])
        found = self.ec2.describe_tags(Filters=[{"Name": "tag:owner", "Values": ["a"]}])["Tags"]
        self.assertEqual([(tag["ResourceId"], tag["Key"]) for tag in found], [(vpc, "owner")])

    @also_on_stock
    def test_are_those_of_the_moment_and_of_one_object(self):
        _, (one, two, bare) = self.network()

        def tags():
            found = self.ec2.describe_subnets(SubnetIds=[one, two, bare])["Subnets"]
            made = {
                subnet["SubnetId"]: {tag["Key"]: tag["Value"] for tag in subnet.get("Tags", ())}
                for subnet in found
            }
            return [made[subnet] for subnet in (one, two, bare)]

        def having(name, *values):
            found = self.ec2.describe_subnets(Filters=[{"Name": name, "Values": list(values)}])["Subnets"]
            return {subnet["SubnetId"] for subnet in found}

        def owned(value):
            return [{"Key": "owner", "Value": value}]

        self.ec2.create_tags(Resources=[one, two], Tags=owned("a"))
        self.ec2.create_tags(Resources=[two], Tags=[{"Key": "more", "Value": "x"}])
        self.assertEqual(tags(), [{"owner": "a"}, {"owner": "a", "more": "x"}, {}])
        self.assertEqual(having("tag:owner", "a"), {one, two})
        self.assertEqual(having("tag:more", "x"), {two})
        self.assertEqual(having("tag-key", "more"), {two})
        self.ec2.create_tags(Resources=[one], Tags=owned("b"))
        self.assertEqual(tags(), [{"owner": "b"}, {"owner": "a", "more": "x"}, {}])
        self.assertEqual((having("tag:owner", "a"), having("tag:owner", "b")), ({two}, {one}))
        # Only where the value is the one that is given, too.
        self.ec2.delete_tags(Resources=[one, two], Tags=owned("a"))
        self.assertEqual(tags(), [{"owner": "b"}, {"more": "x"}, {}])
        self.assertEqual((having("tag:owner", "a", "b"), having("tag-key", "owner")), ({one}, {one}))
        self.ec2.delete_tags(Resources=[two], Tags=[{"Key": "more"}])
        self.assertEqual(tags(), [{"owner": "b"}, {}, {}])
