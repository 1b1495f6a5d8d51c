# SPDX-License-Identifier: Apache-2.0
"""Runs .ci/run with stand-ins for every program that it calls."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = ["fmt-check", "build-all", "doc", "check-proto", "check-docs", "examples-check", "test"]

MAKE = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo "made $1 in $PWD"
env | grep -E '^(TF|AWS)_'
[ "$1" != "$FAILING" ]
"""
WORKS = "#!/bin/sh\nexit 0\n"
NO_CLIPPY = '#!/bin/sh\n[ "$1" != clippy ]\n'


class Ci(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        self.path = self.root / "bin"
        self.path.mkdir()
        (self.root / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", self.root / ".ci" / "run")
        for name in ["cargo", "git", "python3"]:
            self.stand_in(name, WORKS)
        self.stand_in("make", MAKE)

    def stand_in(self, name, text):
        file = self.path / name
        file.write_text(text)
        file.chmod(0o755)

    def run_ci(self, **variables):
        # The stand-ins go first: no program of the machine is asked for those names.
        environment = {"PATH": f"{self.path}:{os.defpath}", **variables}
        return subprocess.run(
            [self.root / ".ci" / "run"],
            cwd="/", env=environment, capture_output=True, text=True, check=False,
        )

    def made(self, run):
        return [line.split()[1] for line in run.stdout.splitlines() if line.startswith("made ")]

    def test_it_makes_every_target_from_the_repository(self):
        run = self.run_ci()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.made(run), [*TARGETS, "programs", "test-programs"])
        self.assertIn(f"made test in {self.root}\n", run.stdout)
        self.assertIn("ci: all passed", run.stdout)

    def test_any_failing_target_fails_it_there(self):
        for position, target in enumerate(TARGETS):
            with self.subTest(target):
                run = self.run_ci(FAILING=target)
                self.assertEqual(run.returncode, 1)
                self.assertEqual(self.made(run), TARGETS[: position + 1])
                self.assertIn(f"make {target} FAILED", run.stderr)
                self.assertNotIn("ci: all passed", run.stdout)

    def test_programs_that_are_not_to_be_had_are_said_to_have_tested_nothing(self):
        run = self.run_ci(FAILING="programs")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(self.made(run), [*TARGETS, "programs"])
        self.assertIn("NOT RUN", run.stderr)
        self.assertNotIn("all passed", run.stdout.replace("build-all passed", ""))

    def test_what_fails_with_those_programs_fails_it(self):
        run = self.run_ci(FAILING="test-programs")
        self.assertEqual(run.returncode, 1)
        self.assertNotIn("ci: all passed", run.stdout)

    def test_a_missing_component_is_named_before_anything_runs(self):
        self.stand_in("cargo", NO_CLIPPY)
        run = self.run_ci()
        self.assertEqual(run.returncode, 1)
        self.assertIn("`cargo clippy` does not run: rustup component add clippy", run.stderr)
        self.assertEqual(self.made(run), [])

    def test_the_surroundings_do_not_reach_terraform_or_an_account(self):
        run = self.run_ci(
            TF_CLI_CONFIG_FILE="/no/such/file", TF_LOG="trace", AWS_PROFILE="production"
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        seen = {line for line in run.stdout.splitlines() if line.startswith(("TF_", "AWS_"))}
        self.assertEqual(seen, {
            "TF_CLI_CONFIG_FILE=/dev/null", "TF_IN_AUTOMATION=1", "AWS_LC_SYS_NO_JITTER_ENTROPY=1",
        })


if __name__ == "__main__":
    unittest.main()
