# SPDX-License-Identifier: Apache-2.0
"""Measures clusters: the same objects made, refreshed and destroyed by kubeha and by hashicorp/aws."""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "demo"))

import figures  # noqa: E402
import report  # noqa: E402
from account import Site  # noqa: E402
from subjects import aws, kubeha  # noqa: E402

# The phases of a life. A plan of nothing and the apply of what it planned are counted apart.
LIFE = ("plan", "apply", "refresh", "destroy")
# Zones, by the number of clusters.
SHAPES = {1: [1, 3, 5], 10: [3], 50: [3]}
# From so many on kubeha is measured alone: what is asked is whether its count grows like theirs.
MANY = 50
LATENCY = 0.05


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    parser.add_argument("--clusters", type=int, nargs="+", choices=SHAPES, default=list(SHAPES), help="how many")
    parser.add_argument("--without-aws", action="store_true", help="leave hashicorp/aws out")
    parser.add_argument("--profile", choices=["release", "debug"], default="release", help="the build to measure")
    parser.add_argument("--last", action="store_true", help="measure nothing: show what the last run measured")
    options = parser.parse_args()
    if not options.last:
        measure_all(options)
    found = figures.kept()
    if not found:
        sys.exit("bench: nothing is measured yet")
    text = report.section(found)
    print(text)
    if options.write:
        report.write(text)


def measure_all(options):
    ours = kubeha(options.profile)
    theirs = None if options.without_aws else aws()
    if not theirs:
        say("hashicorp/aws isn't measured: no copy was found; KUBEHA_BENCH_AWS names its program")
    figures.forget()
    for clusters in options.clusters:
        for zones in SHAPES[clusters]:
            measure(ours, clusters, zones)
            if theirs and clusters < MANY:
                measure(theirs, clusters, zones)


def measure(subject, clusters, zones):
    """A whole life, and a refresh with a latency where there are as many zones as most have."""
    say(f"{subject.label}: {clusters} cluster(s) over {zones} zone(s)")
    with tempfile.TemporaryDirectory(prefix="kubeha-bench-") as work:
        site = Site(Path(work), subject, clusters, zones)
        try:
            for phase in LIFE:
                try:
                    figures.keep(site.measure(phase))
                except SystemExit as failure:
                    if subject.source == kubeha("release").source:
                        raise
                    # The other one's cell stays empty; the emulator's account goes with this site.
                    say(f"{subject.label} failed: {failure}")
                    return
                if phase == "refresh" and zones == 3 and clusters < MANY:
                    figures.keep(site.measure(phase, latency=LATENCY))
        finally:
            site.close()


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
