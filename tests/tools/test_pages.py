# SPDX-License-Identifier: Apache-2.0
"""What people write about the provider agrees with the rest of the repository."""

import re
import unittest
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
# README and the like, the guides, and what is generated, which links too.
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
GUIDES = sorted((DOCS / "guides").glob("*.md"))
LINK = re.compile(r"\[[^\]\[]+\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name(page):
    return str(page.relative_to(ROOT))


def prose(page):
    """A page without its code blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page):
    """What a link may point at within a page: its headings as GitHub spells them, and named anchors."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*plain, *re.findall(r'<a id="([^"]+)">', text)}


@cache
def sources():
    """The provider's Rust code, with string literals as they are shown: unbroken and unescaped.

    Comments and files of tests say nothing to anybody.
    """
    files = (path for path in sorted((ROOT / "provider").rglob("*.rs"))
             if "tests" not in path.parts and path.stem != "tests")
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines()
             if not line.lstrip().startswith("//"))
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).replace('\\"', '"')


class Links(unittest.TestCase):
    def test_every_link_within_the_repository_leads_somewhere(self):
        for page in PAGES:
            for target in LINK.findall(prose(page)):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                with self.subTest(page=name(page), link=target):
                    found = (page.parent / path).resolve() if path else page
                    self.assertTrue(found.exists(), "no such file")
                    if anchor:
                        self.assertIn(anchor, anchors(found), "no such heading")

    def test_pages_of_the_registry_stay_within_what_it_shows(self):
        """It takes these folders and nothing beside them: a link to other files leads nowhere there.

        Nor are pictures shown, which therefore have words for what is in them.
        """
        shown = [DOCS / "index.md", *(page for page in DOCS.rglob("*.md") if page.parent != DOCS)]
        self.assertGreater(len(shown), 20)
        for page in shown:
            for target in LINK.findall(re.sub(r"!\[.*?\]\(.*?\)", "", prose(page))):
                if re.match(r"[a-z]+:|#", target):
                    continue
                with self.subTest(page=name(page), link=target):
                    self.assertIn((page.parent / target.partition("#")[0]).resolve(), shown)

    def test_pictures_exist(self):
        for page in PAGES:
            for target in re.findall(r'!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"', prose(page)):
                target = "".join(target)
                with self.subTest(page=name(page), picture=target):
                    self.assertTrue((page.parent / target).exists())


class Words(unittest.TestCase):
    def test_files_that_pages_name_exist(self):
        for page in [*GUIDES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
            text = page.read_text(encoding="utf-8")
            for path in re.findall(r"`((?:examples|tests|docs|provider)/[\w./-]+)`", text):
                with self.subTest(page=name(page), path=path):
                    self.assertTrue((ROOT / path).exists())

    def test_make_targets_that_pages_name_exist(self):
        rules = re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
        for page in [*GUIDES, *DOCS.glob("*.md"), ROOT / "README.md"]:
            text = page.read_text(encoding="utf-8")
            for target in re.findall(r"(?:^|`)make ([a-z][a-z-]+)", text, re.MULTILINE):
                with self.subTest(page=name(page), target=target):
                    self.assertIn(target, rules)

    def test_test_crates_that_pages_name_exist(self):
        crates = {path.stem for path in (ROOT / "tests" / "tests").iterdir()}
        crates |= {path.stem for path in (ROOT / "provider").rglob("tests/*")}
        for page in [*GUIDES, *DOCS.glob("*.md"), ROOT / "README.md"]:
            for crate in re.findall(r"--test (\w+)", page.read_text(encoding="utf-8")):
                with self.subTest(page=name(page), crate=crate):
                    self.assertIn(crate, crates)

    def test_types_that_guides_name_exist(self):
        known = {path.stem for folder in ("resources", "data-sources", "ephemeral-resources")
                 for path in (DOCS / folder).glob("*.md")}
        for page in [*GUIDES, DOCS / "architecture.md", ROOT / "README.md"]:
            for kind in re.findall(r"`kubeha_(\w+)`", page.read_text(encoding="utf-8")):
                with self.subTest(page=name(page), kind=kind):
                    self.assertIn(kind, known)


class Guides(unittest.TestCase):
    def test_each_has_what_the_registry_asks_for(self):
        self.assertTrue(GUIDES)
        for page in GUIDES:
            with self.subTest(page=name(page)):
                self.assertRegex(
                    page.read_text(encoding="utf-8"),
                    r'\A---\npage_title: "[^"\n]+"\nsubcategory: ""\ndescription: \|-\n(  .+\n)+---\n\n# ',
                )

    def test_the_index_lists_each(self):
        listed = (ROOT / "README.md").read_text(encoding="utf-8")
        for page in GUIDES:
            self.assertIn(f"({name(page)})", listed)

    def test_messages_that_are_quoted_are_the_providers(self):
        page = DOCS / "guides" / "troubleshooting.md"
        text = page.read_text(encoding="utf-8")
        quoted = re.findall(r"^> (.+)$", text, re.MULTILINE)
        # A heading is all that Terraform shows behind "Error:", unless a quotation below it is.
        for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
            heading, _, body = section.partition("\n")
            if not re.search(r"^> ", body, re.MULTILINE):
                quoted.append(f'"{heading}"')
        self.assertGreater(len(quoted), 50)
        for words in quoted:
            with self.subTest(words=words):
                self.assertIn(words, sources())

    def test_messages_that_other_guides_show_are_the_providers(self):
        for page in GUIDES:
            for _, block in FENCED.findall(page.read_text(encoding="utf-8")):
                for summary in re.findall(r"^(?:Error|Warning): (.+)$", block, re.MULTILINE):
                    with self.subTest(page=name(page), summary=summary):
                        self.assertTrue(is_said(summary), "no such message")

    def test_drawings_are_the_providers(self):
        golden = [path.read_text(encoding="utf-8") for path in
                  (ROOT / "provider" / "topology" / "tests" / "golden").glob("*.txt")]
        for page in [*GUIDES, ROOT / "README.md"]:
            for _, block in FENCED.findall(page.read_text(encoding="utf-8")):
                if "API load balancer   |" in block:
                    with self.subTest(page=name(page)):
                        self.assertTrue(any(text.startswith(block.rstrip()) for text in golden))


def is_said(summary):
    """Whether the code says this: word for word, or around what a format puts in."""
    if summary == "Check block assertion failed":
        return True  # Terraform's own
    if summary in sources():
        return True
    patterns = (re.escape(literal) for literal in re.findall(r'"([^"\n]*\{[^"\n]*)"', sources())
                if literal[:4] == summary[:4])
    return any(re.fullmatch(re.sub(r"\\\{.*?\\\}", ".+", pattern), summary) for pattern in patterns)


if __name__ == "__main__":
    unittest.main()
