"""What the tests share: a running server, an account for each test, clients, and a small network to begin with."""

import base64
import itertools
import json
import subprocess
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = Path(__file__).resolve().parent
REGION = "us-east-1"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
IMAGE = "ami-12c6146b"

_accounts = itertools.count(100_000_000_001)

# Clients are dear to make, so all tests share them: the account is that of the session's access key.
_session = boto3.session.Session(aws_access_key_id="-", aws_secret_access_key="any")
_clients = {}


class Server:
    """One server process; the current one answers all clients."""

    current = None

    def __init__(self, *arguments):
        self.stock = "--stock" in arguments
        self._process = subprocess.Popen(
            [HERE.parent / "serve", "--exit-with-stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Stock moto complains about everything that it can't do.
            stderr=subprocess.DEVNULL if self.stock else None,
        )
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the server didn't start")
        self.endpoint = json.loads(line)["endpoint"]

    def __enter__(self):
        Server.current = self
        return self

    def __exit__(self, *_):
        Server.current = None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=20)


def also_on_stock(test):
    """Marks a test that stock moto passes too."""
    test.also_on_stock = True
    return test


class EmulatorTest(unittest.TestCase):
    """A test in an account of its own, whose clock stands still until the test advances it."""

    def setUp(self):
        self.act_as(str(next(_accounts)))
        if not Server.current.stock:
            self.admin("clock", factor=0)

    def tearDown(self):
        self.admin("reset")

    def act_as(self, account):
        """Calls from here on are those of another account."""
        self.account = account
        _session.get_credentials().access_key = account

    def client(self, service, region=REGION):
        key = (service, region, Server.current.endpoint)
        if key not in _clients:
            _clients[key] = _session.client(
                service,
                region_name=region,
                endpoint_url=Server.current.endpoint,
                config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
            )
        return _clients[key]

    ec2 = property(lambda self: self.client("ec2"))
    elb = property(lambda self: self.client("elbv2"))
    asg = property(lambda self: self.client("autoscaling"))
    dns = property(lambda self: self.client("route53"))
    ssm = property(lambda self: self.client("ssm"))
    iam = property(lambda self: self.client("iam"))

    def admin(self, command, **arguments):
        arguments.setdefault("account", self.account)
        request = urllib.request.Request(
            f"{Server.current.endpoint}/_emu/{command}", json.dumps(arguments).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            self.fail(f"/_emu/{command}: {problem.read().decode()}")

    def advance(self, seconds):
        """Lets virtual time pass; stock moto knows none, so there it passes at once."""
        if not Server.current.stock:
            self.admin("clock", advance=seconds)

    def refused(self, code, function, **arguments):
        """Asserts that the call is refused with this error code; gives the message."""
        with self.assertRaises(ClientError) as caught:
            function(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code, caught.exception)
        return caught.exception.response["Error"]["Message"]

    # -- a small world to start from --

    def network(self, zones=ZONES, gateway=False):
        """A VPC with a subnet in each zone: (VPC id, [subnet ids])."""
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=zone)[
                "Subnet"
            ]["SubnetId"]
            for index, zone in enumerate(zones)
        ]
        if gateway:
            internet = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            self.ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
        return vpc, subnets

    def security_group(self, vpc, name="nodes"):
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]

    def network_load_balancer(self, subnets, name="api", **settings):
        settings.setdefault("Scheme", "internal")
        return self.elb.create_load_balancer(Name=name, Type="network", Subnets=subnets, **settings)[
            "LoadBalancers"
        ][0]

    def target_group(self, vpc, name="api", **settings):
        settings = {"Protocol": "TCP", "Port": 6443, "TargetType": "instance", **settings}
        return self.elb.create_target_group(Name=name, VpcId=vpc, **settings)["TargetGroups"][0][
            "TargetGroupArn"
        ]

    def listener(self, balancer, group, **settings):
        settings = {"Protocol": "TCP", "Port": 6443, **settings}
        actions = [{"Type": "forward", "TargetGroupArn": group}]
        return self.elb.create_listener(LoadBalancerArn=balancer, DefaultActions=actions, **settings)[
            "Listeners"
        ][0]["ListenerArn"]

    def instance(self, subnet, **settings):
        settings = {"ImageId": IMAGE, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1, **settings}
        return self.ec2.run_instances(SubnetId=subnet, **settings)["Instances"][0]["InstanceId"]

    def launch_template(self, name="nodes", **data):
        data = {"ImageId": IMAGE, "InstanceType": "t3.small", **data}
        answer = self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
        return answer["LaunchTemplate"]["LaunchTemplateId"]

    def template_version(self, template, **data):
        data = {"ImageId": IMAGE, "InstanceType": "t3.medium", **data}
        answer = self.ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
        return str(answer["LaunchTemplateVersion"]["VersionNumber"])

    def states(self, group):
        """How many targets are in which state."""
        found = {}
        for target in self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]:
            state = target["TargetHealth"]["State"]
            found[state] = found.get(state, 0) + 1
        return found


def user_data(text):
    return base64.b64encode(text.encode()).decode()


class GroupTest(EmulatorTest):
    """A test with a network, a launch template, and a hand for groups."""

    def setUp(self):
        super().setUp()
        self.vpc, self.subnets = self.network()
        self.template = self.launch_template(UserData=user_data("one"))

    def create(self, name="nodes", desired=3, version="1", settle=True, **settings):
        settings = {"MinSize": 0, "MaxSize": 10, **settings}
        if "MixedInstancesPolicy" not in settings:
            settings.setdefault("LaunchTemplate", {"LaunchTemplateId": self.template, "Version": version})
        settings.setdefault("VPCZoneIdentifier", ",".join(self.subnets))
        self.asg.create_auto_scaling_group(AutoScalingGroupName=name, DesiredCapacity=desired, **settings)
        if settle:
            self.advance(2)

    def update(self, name="nodes", **settings):
        self.asg.update_auto_scaling_group(AutoScalingGroupName=name, **settings)

    def resize(self, desired, name="nodes"):
        self.asg.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=desired)

    def group(self, name="nodes"):
        found = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return found[0] if found else None

    def instances(self, name="nodes"):
        return {found["InstanceId"] for found in self.group(name)["Instances"]}

    def life(self, name="nodes"):
        return sorted(found["LifecycleState"] for found in self.group(name)["Instances"])

    def versions(self, name="nodes"):
        return sorted(found["LaunchTemplate"]["Version"] for found in self.group(name)["Instances"])

    def spread(self, name="nodes"):
        """Instances in service by zone, in the order of ZONES."""
        placed = [
            found["AvailabilityZone"]
            for found in self.group(name)["Instances"]
            if found["LifecycleState"] == "InService"
        ]
        return [placed.count(zone) for zone in ZONES]

    def activities(self, name="nodes", **settings):
        return self.asg.describe_scaling_activities(AutoScalingGroupName=name, **settings)["Activities"]
