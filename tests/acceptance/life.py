# SPDX-License-Identifier: Apache-2.0
"""A case's life: created, planned, updated, imported, destroyed, and nothing left."""

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from terraform import Failed, Terraform

PASSED, FAILED, NOT_AVAILABLE, LEFT_OUT = "passed", "FAILED", "not available", "left out"
# How an endpoint says, in the words of the provider's diagnostics, that it hasn't learned a call.
NOT_IMPLEMENTED = re.compile(r"HTTP status 501|NotImplemented|not included in your (current )?license")


@dataclass
class Life:
    """What became of a case."""

    case: str
    result: str = PASSED
    steps: list = field(default_factory=list)
    why: str = ""
    # All that terraform said of a failure.
    said: str = ""
    seconds: float = 0.0

    @contextmanager
    def lived(self):
        """Takes the time, and takes down how it ended."""
        began = time.monotonic()
        try:
            yield self
        except Failed as failure:
            self.said = str(failure)
            lacking = NOT_IMPLEMENTED.search(self.said)
            self.result = NOT_AVAILABLE if lacking else FAILED
            self.why = headline(self.said)
        finally:
            self.seconds = time.monotonic() - began


def headline(text):
    """The first error that terraform names, or the first line."""
    lines = [line.strip("│╷╵ \t") for line in text.splitlines()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return next((line[:200] for line in errors or lines if line), "")


def live(place, case):
    """One resource's life. What a failure leaves is destroyed as far as that works; the sweeper has the rest."""
    life = Life(case.name)
    first = Terraform(place.work / case.name, place.endpoint.environment)
    first.write(common=place.configuration("common"), main=place.configuration(case.name))
    with life.lived():
        try:
            _grow(place, case, life, first)
            _import(place, case, life, first.values(case.address))
        except Failed:
            _clean_up(first)
            raise
        first.destroy()
        life.steps.append("destroy")
        _nothing_left(place, life, case.short)
    return life


def _grow(place, case, life, terraform):
    terraform.variables(place.variables(case.short, changed=False))
    terraform.apply()
    life.steps.append("create")
    terraform.plan_is_empty()
    life.steps.append("empty plan")
    terraform.variables(place.variables(case.short, changed=True))
    actions = _actions(terraform.plan(), case.address)
    if actions != ["update"]:
        raise Failed(f"the changed configuration should be an update, and is {actions}")
    terraform.apply_planned()
    terraform.plan_is_empty()
    life.steps.append("update")


def _import(place, case, life, values):
    """Into an empty state. The plan must then change nothing."""
    second = Terraform(place.work / f"{case.name}-imported", place.endpoint.environment)
    second.write(common=place.configuration("common"), main=place.configuration(case.name))
    second.variables(place.variables(case.short, changed=True, imported=True))
    for address, import_id in (case.beside(values) | {case.address: case.import_id(values)}).items():
        second.run("import", address, import_id)
    second.plan_is_empty()
    life.steps.append("import")


def complete(place):
    """A whole cluster: examples/complete over three zones."""
    life = Life("examples/complete")
    terraform = Terraform(place.work / "complete", place.endpoint.environment)
    terraform.write(**place.complete())
    terraform.variables(place.whole_cluster())
    with life.lived():
        try:
            terraform.apply()
            life.steps.append("create")
            terraform.plan_is_empty()
            life.steps.append("empty plan")
        except Failed:
            _clean_up(terraform)
            raise
        terraform.destroy()
        life.steps.append("destroy")
        _nothing_left(place, life, "whole")
    return life


def swept(place, parts):
    """A cluster that nobody destroys: the sweeper's dry run shows it and takes nothing, and the sweep takes all."""
    life = Life("sweep")
    terraform = Terraform(place.work / "sweep", place.endpoint.environment)
    terraform.write(common=place.configuration("common"), **{part: place.configuration(part) for part in parts})
    terraform.variables(place.variables("sweep", changed=False))
    with life.lived():
        try:
            terraform.apply()
        except Failed:
            _clean_up(terraform)
            raise
        life.steps.append("create")
        shown = place.left("sweep")
        if not shown:
            raise Failed("the sweeper doesn't see what was just made")
        if place.left("sweep") != shown:
            raise Failed("looking took something away")
        life.steps.append(f"{len(shown)} objects shown")
        place.sweep("sweep")
        _nothing_left(place, life, "sweep")
    return life


def _nothing_left(place, life, short):
    if left := place.left(short):
        raise Failed("still there: " + ", ".join(str(one) for one in left))
    life.steps.append("nothing left")


def _clean_up(terraform):
    try:
        terraform.destroy()
    except Failed:
        pass  # what is left then is said at the end of the run, with how to sweep it


def _actions(plan, address):
    for change in plan["resource_changes"]:
        if change["address"] == address:
            return change["change"]["actions"]
    raise Failed(f"the plan says nothing of {address}")
