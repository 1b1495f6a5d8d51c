# SPDX-License-Identifier: Apache-2.0
"""Collects licences of packages that are made up."""

import importlib.util
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A program without the ending that an import looks for.
LOADER = SourceFileLoader("notices", str(ROOT / "tools" / "notices"))
notices = importlib.util.module_from_spec(importlib.util.spec_from_loader("notices", LOADER))
LOADER.exec_module(notices)


class Notices(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.packages, self.nodes = [], []

    def package(self, name, files=(), needs=(), licence="MIT", source="registry"):
        folder = self.root / name
        for path, text in dict(files).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        self.packages.append({
            "id": name, "name": name, "version": "1.0.0", "license": licence, "source": source,
            "authors": ["A. Author"], "repository": None, "manifest_path": str(folder / "Cargo.toml"),
        })
        self.nodes.append({"id": name, "deps": [
            {"pkg": other, "dep_kinds": [{"kind": kind}]} for other, kind in dict(needs).items()]})

    def text(self):
        metadata = {"packages": self.packages, "resolve": {"nodes": self.nodes}}
        return notices.notices(notices.compiled(metadata))

    def provider(self, **needs):
        self.package(notices.PACKAGE, needs=needs, source=None, files={"LICENSE": "our own"})

    def test_what_is_needed_to_run_is_listed_and_nothing_else(self):
        self.provider(direct=None, builder="build", tester="dev")
        self.package("direct", {"LICENSE": "text of direct"}, {"deep": None})
        self.package("deep", {"LICENSE-MIT": "text of deep"})
        for name in ["builder", "tester"]:
            self.package(name, {"LICENSE": f"text of {name}"})
        text = self.text()
        for words in ["deep 1.0.0: MIT", "direct 1.0.0: MIT", "text of direct", "text of deep"]:
            self.assertIn(words, text)
        for words in ["builder", "tester", "our own"]:
            self.assertNotIn(words, text)

    def test_a_text_that_several_bring_stands_once_with_their_names(self):
        self.provider(one=None, other=None)
        self.package("one", {"LICENSE": "same\n"})
        # Ends of lines and of the file mean nothing.
        self.package("other", {"COPYING": "same  \r\n\r\n"})
        text = self.text()
        self.assertEqual(text.count("same"), 1)
        self.assertIn("one 1.0.0, other 1.0.0\n\nsame\n", text)

    def test_texts_of_parts_are_found_and_those_of_tests_are_not(self):
        self.provider(one=None)
        self.package("one", {
            "LICENSE": "its own", "vendored/part/NOTICE.txt": "of a part",
            "tests/LICENSE": "of a test", "src/license.rs": "code",
        })
        text = self.text()
        self.assertIn("its own", text)
        self.assertIn("of a part", text)
        self.assertNotIn("of a test", text)
        self.assertNotIn("code", text)

    def test_who_brings_no_text_is_named_with_the_licence_and_the_authors(self):
        self.provider(bare=None)
        self.package("bare")
        self.assertIn("bare 1.0.0: MIT, A. Author\n", self.text())

    def test_a_package_without_any_licence_is_a_failure(self):
        self.provider(none=None)
        self.package("none", licence=None)
        with self.assertRaisesRegex(notices.Failure, "none 1.0.0 has no licence"):
            self.text()

    def test_the_order_of_cargos_answer_means_nothing(self):
        self.provider(one=None, other=None)
        self.package("one", {"LICENSE": "first"})
        self.package("other", {"LICENSE": "second"})
        before = self.text()
        self.packages.reverse()
        self.nodes.reverse()
        self.assertEqual(self.text(), before)


if __name__ == "__main__":
    unittest.main()
