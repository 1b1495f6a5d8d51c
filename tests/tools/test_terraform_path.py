# SPDX-License-Identifier: Apache-2.0
"""Runs terraform-path as a program, in copies of its place in a repository.

Every test has its own copy, its own PATH, and pins of its own beside the copy; what is
fetched comes from a server in this process, and no test reaches a network.
"""

import contextlib
import hashlib
import http.server
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSION = "9.8.7"


def program(says, marker=""):
    """A shell script that answers as `terraform version` does."""
    return f"#!/bin/sh\n# {marker}\necho '{says}'\n"


def zipped(entries):
    """A zip file's bytes, from (name, text) pairs in order."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return data.getvalue()


TOFU = zipped([("LICENSE", "free"), ("tofu", program(f"OpenTofu v{VERSION}"))])


class FileServer(http.server.ThreadingHTTPServer):
    """Serves `files` (path to bytes), counts requests, and can cut answers short."""

    def __init__(self, files, cut=0):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.cut, self.requests = files, cut, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - self.server.cut])

    def log_message(self, *_):
        """Keeps the tests' output the tests' own."""


class Case(unittest.TestCase):
    """A repository of its own with the script in it, and an empty PATH."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        self.script = self.root / "repository" / "tests" / "tools" / "terraform-path"
        self.tools = self.root / "repository" / ".tools"
        self.path = self.root / "bin"
        self.script.parent.mkdir(parents=True)
        self.path.mkdir()
        shutil.copy(HERE / "terraform-path", self.script)

        # The file names of this machine's platform, from the script itself.
        self.platform = subprocess.run(
            [sys.executable, "-c", PLATFORM, self.script],
            check=True, capture_output=True, text=True,
        ).stdout.strip()
        self.pin(TOFU)

    def pin(self, archive, platform=None):
        """Pins the digest of `archive`, for this platform unless another is named."""
        digest = hashlib.sha256(archive).hexdigest()
        pins = {"version": VERSION, "sha256": {platform or self.platform: digest}}
        (self.script.parent / "opentofu.json").write_text(json.dumps(pins))
        return digest

    def install(self, name, says, directory=None):
        """Puts an executable that answers `says` on PATH, or into another directory."""
        file = (directory or self.path) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(program(says))
        file.chmod(0o755)
        return str(file)

    @contextlib.contextmanager
    def serve(self, archive=TOFU, cut=0):
        """A release server that has `archive` under the name the script asks for."""
        self.asked = f"/v{VERSION}/tofu_{VERSION}_{self.platform}.zip"
        files = {} if archive is None else {self.asked: archive}
        with FileServer(files, cut) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()

    def start(self, base=None, **variables):
        environment = {"PATH": str(self.path), "HOME": str(self.root), **variables}
        # Not the default: a test that would reach out fails at once, and on this machine.
        environment["KUBEHA_TOFU_BASE_URL"] = base or "http://127.0.0.1:1"
        return subprocess.Popen(
            [sys.executable, self.script],
            env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def end(self, process):
        out, err = process.communicate()
        self.assertNotIn("Traceback", err)
        return process.returncode, out, err

    def run_ok(self, base=None, **variables):
        """Runs the script, which must succeed; gives the path that it prints."""
        status, out, err = self.end(self.start(base, **variables))
        self.assertEqual(status, 0, err)
        self.assertEqual(len(out.splitlines()), 1, out)
        return out.strip()

    def run_failing(self, base=None, **variables):
        """Runs the script, which must fail and print no path; gives its message."""
        status, out, err = self.end(self.start(base, **variables))
        self.assertEqual(status, 1, out + err)
        self.assertEqual(out, "")
        return err

    def fetched_files(self):
        """All files under .tools, as paths relative to it."""
        return sorted(str(f.relative_to(self.tools)) for f in self.tools.rglob("*") if f.is_file())

    def binary(self):
        return f"tofu_{VERSION}_{self.platform}/tofu"


PLATFORM = """
import sys, importlib.machinery, importlib.util
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("terraform_path", sys.argv[1])
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("terraform_path", loader))
loader.exec_module(module)
print(module.this_platform())
"""


class Choice(Case):
    """Which of the programs on this machine is taken."""

    def test_terraform_goes_before_tofu(self):
        terraform = self.install("terraform", "Terraform v1.11.4")
        self.install("tofu", "OpenTofu v1.12.6")
        self.assertEqual(self.run_ok(), terraform)

    def test_tofu_goes_before_fetching(self):
        tofu = self.install("tofu", "OpenTofu v1.12.6")
        with self.serve() as server:
            self.assertEqual(self.run_ok(server.url), tofu)
            self.assertEqual(server.requests, [])

    def test_the_variable_goes_before_path(self):
        self.install("terraform", "Terraform v1.11.4")
        other = self.install("mine", "Terraform v1.14.0", self.root / "elsewhere")
        self.assertEqual(self.run_ok(KUBEHA_TERRAFORM=other), other)

    def test_the_variable_may_be_a_name_on_path(self):
        self.install("terraform", "Terraform v1.11.4")
        tofu = self.install("tofu", "OpenTofu v1.12.6")
        self.assertEqual(self.run_ok(KUBEHA_TERRAFORM="tofu"), tofu)

    def test_an_empty_variable_is_none(self):
        terraform = self.install("terraform", "Terraform v1.11.4")
        self.assertEqual(self.run_ok(KUBEHA_TERRAFORM=""), terraform)

    def test_a_variable_that_names_nothing_is_an_error(self):
        self.install("terraform", "Terraform v1.11.4")
        message = self.run_failing(KUBEHA_TERRAFORM="/no/such/terraform")
        self.assertIn("KUBEHA_TERRAFORM is '/no/such/terraform'", message)


class Version(Case):
    """The oldest versions that are taken."""

    def test_the_minimum_is_new_enough(self):
        for name, says in [("terraform", "Terraform v1.11.0"), ("tofu", "OpenTofu v1.11.0")]:
            with self.subTest(says):
                file = self.install(name, says)
                self.assertEqual(self.run_ok(KUBEHA_TERRAFORM=file), file)

    def test_versions_compare_as_numbers(self):
        file = self.install("terraform", "Terraform v2.0.0")
        self.assertEqual(self.run_ok(), file)

    def test_an_old_version_is_refused_by_name(self):
        for name, says in [("terraform", "Terraform v1.9.8"), ("tofu", "OpenTofu v1.10.9")]:
            with self.subTest(says):
                file = self.install(name, says)
                message = self.run_failing(KUBEHA_TERRAFORM=file)
                self.assertIn(f"{file} is {says}, which is too old", message)
                self.assertIn("1.11 or newer", message)

    def test_an_old_one_on_path_is_not_passed_over(self):
        self.install("terraform", "Terraform v1.9.8")
        self.install("tofu", "OpenTofu v1.12.6")
        self.assertIn("too old", self.run_failing())

    def test_warnings_before_the_version_do_no_harm(self):
        file = self.install("terraform", "There are some problems\nTerraform v1.11.4\non linux_amd64")
        self.assertEqual(self.run_ok(), file)

    def test_another_program_is_refused(self):
        self.install("terraform", "Hello")
        self.assertIn("names no Terraform or OpenTofu version: Hello", self.run_failing())

    def test_a_program_that_can_not_run_is_refused(self):
        file = Path(self.install("terraform", ""))
        file.write_bytes(b"\x7fELF, but not quite")
        self.assertIn("can not be run", self.run_failing())


class Fetch(Case):
    """The pinned OpenTofu, when the machine has nothing."""

    def test_it_is_fetched_and_runs(self):
        with self.serve() as server:
            path = self.run_ok(server.url)
            self.assertEqual(server.requests, [self.asked])
        self.assertEqual(path, str(self.tools / self.binary()))
        said = subprocess.run([path, "version"], check=True, capture_output=True, text=True)
        self.assertEqual(said.stdout.strip(), f"OpenTofu v{VERSION}")
        # The binary alone: not the archive, and not the licence beside it.
        self.assertEqual(self.fetched_files(), [self.binary()])

    def test_the_second_run_needs_no_network(self):
        with self.serve() as server:
            first = self.run_ok(server.url)
        self.assertEqual(self.run_ok(server.url), first)

    def test_a_new_pin_is_fetched_again(self):
        with self.serve() as server:
            self.run_ok(server.url)
            pins = self.script.parent / "opentofu.json"
            pins.write_text(pins.read_text().replace(VERSION, "9.8.8"))
            self.assertIn("/v9.8.8/", self.run_failing(server.url))

    def test_a_wrong_digest_names_both_and_leaves_nothing(self):
        other = zipped([("tofu", program("OpenTofu v6.6.6"))])
        expected = self.pin(TOFU)
        with self.serve(other) as server:
            message = self.run_failing(server.url)
        self.assertIn(f"expected SHA-256 {expected}", message)
        self.assertIn(f"got              {hashlib.sha256(other).hexdigest()}", message)
        self.assertEqual(self.fetched_files(), [])

    def test_a_truncated_answer_leaves_nothing(self):
        with self.serve(cut=7) as server:
            message = self.run_failing(server.url)
        self.assertIn(f"after {len(TOFU) - 7} of {len(TOFU)} bytes", message)
        self.assertEqual(self.fetched_files(), [])

    def test_a_failure_does_not_stand_in_the_way_of_the_next_run(self):
        with self.serve(cut=7) as server:
            self.run_failing(server.url)
        with self.serve() as server:
            self.run_ok(server.url)

    def test_a_missing_file_says_so(self):
        with self.serve(archive=None) as server:
            message = self.run_failing(server.url)
        self.assertIn(f"{server.url}{self.asked} answered 404", message)
        self.assertIn("KUBEHA_TERRAFORM", message)

    def test_an_unreachable_server_says_what_to_do(self):
        # Bound and not listening: nothing else can take the port, and connections are refused.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            message = self.run_failing(f"http://127.0.0.1:{taken.getsockname()[1]}")
        self.assertIn("could not be fetched", message)
        for way in ["install Terraform or OpenTofu", "KUBEHA_TERRAFORM", "KUBEHA_TOFU_BASE_URL"]:
            self.assertIn(way, message)

    def test_a_base_that_is_no_url_is_an_error(self):
        self.assertIn("could not be fetched", self.run_failing("mirror.example"))

    def test_only_the_binary_leaves_the_archive(self):
        archive = zipped([
            ("../../../escaped", "outside"),
            (f"{self.root}/escaped", "outside"),
            ("../tofu", program("OpenTofu v6.6.6")),
            ("tofu", program(f"OpenTofu v{VERSION}")),
        ])
        self.pin(archive)
        with self.serve(archive) as server:
            path = self.run_ok(server.url)
        self.assertIn(f"OpenTofu v{VERSION}", Path(path).read_text())
        self.assertEqual(self.fetched_files(), [self.binary()])
        self.assertEqual(list(self.root.rglob("*escaped*")), [])

    def test_an_archive_without_the_binary_is_an_error(self):
        archive = zipped([("bin/tofu", program(f"OpenTofu v{VERSION}"))])
        self.pin(archive)
        with self.serve(archive) as server:
            self.assertIn("holds no tofu", self.run_failing(server.url))
        self.assertEqual(self.fetched_files(), [])

    def test_a_platform_without_a_digest_is_an_error(self):
        self.pin(TOFU, "plan9_mips")
        with self.serve() as server:
            message = self.run_failing(server.url)
            self.assertEqual(server.requests, [])
        self.assertIn(f"pinned only for plan9_mips, not for {self.platform}", message)

    def test_parallel_runs_all_succeed(self):
        # Large enough that the downloads overlap.
        archive = zipped([("tofu", program(f"OpenTofu v{VERSION}", os.urandom(1 << 20).hex()))])
        self.pin(archive)
        with self.serve(archive) as server:
            processes = [self.start(server.url) for _ in range(6)]
            ends = [self.end(process) for process in processes]
        path = str(self.tools / self.binary())
        self.assertEqual([(s, o.strip()) for s, o, _ in ends], [(0, path)] * 6, ends)
        self.assertEqual(self.fetched_files(), [self.binary()])


class Pins(unittest.TestCase):
    """What is checked in."""

    def test_the_digests_are_sha_256_of_known_platforms(self):
        pins = json.loads((HERE / "opentofu.json").read_text())
        self.assertRegex(pins["version"], r"^1\.\d+\.\d+$")
        self.assertGreaterEqual(int(pins["version"].split(".")[1]), 11)
        for platform, digest in pins["sha256"].items():
            self.assertRegex(platform, r"^(linux|darwin|windows)_(amd64|arm64)$")
            self.assertRegex(digest, r"^[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
