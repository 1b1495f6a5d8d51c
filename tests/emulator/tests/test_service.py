"""What the emulator does for tests: accounts, clock, faults, stale reads, inventory, log, guarding moto's sources."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections import namedtuple

from .harness import HERE, EmulatorTest, GroupTest, Server, also_on_stock
from .test_iam import TRUST

# A server that somebody else started.
Elsewhere = namedtuple("Elsewhere", "endpoint stock")


class Accounts(EmulatorTest):
    @also_on_stock
    def test_are_apart(self):
        self.network()
        first = self.account
        self.act_as("999999999999")
        self.assertEqual(self.admin("inventory"), {})
        self.act_as(first)
        self.assertEqual(len(self.admin("inventory")["subnet"]), 3)

    @also_on_stock
    def test_reset_forgets_one_account(self):
        self.network()
        first = self.account
        self.act_as("999999999998")
        self.network()
        self.admin("reset")
        self.assertEqual(self.admin("inventory"), {})
        self.act_as(first)
        self.assertIn("vpc", self.admin("inventory"))

    @also_on_stock
    def test_a_key_is_its_account(self):
        self.assertEqual(self.client("sts").get_caller_identity()["Account"], self.account)


class Inventory(GroupTest):
    @also_on_stock
    def test_kinds_names_and_tags(self):
        self.create(Tags=[{"Key": "owner", "Value": "a", "PropagateAtLaunch": True}])
        group = self.target_group(self.vpc, Tags=[{"Key": "owner", "Value": "b"}])
        self.listener(self.network_load_balancer(self.subnets)["LoadBalancerArn"], group)
        self.security_group(self.vpc)
        self.ssm.put_parameter(Name="/c/a", Type="String", Value="x", Tags=[{"Key": "owner", "Value": "c"}])
        self.iam.create_role(
            RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "owner", "Value": "d"}]
        )
        self.iam.create_instance_profile(InstanceProfileName="p")
        self.ec2.create_key_pair(KeyName="k", KeyType="ed25519")
        zone = self.dns.create_hosted_zone(Name="example.com", CallerReference="once")["HostedZone"]["Id"]
        found = self.admin("inventory")
        counts = {kind: len(things) for kind, things in found.items()}
        self.assertEqual(
            counts,
            {
                "vpc": 1,
                "subnet": 3,
                "security-group": 1,
                "security-group-rule": 1,
                "network-interface": 3,
                "instance": 3,
                "volume": 3,
                "launch-template": 1,
                "auto-scaling-group": 1,
                "load-balancer": 1,
                "listener": 1,
                "target-group": 1,
                "parameter": 1,
                "role": 1,
                "instance-profile": 1,
                "key-pair": 1,
                "hosted-zone": 1,
            },
        )
        self.assertEqual(found["auto-scaling-group"][0]["tags"], {"owner": "a"})
        self.assertEqual(
            (found["target-group"][0]["name"], found["target-group"][0]["tags"]), ("api", {"owner": "b"})
        )
        self.assertEqual(found["parameter"][0]["tags"], {"owner": "c"})
        self.assertEqual(found["role"][0]["tags"], {"owner": "d"})
        self.assertEqual(found["key-pair"][0]["name"], "k")
        self.assertEqual(found["hosted-zone"][0]["id"], zone.rsplit("/", 1)[1])

    @also_on_stock
    def test_what_is_made_in_the_default_vpc_counts(self):
        default = self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0][
            "VpcId"
        ]
        before = set(self.admin("inventory"))
        self.security_group(default)
        self.assertEqual(set(self.admin("inventory")) - before, {"security-group", "security-group-rule"})


class Calls(EmulatorTest):
    @also_on_stock
    def test_are_counted_by_action(self):
        self.network(zones=("us-east-1a",))
        self.elb.describe_load_balancers()
        self.dns.list_hosted_zones()
        self.ssm.describe_parameters()
        counts = self.admin("calls", clear=True)["counts"]
        self.assertEqual(
            counts,
            {
                "ec2:CreateSubnet": 1,
                "ec2:CreateVpc": 1,
                "elasticloadbalancing:DescribeLoadBalancers": 1,
                "route53:ListHostedZones": 1,
                "ssm:DescribeParameters": 1,
            },
        )
        self.assertEqual(self.admin("calls")["total"], 0)


class Connections(EmulatorTest):
    """Clients that make many calls at once reset some connections that ended after one answer, and called again."""

    def open(self):
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(Server.current.endpoint).netloc, timeout=20
        )
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, **headers):
        """(status, body) of the answer to the connection's next call."""
        connection.request("POST", "/_emu/calls", json.dumps({"account": self.account}), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    @also_on_stock
    def test_are_kept_by_each_of_many_clients(self):
        lost = []

        def client():
            connection = self.open()
            connection.connect()
            first = connection.sock
            for _ in range(20):
                status, data = self.ask(connection)
                if status != 200 or json.loads(data)["total"] or connection.sock is not first:
                    lost.append((status, data))

        threads = [threading.Thread(target=client) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(lost, [])

    @also_on_stock
    def test_go_on_after_a_body_that_nobody_read(self):
        connection = self.open()
        connection.request("POST", "/_emu/no-such-command", "x" * 100_000)
        answer = connection.getresponse()
        answer.read()
        self.assertEqual((answer.status, self.ask(connection)[0]), (404, 200))

    @also_on_stock
    def test_are_answered_before_the_body_where_asked(self):
        where = urllib.parse.urlsplit(Server.current.endpoint)
        with socket.create_connection((where.hostname, where.port), timeout=20) as link:
            body = json.dumps({"account": self.account}).encode()
            head = f"POST /_emu/calls HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
            link.sendall(head.encode())
            self.assertTrue(link.recv(4096).startswith(b"HTTP/1.1 100"))
            link.sendall(body)
            self.assertTrue(link.recv(4096).startswith(b"HTTP/1.1 200"))

    @also_on_stock
    def test_end_where_asked(self):
        connection = self.open()
        self.assertEqual(self.ask(connection, Connection="close")[0], 200)
        self.assertIsNone(connection.sock)


class Faults(EmulatorTest):
    def vpcs(self):
        return len(self.ec2.describe_vpcs()["Vpcs"])

    @also_on_stock
    def test_before_the_effect(self):
        before = self.vpcs()
        self.admin("fault", action="ec2:CreateVpc", code="RequestLimitExceeded", status=503)
        self.refused("RequestLimitExceeded", self.ec2.create_vpc, CidrBlock="10.0.0.0/16")
        self.assertEqual(self.vpcs(), before)
        self.ec2.create_vpc(CidrBlock="10.0.0.0/16")

    @also_on_stock
    def test_after_the_effect(self):
        before = self.vpcs()
        self.admin("fault", action="ec2:CreateVpc", when="after")
        self.refused("InternalError", self.ec2.create_vpc, CidrBlock="10.0.0.0/16")
        self.assertEqual(self.vpcs(), before + 1)

    @also_on_stock
    def test_at_the_nth_call(self):
        self.admin("fault", action="*:Describe*", nth=2, times=2, code="Throttling", status=400)
        self.vpcs()
        self.refused("Throttling", self.elb.describe_load_balancers)
        self.refused("Throttling", self.asg.describe_auto_scaling_groups)
        self.vpcs()

    @also_on_stock
    def test_in_every_protocol(self):
        for function in (
            self.ec2.describe_vpcs,
            self.elb.describe_load_balancers,
            self.asg.describe_auto_scaling_groups,
            self.dns.list_hosted_zones,
            self.ssm.describe_parameters,
            self.iam.list_roles,
        ):
            self.admin("fault", action="*:*", code="Injected", status=400)
            self.refused("Injected", function)

    @also_on_stock
    def test_heal_drops_them(self):
        self.admin("fault", action="*:*")
        self.admin("heal")
        self.vpcs()


class Staleness(GroupTest):
    def size(self):
        return len(self.group()["Instances"])

    def test_for_a_number_of_calls(self):
        self.create()
        self.admin("settings", launch_seconds=0)
        self.admin("lag", action="autoscaling:SetDesiredCapacity", calls=2)
        self.resize(5)
        self.assertEqual([self.size() for _ in range(3)], [3, 3, 5])

    def test_for_a_time(self):
        self.admin("lag", action="elasticloadbalancing:CreateLoadBalancer", seconds=10)
        self.network_load_balancer(self.subnets)
        self.refused("LoadBalancerNotFound", self.elb.describe_load_balancers, Names=["api"])
        self.assertEqual(len(self.ec2.describe_subnets(SubnetIds=self.subnets)["Subnets"]), 3)
        self.advance(11)
        self.assertEqual(len(self.elb.describe_load_balancers(Names=["api"])["LoadBalancers"]), 1)

    @also_on_stock
    def test_of_two_accounts_at_once(self):
        def lagging():
            self.admin("lag", action="ec2:CreateVpc", calls=1)
            self.ec2.create_vpc(CidrBlock="10.3.0.0/16")

        def seen():
            filters = [{"Name": "cidr", "Values": ["10.3.0.0/16"]}]
            return [len(self.ec2.describe_vpcs(Filters=filters)["Vpcs"]) for _ in range(2)]

        first = self.account
        lagging()
        self.act_as("999999999997")
        lagging()
        self.act_as(first)
        self.assertEqual(seen(), [0, 1])
        self.act_as("999999999997")
        self.assertEqual(seen(), [0, 1])
        self.admin("reset")
        self.act_as(first)

    @also_on_stock
    def test_of_some_reads_only(self):
        self.admin("lag", action="ec2:CreateVpc", calls=1, reads="DescribeVpcs")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        groups = self.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
            "SecurityGroups"
        ]
        self.assertEqual(len(groups), 1)
        self.refused("InvalidVpcID.NotFound", self.ec2.describe_vpcs, VpcIds=[vpc])
        self.ec2.describe_vpcs(VpcIds=[vpc])


class Copies(EmulatorTest):
    def setUp(self):
        super().setUp()
        self.network()
        self.original = Server.current

    def tearDown(self):
        Server.current = self.original
        super().tearDown()

    def copied(self):
        """The original's endpoint and a copy's."""
        return self.original, Elsewhere(self.admin("copy")["endpoint"], self.original.stock)

    @also_on_stock
    def test_have_what_there_is_and_go_on_by_themselves(self):
        original, copy = self.copied()
        another = self.copied()[1]
        there = self.admin("inventory")
        Server.current = copy
        self.assertEqual(self.admin("inventory"), there)
        self.ec2.create_vpc(CidrBlock="10.1.0.0/16")
        self.assertEqual(len(self.admin("inventory")["vpc"]), 2)
        for untouched in (original, another):
            Server.current = untouched
            self.assertEqual(self.admin("inventory"), there)

    @also_on_stock
    def test_a_copy_is_ended_and_the_original_is_not(self):
        _, copy = self.copied()
        Server.current = copy
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.admin("end")
        with self.assertRaises(OSError):
            self.admin("inventory")
        Server.current = self.original
        with self.assertRaises(AssertionError):
            self.admin("end")
        self.assertIn("vpc", self.admin("inventory"))

    @also_on_stock
    def test_connections_end_with_their_server_though_a_copy_of_it_goes_on(self):
        _, Server.current = self.copied()
        where = urllib.parse.urlsplit(Server.current.endpoint)
        with socket.create_connection((where.hostname, where.port), timeout=20) as link:
            link.sendall(b"GET /_emu/calls HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertTrue(link.recv(4096).startswith(b"HTTP/1.1 200"))
            self.copied()
            with self.assertRaises((OSError, http.client.HTTPException)):
                self.admin("end")
            self.assertEqual(link.recv(1), b"")

    def test_time_in_a_copy_is_its_own(self):
        before = self.admin("clock")["now"]
        _, Server.current = self.copied()
        self.assertEqual(self.admin("clock", advance=60)["now"], before + 60)
        Server.current = self.original
        self.assertEqual(self.admin("clock")["now"], before)


class Clock(EmulatorTest):
    def test_follows_real_time_at_a_factor(self):
        before = self.admin("clock")["now"]
        self.assertEqual(self.admin("clock")["now"], before)
        self.assertEqual(self.admin("clock", advance=5)["now"], before + 5)
        self.admin("clock", factor=1e9)
        self.assertGreater(self.admin("clock", factor=0)["now"], before + 5)

    def test_settings_are_checked(self):
        self.assertEqual(self.admin("settings", launch_seconds=7)["launch_seconds"], 7)
        for wrong in ({"no_such": 1}, {"launch_seconds": "x"}, {"dead_zones": 3}):
            with self.assertRaises(AssertionError):
                self.admin("settings", **wrong)


class Guard(EmulatorTest):
    @also_on_stock
    def test_a_changed_moto_is_refused_by_name(self):
        program = (
            "from awsfix import corrections, patching\n"
            "from moto.elbv2.models import FakeTargetGroup\n"
            "def register(self, targets): pass\n"
            "FakeTargetGroup.register = register\n"
            "import inspect; inspect.getsource = lambda function: function.__qualname__\n"
            "try:\n    corrections.install()\n"
            "except patching.MotoChanged as problem: print(problem)\n"
        )
        answer = subprocess.run(
            [sys.executable, "-c", program], cwd=HERE.parent, capture_output=True, text=True, check=True
        )
        self.assertIn("moto.elbv2.models.FakeTargetGroup.register", answer.stdout)

    @also_on_stock
    def test_the_server_ends_with_its_input(self):
        server = subprocess.Popen(
            [HERE.parent / "serve", "--exit-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        endpoint = json.loads(server.stdout.readline())["endpoint"]
        with urllib.request.urlopen(f"{endpoint}/_emu/calls") as answer:
            self.assertEqual(json.load(answer)["total"], 0)
        server.stdin.close()
        self.assertEqual(server.wait(timeout=30), 0)
        server.stdout.close()
