# SPDX-License-Identifier: Apache-2.0
"""Runs run-tests with a stand-in for cargo, which has compiled shell scripts."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "run-tests"


class RunTests(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        self.messages = []
        self.stand_in("rustc", "echo /libraries")

    def stand_in(self, name, text):
        file = self.root / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    def artifact(self, name, text, test=True):
        (self.root / "tests").mkdir(exist_ok=True)
        self.messages.append(json.dumps({
            "reason": "compiler-artifact",
            "manifest_path": str(self.root / "tests" / "Cargo.toml"),
            "target": {"name": name, "kind": ["test"]},
            "profile": {"test": test},
            "executable": str(self.stand_in(f"run-{name}", text)),
        }))

    def run_tests(self, *arguments, build=0, doc=0):
        self.messages.append(json.dumps({"reason": "build-finished"}))
        (self.root / "messages").write_text("\n".join(self.messages))
        self.stand_in("cargo", f"""
            case "$*" in
                *--no-run*) cat {self.root}/messages; exit {build};;
                *--doc*) echo "doc $*"; exit {doc};;
            esac
        """)
        return subprocess.run(
            [SCRIPT, *arguments], cwd=self.root, capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{self.root}:{os.environ['PATH']}"},
        )

    def test_it_runs_every_program_in_its_package_and_the_doc_tests(self):
        self.artifact("one", 'echo "one $* in $PWD"')
        self.artifact("two", "echo two; echo $LD_LIBRARY_PATH")
        self.artifact("example", "echo never", test=False)
        run = self.run_tests("--workspace", "--", "--include-ignored")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(f"one --include-ignored in {self.root}/tests\n", run.stdout)
        self.assertIn("two\n/libraries", run.stdout)
        self.assertIn("doc test --doc --workspace\n", run.stdout)
        self.assertNotIn("never", run.stdout)

    def test_what_fails_is_named_and_all_else_runs_still(self):
        self.artifact("bad", "echo 'test result: FAILED'; exit 101")
        self.artifact("good", "echo 'test result: ok'")
        run = self.run_tests("--workspace")
        self.assertEqual(run.returncode, 1)
        self.assertIn("test result: FAILED", run.stdout)
        self.assertIn("test result: ok", run.stdout)
        self.assertIn("failed: tests test bad", run.stderr)

    def test_a_program_that_is_killed_has_failed(self):
        self.artifact("killed", "kill -9 $$")
        run = self.run_tests()
        self.assertEqual(run.returncode, 1)

    def test_failing_doc_tests_fail_it(self):
        run = self.run_tests(doc=101)
        self.assertEqual(run.returncode, 1)
        self.assertIn("failed: doc tests", run.stderr)

    def test_what_does_not_compile_runs_nothing(self):
        self.artifact("one", "echo ran")
        run = self.run_tests(build=101)
        self.assertEqual(run.returncode, 101)
        self.assertNotIn("ran", run.stdout)


if __name__ == "__main__":
    unittest.main()
