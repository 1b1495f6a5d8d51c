# SPDX-License-Identifier: Apache-2.0
"""Runs the acceptance cases against an endpoint, or sweeps what a run has left there.

    acceptance.py cases ENDPOINT [--prefix PREFIX] [--only CASE,CASE]
    acceptance.py sweep ENDPOINT PREFIX [--delete]

ENDPOINT is emulator, stock, aws, or a URL: see docs/acceptance.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import endpoint as endpoints
from cases import CASES, COMPLETE_SERVICES, GROUND_SERVICES
from cloud import Cloud
from leftovers import find
from life import FAILED, LEFT_OUT, NOT_AVAILABLE, Life, complete, headline, live, swept
from marks import Invalid, Prefix
from place import Place
from sweep import sweep
from table import exit_code, table
from terraform import HERE, Failed

# The emulator's minutes pass in a second.
HASTE = "60"
# A cluster whose nodes never join Kubernetes isn't healthy, and on AWS nothing makes them join.
NO_USER_DATA = "on AWS its nodes need user data that makes them join, which isn't this repository's"


def main():
    parser = argparse.ArgumentParser(prog="acceptance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    cases = commands.add_parser("cases")
    cases.add_argument("endpoint")
    cases.add_argument("--prefix")
    cases.add_argument("--only", default="")
    sweeper = commands.add_parser("sweep")
    sweeper.add_argument("endpoint")
    sweeper.add_argument("prefix")
    sweeper.add_argument("--delete", action="store_true")
    asked = parser.parse_args()
    try:
        where = endpoints.endpoint(asked.endpoint, os.environ)
        prefix = Prefix(asked.prefix) if asked.prefix is not None else Prefix.random()
        only = _chosen(getattr(asked, "only", ""))
        with _listening(where) as where:
            cloud = Cloud(where)
            if where.is_aws:
                endpoints.check_account(where.account, cloud.account())
            if asked.command == "sweep":
                return _sweep(cloud, where, prefix, asked.delete)
            return _cases(cloud, where, prefix, only)
    except (endpoints.Refused, Invalid) as refused:
        sys.exit(f"acceptance: {refused}")


def _chosen(text):
    """Names of cases; empty for all."""
    chosen = {name for name in text.split(",") if name}
    known = {case.name for case in CASES} | {"examples/complete", "sweep"}
    if unknown := chosen - known:
        raise endpoints.Refused(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return chosen


@contextmanager
def _listening(where):
    """The endpoint; an emulator of this repository is started, and ends with this process."""
    if where.start is None:
        yield where
        return
    process = subprocess.Popen(
        [HERE.parent / "emulator" / "serve", "--exit-with-stdin", "--clock-factor", HASTE, *where.start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        ready = process.stdout.readline()
        if not ready:
            raise SystemExit("acceptance: the emulator didn't start")
        yield endpoints.at(json.loads(ready)["endpoint"])
    finally:
        process.stdin.close()
        process.wait()


def _cases(cloud, where, prefix, only):
    with tempfile.TemporaryDirectory(prefix="kubeha-acceptance-") as work:
        place = Place(where, cloud, prefix, Path(work))
        print(f"acceptance: {where}, region {where.region}; all names begin with {prefix}", flush=True)
        lives = []

        def run(name, services, living, not_here=""):
            if only and name not in only:
                return
            lacking = place.lacking(services)
            if lacking or not_here:
                life = Life(name, NOT_AVAILABLE if lacking else LEFT_OUT, why=lacking or not_here)
            else:
                life = living()
            lives.append(life)
            print(f"  {life.result:14} {life.case}", flush=True)
            if life.result == FAILED:
                print(life.said, flush=True)

        place.survey()
        no_ground = _lay(place, [case for case in CASES if case.needs_ground and (not only or case.name in only)])
        for case in CASES:
            if case.needs_ground and no_ground and not place.lacking(case.services):
                run(case.name, (), lambda case=case: Life(case.name, FAILED, why=f"no ground: {no_ground}"))
            else:
                run(case.name, case.services, lambda case=case: live(place, case))
        run("examples/complete", COMPLETE_SERVICES, lambda: complete(place), NO_USER_DATA if where.is_aws else "")
        run("sweep", GROUND_SERVICES, lambda: swept(place, _swept_parts(place)))
        if not no_ground:
            place.clear()
        print("\n" + "\n".join(table(lives)))
        left = find(cloud, prefix, place.missing)
        for one in left:
            print(f"left: {one}")
        if left:
            print(f"acceptance: to remove it: make sweep ENDPOINT={where.url or 'aws'} PREFIX={prefix} DELETE=yes")
        return exit_code(lives) or bool(left)


def _lay(place, standing):
    """Makes the ground, if anything stands on it. Why it couldn't, if so."""
    if not standing or place.lacking(GROUND_SERVICES):
        return "nothing stands on it"
    try:
        place.lay()
    except Failed as failure:
        print(f"acceptance: the ground failed\n{failure}", flush=True)
        return headline(str(failure))
    return ""


def _swept_parts(place):
    parts = ["ground"]
    if not place.lacking(("elbv2",)):
        parts.append("swept_load_balancer")
    if not place.lacking(("autoscaling",)):
        parts.append("swept_group")
    if not place.lacking(("ssm",)):
        parts.append("pki")
    return parts


def _sweep(cloud, where, prefix, delete):
    missing = cloud.missing()
    found = find(cloud, prefix, missing)
    for service, answer in missing.items():
        print(f"sweep: not asked: {service}, which answers {answer}")
    print(f"sweep: {where}, region {where.region}: {len(found)} objects of {prefix}")
    if not delete:
        for one in found:
            print(f"  {one}")
        if found:
            print("sweep: nothing was deleted; DELETE=yes deletes these")
        return 0
    left = sweep(cloud, prefix, missing, print)
    print(f"sweep: {len(left)} objects of {prefix} are left")
    return 1 if left else 0


sys.exit(main())
