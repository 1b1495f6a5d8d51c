# SPDX-License-Identifier: Apache-2.0
"""An account of an emulator of its own, with terraform at work in it."""

import statistics

from cloud import Cloud
from figures import Figures
from terraform import Terraform

REGION = "us-east-1"
# us-east-1e has none of the present instance types.
LETTERS = "abcdf"
IMAGE = "ami-12c6146b"

# So many of AWS's seconds pass in one. Load balancers and gateways are there at once: how long AWS takes for
# them is nothing that an emulator could tell.
SECONDS_PER_SECOND = 60
AT_ONCE = {"load_balancer_seconds": 0, "interface_linger_seconds": 0, "nat_gateway_seconds": 0}

COMMANDS = {
    "plan": ["plan", "-input=false", "-no-color", "-out=planned"],
    "apply": ["apply", "-input=false", "-no-color", "planned"],
    "refresh": ["plan", "-input=false", "-no-color", "-detailed-exitcode"],
    "destroy": ["destroy", "-input=false", "-no-color", "-auto-approve"],
}
# A refresh can be had again: the median counts.
RUNS = {"refresh": 3}


class Site:
    def __init__(self, work, subject, clusters, zones):
        self._subject, self._clusters, self._zones = subject, clusters, zones
        self._cloud = Cloud(SECONDS_PER_SECOND, REGION)
        self._cloud.command("settings", **AT_ONCE)
        answer = self._cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="bench")
        self._terraform = Terraform(
            work, subject.configuration, subject.source, subject.program, self._cloud.environment()
        )
        self._terraform.variables(
            {
                "region": REGION,
                "image_id": IMAGE,
                "hosted_zone_id": answer["HostedZone"]["Id"].removeprefix("/hostedzone/"),
                "zones": [REGION + letter for letter in LETTERS[:zones]],
                "clusters": [f"c{number}" for number in range(clusters)],
            }
        )
        # Modules; providers come from where they are.
        self._terraform.run("get")

    def close(self):
        self._cloud.close()

    def measure(self, phase, latency=0.0):
        if latency:
            self._cloud.command("latency", seconds=latency)
        runs = sorted((self._once(phase, latency) for _ in range(RUNS.get(phase, 1))), key=lambda run: run.total)
        self._cloud.command("heal")
        median = runs[len(runs) // 2]
        median.cpu = statistics.median(run.cpu for run in runs)
        median.wall = statistics.median(run.wall for run in runs)
        median.peak_mib = max(run.peak_mib for run in runs)
        return median

    def _once(self, phase, latency):
        self._cloud.command("calls", clear=True)
        _, cost = self._terraform.run(*COMMANDS[phase])
        calls = self._cloud.command("calls", clear=True)["counts"]
        return Figures(
            self._subject.label,
            self._clusters,
            self._zones,
            phase,
            latency,
            calls,
            cost.cpu,
            cost.peak_mib,
            cost.seconds,
        )
