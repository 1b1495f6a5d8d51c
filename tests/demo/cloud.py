# SPDX-License-Identifier: Apache-2.0
"""AWS for the demo: the emulator, and a look at what there is."""

import json
import subprocess
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

SERVE = Path(__file__).resolve().parent.parent / "emulator" / "serve"
ACCOUNT = "111122223333"
REGION = "eu-west-1"
ZONES = [REGION + letter for letter in "abc"]
IMAGE = "ami-12c6146b"


class Cloud:
    """An emulator of its own, which ends with this process, however that ends."""

    def __init__(self, seconds_per_second, region=REGION):
        self.region = region
        self._process = subprocess.Popen(
            [SERVE, "--port", "0", "--exit-with-stdin", "--clock-factor", str(seconds_per_second)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C is for terraform; the emulator is needed until the end.
            start_new_session=True,
        )
        ready = self._process.stdout.readline()
        if not ready:
            raise SystemExit("demo: the emulator didn't start")
        self.endpoint = json.loads(ready)["endpoint"]

    def close(self):
        self._process.stdin.close()
        self._process.wait()

    def environment(self):
        """What makes an AWS client use it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "any",
        }

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
            config=Config(proxies={}),
        )

    def command(self, name, **arguments):
        """One of the emulator's own commands, which its README lists."""
        body = json.dumps({"account": ACCOUNT, **arguments}).encode()
        request = urllib.request.Request(
            f"{self.endpoint}/_emu/{name}", body, {"Content-Type": "application/json"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request) as answer:
            return json.load(answer)

    def inventory(self):
        """Every object there is: {(kind, id): name}."""
        found = self.command("inventory", region=self.region)
        return {(kind, one["id"]): one["name"] for kind, all in found.items() for one in all}

    def calls(self):
        """How many calls were made since this was asked last, and how many of them changed something."""
        counts = self.command("calls", clear=True)["counts"]
        reads = ("Describe", "Get", "List")
        writes = sum(n for name, n in counts.items() if not name.split(":")[1].startswith(reads))
        return sum(counts.values()), writes


def nodes_by_zone(cloud):
    """What AWS says itself, the provider not asked: {group: {zone: number of instances in service}}."""
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return {
        group["AutoScalingGroupName"]: {
            zone: sum(
                1
                for one in group["Instances"]
                if one["AvailabilityZone"] == zone and one["LifecycleState"] == "InService"
            )
            for zone in ZONES
        }
        for group in groups
    }


def target_health(cloud):
    """Likewise: {target group: {state: number of targets}}."""
    elb = cloud.client("elbv2")
    found = {}
    for group in elb.describe_target_groups()["TargetGroups"]:
        arn = group["TargetGroupArn"]
        targets = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        states = [target["TargetHealth"]["State"] for target in targets]
        found[group["TargetGroupName"]] = {state: states.count(state) for state in sorted(set(states))}
    return found
