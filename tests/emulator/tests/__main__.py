"""Runs all tests on corrected moto, then on stock moto, and compares with the marks.

On stock moto a marked test must pass and every other must fail: a correction that stock moto doesn't need is
noticed as surely as one that doesn't work.
"""

import sys
import time
import unittest
from pathlib import Path

from .harness import Server

HERE = Path(__file__).resolve().parent


class Outcomes(unittest.TestResult):
    """Remembers how each test went."""

    def __init__(self):
        super().__init__()
        self.details = {}

    def addSuccess(self, test):
        self.details[test.id()] = None

    def addFailure(self, test, err):
        self.details[test.id()] = self._exc_info_to_string(err, test)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.details[test.id()] = f"{subtest}\n{self._exc_info_to_string(err, test)}"


def main():
    patterns = sys.argv[1:]
    started = time.monotonic()
    with Server():
        corrected = run(patterns)
    print_table("corrected", corrected, lambda test: True)
    with Server("--stock"):
        stock = run(patterns)
    print_table("stock", stock, is_marked)
    wrong = print_problems("corrected", corrected, lambda test: True) + print_problems(
        "stock", stock, is_marked
    )
    count = len(corrected.details)
    print(f"{count} tests in {time.monotonic() - started:.0f} s, {wrong} not as expected")
    return 1 if wrong or not count else 0


def run(patterns):
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns]
    outcomes = Outcomes()
    outcomes.tests = {}
    suite = loader.discover(str(HERE), top_level_dir=str(HERE.parent))
    for test in flatten(suite):
        outcomes.tests[test.id()] = test
    suite.run(outcomes)
    for test_id in outcomes.tests:
        # A failed import or class set-up has no outcome of its own.
        outcomes.details.setdefault(test_id, "did not run")
    return outcomes


def flatten(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from flatten(part)
        else:
            yield part


def is_marked(test):
    return getattr(getattr(test, test._testMethodName, None), "also_on_stock", False)


def print_table(title, outcomes, should_pass):
    rows = {}
    for test_id, detail in outcomes.details.items():
        module = test_id.split(".")[1]
        passed, expected = rows.setdefault(module, [0, 0]), should_pass(outcomes.tests[test_id])
        passed[0] += detail is None
        passed[1] += expected
        rows[module] = passed
    print(f"\n{title}: passed, expected to pass, of")
    for module, (passed, expected) in sorted(rows.items()):
        total = sum(1 for test_id in outcomes.details if test_id.split(".")[1] == module)
        print(f"  {module:<28} {passed:>3} {expected:>3} {total:>3}")


def print_problems(title, outcomes, should_pass):
    wrong = 0
    for test_id, detail in outcomes.details.items():
        expected = should_pass(outcomes.tests[test_id])
        if expected and detail is not None:
            wrong += 1
            print(f"\n{title}: {test_id} failed\n{detail}")
        elif not expected and detail is None:
            wrong += 1
            print(f"\n{title}: {test_id} passes, so it proves no correction; mark it also_on_stock")
    return wrong


sys.exit(main())
