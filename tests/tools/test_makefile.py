# SPDX-License-Identifier: Apache-2.0
"""The Makefile's targets agree with its help, with .ci/run and with the workflows."""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def make(*arguments):
    run = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    return run.stdout


def targets():
    """Every target that the Makefile defines a rule for."""
    rules = re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(rules)


class Makefile(unittest.TestCase):
    def test_help_lists_every_target_with_a_sentence(self):
        listed = dict(line.split(maxsplit=1) for line in make("help").splitlines())
        self.assertEqual(set(listed), targets())

    def test_every_target_is_phony(self):
        declared = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
        self.assertEqual({name for line in declared for name in line.split()}, targets())

    def test_make_alone_checks_and_tests(self):
        alone = make("--dry-run")
        for command in ["cargo fmt --all -- --check", "cargo clippy", "tests/tools/run-tests"]:
            self.assertIn(command, alone)

    def test_the_workflow_runs_what_ci_runs(self):
        ci = re.search(r"for target in (.*); do", (ROOT / ".ci" / "run").read_text())[1].split()
        workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
        self.assertEqual(re.findall(r"run: make (\S+)", workflow), ci)
        self.assertLessEqual(set(ci), targets())


if __name__ == "__main__":
    unittest.main()
