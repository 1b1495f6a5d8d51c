# SPDX-License-Identifier: Apache-2.0
"""What criterion measured last, as a section of docs/benchmarks.md."""

import json
import os
import platform
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(BENCH / "clusters"), str(BENCH.parent / "demo")]

import report  # noqa: E402
from terraform import ROOT  # noqa: E402

FOUND = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "criterion"
UNITS = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")]

TEXT = """\
## Micro-benchmarks

CPU time, which what else a machine does changes little: the median of many rounds, and where it lies with a confidence
of 95 %. `make bench-micro BENCH=pki/RSA` measures those alone that have these words in their names.

- The state is the recorded one of each resource, as often as goes into 1 MiB of JSON. Terraform sends it as JSON once
  for each command, and as msgpack ever after.
- The plan is asked of the release build itself, over its socket, without TLS, and what counts is the time of its
  process. The region isn't known yet, so AWS is asked nothing. "The call alone" asks for `quorum(3)`.
- The keys are those of a cluster: four of the algorithm, and certificates for three of them. RSA finds its primes by
  luck, so those figures spread.

All but the plan is optimised as a release is, but each crate by itself.

"""


def section():
    rows = []
    for file in sorted(FOUND.glob("*/*/new/estimates.json"), key=lambda file: file.stat().st_mtime_ns):
        benchmark = json.loads((file.parent / "benchmark.json").read_text())
        rows.append(row(benchmark, json.loads(file.read_text())["median"]))
    if not rows:
        sys.exit("bench-micro: nothing is measured yet")
    return TEXT + "| | CPU time | from | to | |\n|---|---:|---:|---:|---:|\n" + "\n".join(rows) + f"\n\n{machine()}"


def row(benchmark, median):
    interval = median["confidence_interval"]
    cells = [benchmark["full_id"].replace("/", ": ", 1)]
    cells += [time(number) for number in (median["point_estimate"], interval["lower_bound"], interval["upper_bound"])]
    size = (benchmark["throughput"] or {}).get("Bytes")
    cells.append(f"{size / median['point_estimate'] * 1e3:.0f} MB/s" if size else "")
    return f"| {' | '.join(cells)} |"


def time(nanoseconds):
    size, unit = next((one for one in UNITS if nanoseconds >= one[0]), UNITS[-1])
    return f"{nanoseconds / size:.3g} {unit}"


def machine():
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{platform.system()} {platform.machine()}, {processor}, {os.cpu_count()} cores.\n"


if __name__ == "__main__":
    text = section()
    print(text)
    if "--write" in sys.argv[1:]:
        report.write(text, "make bench-micro")
