# SPDX-License-Identifier: Apache-2.0
"""Every crate is under the workspace's lints, and those forbid unsafe code."""

import re
import subprocess
import tomllib
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# A crate could loosen `unsafe_code` for itself only if it were less than forbidden.
LOOSER = re.compile(r"#!?\[\s*(allow|expect|warn|deny)\s*\([^)]*\bunsafe_code\b")
UNSAFE = re.compile(r"\bunsafe\s*(\{|fn\b|impl\b|trait\b|extern\b)")


def manifest(folder):
    return tomllib.loads((folder / "Cargo.toml").read_text(encoding="utf-8"))


def members():
    return [ROOT / member for member in manifest(ROOT)["workspace"]["members"]]


class Lints(unittest.TestCase):
    def test_unsafe_code_is_forbidden(self):
        self.assertEqual(manifest(ROOT)["workspace"]["lints"]["rust"]["unsafe_code"], "forbid")

    def test_every_crate_has_the_workspace_s_lints(self):
        self.assertGreater(len(members()), 5)
        for member in members():
            with self.subTest(member.name):
                self.assertEqual(manifest(member).get("lints"), {"workspace": True})

    def test_every_crate_of_the_repository_is_a_member(self):
        listed = subprocess.check_output(["git", "ls-files", "*Cargo.toml"], cwd=ROOT, text=True).split()
        folders = {(ROOT / name).parent for name in listed}
        self.assertEqual(folders - {ROOT}, set(members()))

    def test_no_source_has_unsafe_code(self):
        listed = subprocess.check_output(["git", "ls-files", "*.rs"], cwd=ROOT, text=True).split()
        self.assertGreater(len(listed), 100)
        for name in listed:
            text = (ROOT / name).read_text(encoding="utf-8")
            code = "\n".join(line.split("//")[0] for line in text.splitlines())
            self.assertNotRegex(code, UNSAFE, name)
            self.assertNotRegex(code, LOOSER, name)


if __name__ == "__main__":
    unittest.main()
