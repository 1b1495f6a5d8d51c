# SPDX-License-Identifier: Apache-2.0
"""The summary of a run: every case with what became of it."""

from life import FAILED, LEFT_OUT, NOT_AVAILABLE, PASSED


def table(lives):
    """The lines to print."""
    rows = [("case", "result", "seconds", "steps that passed, and what ended it")]
    for life in lives:
        told = ", ".join(life.steps)
        if life.why:
            told = f"{told}; {life.why}" if told else life.why
        rows.append((life.case, life.result, f"{life.seconds:.0f}", told))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join([*(row[at].ljust(widths[at]) for at in range(3)), row[3]]).rstrip() for row in rows]
    return [*lines, "", tally(lives)]


def tally(lives):
    counts = {result: sum(life.result == result for life in lives) for result in (PASSED, FAILED, NOT_AVAILABLE, LEFT_OUT)}
    return (
        f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[NOT_AVAILABLE]} not available there, "
        f"{counts[LEFT_OUT]} left out"
    )


def exit_code(lives):
    """0 only if something passed and nothing failed: a run in which nothing could run proves nothing."""
    results = [life.result for life in lives]
    return 0 if PASSED in results and FAILED not in results else 1
