# SPDX-License-Identifier: Apache-2.0
"""Packs small files that have the headers of programs."""

import contextlib
import hashlib
import importlib.util
import io
import json
import os
import re
import struct
import tempfile
import time
import unittest
import zipfile
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "terraform-provider-kubeha"

# A program without the ending that an import looks for.
LOADER = SourceFileLoader("package", str(ROOT / "tools" / "package"))
package = importlib.util.module_from_spec(importlib.util.spec_from_loader("package", LOADER))
LOADER.exec_module(package)


def elf(machine):
    return b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", 3, machine) + b"code"


def mach_o(cpu):
    return b"\xcf\xfa\xed\xfe" + struct.pack("<I", cpu) + b"code"


def windows(machine):
    return b"MZ" + bytes(0x3A) + struct.pack("<I", 0x80) + bytes(0x40) + b"PE\0\0" + struct.pack("<H", machine)


PROGRAMS = {
    "linux_amd64": elf(0x3E),
    "linux_arm64": elf(0xB7),
    "darwin_amd64": mach_o(0x0100_0007),
    "darwin_arm64": mach_o(0x0100_000C),
    "windows_amd64": windows(0x8664),
    "windows_arm64": windows(0xAA64),
}


class Package(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        notices = self.root / "notices"
        notices.write_text("of others")
        self.notices = f"--notices={notices}"

    def program(self, platform, name=None):
        path = self.root / (name or platform) / NAME
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PROGRAMS[platform])
        return path

    def package(self, *arguments, expect=0):
        printed, said = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
            status = package.main([str(argument) for argument in arguments])
        self.assertEqual(status, expect, said.getvalue())
        return said.getvalue() if expect else printed.getvalue()

    def archive(self, out, *binaries, **options):
        return self.package("archive", "--version=1.2.3", self.notices, f"--out={out}", *binaries, **options)

    def test_there_is_an_archive_for_each_platform_in_the_registrys_naming(self):
        out = self.root / "out"
        self.archive(out, *(self.program(platform) for platform in PROGRAMS))
        for platform, program in PROGRAMS.items():
            with zipfile.ZipFile(out / f"{NAME}_1.2.3_{platform}.zip") as entries:
                ending = ".exe" if platform.startswith("windows") else ""
                binary = f"{NAME}_v1.2.3{ending}"
                self.assertEqual(entries.namelist(), ["LICENSE", "THIRD-PARTY-NOTICES", binary])
                self.assertEqual(entries.read(binary), program)
                self.assertEqual(entries.getinfo(binary).external_attr >> 16, 0o100755)
                self.assertEqual(entries.getinfo("LICENSE").external_attr >> 16, 0o100644)
                self.assertIn(b"Apache License", entries.read("LICENSE"))
                self.assertEqual(entries.read("THIRD-PARTY-NOTICES"), b"of others")
        self.assertEqual(len(list(out.iterdir())), len(PROGRAMS))

    def test_the_same_files_give_the_same_bytes(self):
        """Whenever they were made, whatever their modes, wherever they lie."""
        one, other = self.program("linux_amd64", "one"), self.program("linux_amd64", "other")
        os.utime(one, (1, 1))
        os.utime(other, (time.time(), time.time()))
        one.chmod(0o600)
        other.chmod(0o777)
        packed = []
        for number, binary in enumerate([one, other]):
            out = self.root / f"out{number}"
            self.archive(out, binary)
            self.package("sums", "--version=1.2.3", out)
            packed.append({path.name: path.read_bytes() for path in out.iterdir()})
        self.assertEqual(packed[0], packed[1])
        self.assertEqual(len(packed[0]), 3)

    def test_sums_are_of_the_manifest_and_every_archive_and_sha256sum_agrees(self):
        out = self.root / "out"
        self.archive(out, self.program("linux_amd64"), self.program("darwin_arm64"))
        (out / f"{NAME}_9.9.9_linux_amd64.zip").write_bytes(b"of another version")
        self.package("sums", "--version=1.2.3", out)
        lines = (out / f"{NAME}_1.2.3_SHA256SUMS").read_text().splitlines()
        listed = dict(reversed(line.split("  ")) for line in lines)
        names = ["darwin_arm64.zip", "linux_amd64.zip", "manifest.json"]
        self.assertEqual(list(listed), [f"{NAME}_1.2.3_{name}" for name in names])
        for name, digest in listed.items():
            self.assertEqual(hashlib.sha256((out / name).read_bytes()).hexdigest(), digest)

    def test_the_manifest_names_the_protocol_that_the_provider_speaks(self):
        manifest = json.loads((ROOT / "terraform-registry-manifest.json").read_text())
        self.assertEqual(manifest, {"version": 1, "metadata": {"protocol_versions": ["6.0"]}})

    def test_an_installed_provider_is_what_the_archive_holds_where_terraform_looks(self):
        binary, into = self.program("linux_arm64"), self.root / "plugins"
        self.archive(self.root, binary)
        # A second time over the first, as after each build.
        for _ in range(2):
            self.package("install", "--version=1.2.3", self.notices, f"--into={into}", binary)
        folder = into / "registry.terraform.io/kubeha/kubeha/1.2.3/linux_arm64"
        installed = {path.name: path.read_bytes() for path in folder.iterdir()}
        with zipfile.ZipFile(self.root / f"{NAME}_1.2.3_linux_arm64.zip") as entries:
            packed = {name: entries.read(name) for name in entries.namelist()}
        self.assertEqual(installed, packed)
        self.assertTrue(os.access(folder / f"{NAME}_v1.2.3", os.X_OK))
        self.package("install", "--version=1.2.3", self.notices, f"--into={into}", "--host=registry.opentofu.org", binary)
        self.assertTrue((into / "registry.opentofu.org/kubeha/kubeha/1.2.3/linux_arm64").is_dir())

    def test_what_is_no_program_is_refused_and_nothing_is_left(self):
        script, out = self.root / NAME, self.root / "out"
        for content in [b"", b"#!/bin/sh\n", elf(0x28), b"MZ", b"\x7fELF"]:
            script.write_bytes(content)
            said = self.archive(out, script, expect=1)
            self.assertIn("is no program for Linux, macOS or Windows", said)
        self.assertFalse(out.exists())
        self.assertIn("No such file", self.archive(out, self.root / "missing", expect=1))

    def test_two_binaries_for_one_platform_are_refused(self):
        one, other = self.program("linux_amd64", "one"), self.program("linux_amd64", "other")
        said = self.archive(self.root / "out", one, other, expect=1)
        self.assertIn("more than one binary is for linux_amd64", said)

    def test_sums_of_nothing_are_refused(self):
        said = self.package("sums", "--version=1.2.3", self.root, expect=1)
        self.assertIn("pack some first", said)


class Release(unittest.TestCase):
    """The workflow that nobody has run yet at least agrees with the rest."""

    WORKFLOW = (ROOT / ".github" / "workflows" / "release.yml").read_text()

    def test_it_builds_for_every_platform_that_can_be_packed(self):
        built = re.findall(r"platform: (\w+)", self.WORKFLOW)
        self.assertEqual(sorted(built), sorted(PROGRAMS))

    def test_every_action_is_pinned(self):
        for used in re.findall(r"uses: (\S+)", self.WORKFLOW):
            self.assertRegex(used, r"@[0-9a-f]{40}$")


if __name__ == "__main__":
    unittest.main()
