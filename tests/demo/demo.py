# SPDX-License-Identifier: Apache-2.0
"""The story: a cluster over three zones is planned, made, looked at, loses a zone, recovers, and goes."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from cloud import IMAGE, REGION, ZONES, Cloud, nodes_by_zone, target_health
from terraform import ROOT, Terraform, built

# The emulator's minutes pass in a second: waits for health checks are real, and short.
SECONDS_PER_SECOND = 60


def main():
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("profile", nargs="?", default="debug", choices=["debug", "release"])
    profile = parser.parse_args().profile
    with tempfile.TemporaryDirectory(prefix="kubeha-demo-") as work:
        examples, provider = ROOT / "examples", built(profile)

        def terraform(example, environment):
            return Terraform(Path(work) / example, examples / example, "kubeha/kubeha", provider, environment)

        topology(terraform("topology", {}))
        say("AWS, played by the emulator of tests/emulator: moto with corrections")
        cloud = Cloud(SECONDS_PER_SECOND)
        try:
            cluster(cloud, terraform("complete", cloud.environment()))
        finally:
            cloud.close()


def topology(terraform):
    say("Two zones, without an AWS account (examples/topology)")
    for event in terraform.run("plan", "-input=false", "-json")[0].splitlines():
        told = json.loads(event).get("diagnostic", {})
        if "development overrides" not in told.get("summary", "development overrides"):
            print(f"{told['severity'].capitalize()}: {told['summary']}\n\n{told['detail']}")
            return


def cluster(cloud, terraform):
    # Targets are healthy some seconds after their nodes.
    variables = {
        "region": REGION,
        "availability_zones": ZONES,
        "image_id": IMAGE,
        "wait_for_healthy_timeout": "1m",
    }
    terraform.variables(variables)
    before = cloud.inventory()
    cloud.calls()
    print(f"The account is empty. What goes in: {REGION}, {', '.join(ZONES)}, and an image.")
    phases = {}

    def phase(name, *arguments, expect=(0,)):
        output, cost = terraform.run(*arguments, expect=expect)
        phases[name] = (cloud.calls(), cost)
        return output

    say("terraform plan (examples/complete, three zones)")
    phase("plan", "plan", "-input=false", "-no-color", "-out=planned")
    changes = terraform.json("show", "-json", "planned")["resource_changes"]
    for change in changes:
        print(f"  {'/'.join(change['change']['actions']):8} {change['address']}")

    say("terraform apply")
    phase("apply", "apply", "-input=false", "-no-color", "planned")
    outputs = {name: output["value"] for name, output in terraform.json("output", "-json").items()}
    print(outputs["diagram"])
    for name in ["api_endpoint", "service_host", "quorum"]:
        print(f"  {name:14} {outputs[name]}")

    say("What AWS has of it, the provider not asked")
    look(cloud)

    say("A second plan")
    phase("second plan", "plan", "-input=false", "-no-color", "-detailed-exitcode")
    print("No changes.")

    zone = ZONES[1]
    say(f"{zone} fails: what the plan's check says")
    killed = cloud.command("zone", zone=zone, state="dead", kill=True)["killed"]
    print(f"{len(killed)} instances are gone, and none can be launched there.\n")
    terraform.variables(variables | {"wait_for_healthy_timeout": "0"})
    plan = phase("plan without a zone", "plan", "-input=false", "-no-color", "-json")
    for event in plan.splitlines():
        told = json.loads(event).get("diagnostic", {})
        if told.get("summary") == "Check block assertion failed":
            print(told["detail"])

    say(f"{zone} is back, and half an hour is over")
    cloud.command("zone", zone=zone, state="alive")
    # AWS moves workers back one by one, and lets connections to each end first.
    cloud.command("clock", advance=1800)
    terraform.variables(variables)
    phase("plan with all zones", "plan", "-input=false", "-no-color", "-detailed-exitcode")
    look(cloud)
    print("\nNo changes: nothing had to be done, and nothing is left to do.")

    say("terraform destroy")
    output = phase("destroy", "destroy", "-input=false", "-no-color", "-auto-approve")
    print(output.rstrip().splitlines()[-1])
    left = cloud.inventory()
    if left != before:
        sys.exit(f"demo: left behind {left.items() - before.items()}, taken away {before.items() - left.items()}")
    print("Nothing is left.")

    say("What it took")
    costs(phases)


def look(cloud):
    print(f"  {'nodes in service':32}" + "".join(f"{zone:>12}" for zone in ZONES))
    for group, zones in sorted(nodes_by_zone(cloud).items()):
        print(f"  {group:32}" + "".join(f"{zones[zone]:>12}" for zone in ZONES))
    print("\n  targets")
    for group, states in sorted(target_health(cloud).items()):
        print(f"  {group:32}" + ", ".join(f"{count} {state}" for state, count in states.items()))


def costs(phases):
    print(f"  {'':22}{'AWS calls':>10}{'writes':>8}{'CPU s':>8}{'peak MiB':>10}{'wall s':>8}")
    for name, ((calls, writes), cost) in phases.items():
        numbers = f"{calls:>10}{writes:>8}{cost.cpu:>8.2f}{cost.peak_mib:>10.0f}{cost.seconds:>8.1f}"
        print(f"  {name:22}{numbers}")
    print(
        "\nCalls as the emulator counts them. CPU and memory are the provider's alone, as the system counts them\n"
        "when its processes have ended: seconds of all that a command starts, and the largest of them. Wall time is\n"
        f"the whole command's, where {SECONDS_PER_SECOND} seconds of AWS's pass in one: it says nothing about AWS."
    )


def say(title):
    print(f"\n== {title}\n", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\ndemo: stopped; nothing is left running")
