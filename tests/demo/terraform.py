# SPDX-License-Identifier: Apache-2.0
"""Terraform with the provider that was just built, measured."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclass
class Cost:
    """What one command took."""

    seconds: float
    # Of all processes of the provider together, and of the largest of them.
    cpu: float
    peak_mib: float


class Terraform:
    """A working directory with a configuration in it, for a provider: its source, such as kubeha/kubeha, and its
    program. The person's own Terraform settings stay out."""

    def __init__(self, work, configuration, source, provider, environment):
        self._work = work / "work"
        self._usage = work / "usage"
        shutil.copytree(configuration, self._work)
        config = work / "terraformrc"
        config.write_text(
            f'provider_installation {{\n  dev_overrides {{ "{source}" = "{_measured(work, source, provider)}" }}\n'
            "  direct {}\n}\n"
        )
        kept = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT")
        self._environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "TF_CLI_CONFIG_FILE": str(config),
            "TF_DATA_DIR": str(work / "data"),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "KUBEHA_DEMO_USAGE": str(self._usage),
            **environment,
        }
        self._binary = subprocess.check_output([ROOT / "tests/tools/terraform-path"], text=True).strip()

    def variables(self, values):
        (self._work / "demo.auto.tfvars.json").write_text(json.dumps(values))

    def run(self, *arguments, expect=(0,)):
        """What the command says, and what it took. Another exit code ends the demo."""
        self._usage.write_text("")
        begin = time.monotonic()
        process = subprocess.Popen(
            [self._binary, *arguments],
            cwd=self._work,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            output, errors = process.communicate()
        except KeyboardInterrupt:
            # The terminal has told terraform too. It ends by itself, with what exists in its state.
            process.communicate()
            raise
        seconds = time.monotonic() - begin
        self.code = process.returncode
        if process.returncode not in expect:
            raise SystemExit(f"{output}\n{errors}\ndemo: terraform {' '.join(arguments)} failed")
        return output, self._cost(seconds)

    def json(self, *arguments):
        return json.loads(self.run(*arguments)[0])

    def _cost(self, seconds):
        processes = [json.loads(line) for line in self._usage.read_text().splitlines()]
        return Cost(
            seconds,
            sum(one["cpu"] for one in processes),
            max((one["peak_mib"] for one in processes), default=0),
        )


def built(profile):
    """The provider as it was built last."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    provider = target.resolve() / profile / "terraform-provider-kubeha"
    if not provider.exists():
        raise SystemExit(f"{provider} isn't there: make {'release' if profile == 'release' else 'build'}")
    return provider


def _measured(work, source, provider):
    """A directory with a provider that starts the real one, and notes what the system says it used."""
    folder = work / "provider"
    folder.mkdir()
    wrapper = folder / f"terraform-provider-{source.split('/')[-1]}"
    wrapper.write_text(f"#!{sys.executable}\nREAL = {str(provider)!r}\n" + (HERE / "measured.py").read_text())
    wrapper.chmod(0o755)
    return folder
