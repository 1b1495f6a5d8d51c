# SPDX-License-Identifier: Apache-2.0
"""The figures as a section of docs/benchmarks.md."""

import os
import platform
import re
import subprocess

import floor
from terraform import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"

INTRODUCTION = """\
## Clusters

The objects of [examples/complete](../examples/complete), once for each cluster: a network with a NAT gateway in each
zone, security groups with 41 rules, roles, the eight parameters of the authorities, two load balancers with three
listeners and two names, a control plane, two groups of workers. Beside it a configuration that makes the same objects
with hashicorp/aws ([tests/bench/clusters/aws-twin](../tests/bench/clusters/aws-twin)); it has no certificates to make,
so its parameters hold other words, and its roles' policies are shorter, neither of which changes a count.

AWS is played by the emulator, which counts the calls. Its load balancers and gateways are there at once, and a minute
passes in a second: **how long the real ones take is not measured**, and wall time tells little but with a latency. CPU
and memory are the provider's own; a refresh is the median of three. A plan comes before each apply and is counted
apart; a destroy begins with a refresh. Where two figures stand side by side the first is kubeha's.
"""

FLOOR = """\
### Call by call

One cluster over three zones. The floor is worked out from what one call of the APIs can do
([floor.py](../tests/bench/clusters/floor.py)): a plan looks once that what it stands on exists; an apply makes one call
for each object and for each setting that no create takes, and one for what it must wait for; a refresh asks once for a
kind where a call takes many names, and for each object where it takes one; a destroy is a refresh and one call for each
object that doesn't go along with another. It holds no look at what may be there already.
"""


def section(found):
    names = list(dict.fromkeys(one.subject for one in found))
    return "\n".join([INTRODUCTION, machine(), totals(found, names), FLOOR, by_action(found, names)])


def machine():
    path = subprocess.check_output([ROOT / "tests/tools/terraform-path"], text=True).strip()
    version = subprocess.run([path, "version"], capture_output=True, text=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return (
        f"{version.stdout.splitlines()[0]}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory} GiB. What else the machine does shows in seconds, hardly in calls.\n"
    )


def totals(found, names):
    head = "| clusters, zones | phase | floor, calls |" + "".join(f" {name}, calls |" for name in names)
    head += " ratio |" if len(names) > 1 else ""
    head += "".join(f" {what} |" for what in ("CPU s", "peak MiB", "wall s"))
    lines = [head]
    lines.append("|---|---|" + "---:|" * (4 + len(names) + (len(names) > 1)))
    rows = {}
    for one in found:
        rows.setdefault((one.clusters, one.zones, one.phase, one.latency), {})[one.subject] = one
    # Shapes by size, each shape's phases as they came.
    for (clusters, zones, phase, latency), row in sorted(rows.items(), key=lambda item: item[0][:2]):
        least = sum(floor.of(phase, clusters, zones).values())
        shown = f"{phase}, {latency * 1000:.0f} ms a call" if latency else phase
        cells = [f"{clusters}, {zones}", shown, str(least)]
        cells += [str(row[name].total) if name in row else "" for name in names]
        if len(names) > 1:
            cells.append(ratio(row, names))
        both = [row[name] for name in names if name in row]
        cells.append(" : ".join(f"{one.cpu:.2f}" for one in both))
        cells.append(" : ".join(f"{one.peak_mib:.0f}" for one in both))
        cells.append(" : ".join(f"{one.wall:.1f}" for one in both))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def ratio(row, names):
    totals = [row[name].total for name in names if name in row]
    if len(totals) < 2 or not totals[1]:
        return ""
    return f"{totals[0] / totals[1]:.2f}"


def by_action(found, names):
    text = []
    for phase in ("plan", "apply", "refresh", "destroy"):
        shape = (1, 3, 0.0, phase)
        of_phase = [one for one in found if (one.clusters, one.zones, one.latency, one.phase) == shape]
        if not of_phase:
            continue
        least = floor.of(phase, 1, 3)
        calls = {one.subject: one.calls for one in of_phase}
        actions = sorted({*least, *(action for each in calls.values() for action in each)})
        text.append(f"<details><summary>{phase}</summary>\n")
        text.append("| action | floor |" + "".join(f" {name} |" for name in names))
        text.append("|---|---:|" + "---:|" * len(names))
        for action in actions:
            cells = [least.get(action, 0)] + [calls.get(name, {}).get(action, 0) for name in names]
            text.append(f"| {action} | " + " | ".join(str(cell or "") for cell in cells) + " |")
        text.append("\n</details>\n")
    return "\n".join(text)


def write(text, command="make bench"):
    """Puts the section that a command writes into its place on the page."""
    begin, end = f"<!-- begin: {command} -->", f"<!-- end: {command} -->"
    page = PAGE.read_text()
    between = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not between.search(page):
        raise SystemExit(f"bench: {PAGE} has no section between {begin} and {end}")
    PAGE.write_text(between.sub(lambda _: f"{begin}\n\n{text}\n{end}", page))
