# SPDX-License-Identifier: Apache-2.0
"""Terraform with the provider that was just built. The person's own Terraform settings stay out."""

import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")
# The longest that one command may take on AWS: groups and load balancers have half an hour by themselves.
LIMIT = 3600


class Failed(Exception):
    """A command failed; the text is all it said."""


class Terraform:
    """A working directory."""

    def __init__(self, work, environment):
        self._work = work
        work.mkdir(parents=True)
        built = (Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug").resolve()
        if not (built / "terraform-provider-kubeha").exists():
            raise SystemExit(f"acceptance: {built}/terraform-provider-kubeha isn't there: make build")
        config = work / "terraformrc"
        config.write_text(f'provider_installation {{\n  dev_overrides {{ "kubeha/kubeha" = "{built}" }}\n  direct {{}}\n}}\n')
        self._environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "TF_CLI_CONFIG_FILE": str(config),
            "TF_DATA_DIR": str(work / "data"),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "TF_CLI_ARGS": "-no-color",
            "CHECKPOINT_DISABLE": "1",
            **environment,
        }
        self._binary = subprocess.check_output([ROOT / "tests/tools/terraform-path"], text=True).strip()

    def write(self, **files):
        """Writes `name.tf` for each name, and nothing but these."""
        for old in self._work.glob("*.tf"):
            old.unlink()
        for name, text in files.items():
            (self._work / f"{name}.tf").write_text(text)

    def variables(self, values):
        (self._work / "acceptance.auto.tfvars.json").write_text(json.dumps(values))

    def run(self, *arguments, expect=(0,)):
        """What it says on standard output."""
        ended = subprocess.run(
            [self._binary, *arguments],
            cwd=self._work,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        self.code = ended.returncode
        if ended.returncode not in expect:
            raise Failed(f"terraform {' '.join(arguments)}:\n{ended.stdout}\n{ended.stderr}")
        return ended.stdout

    def apply(self):
        self.run("apply", "-auto-approve")

    def destroy(self):
        self.run("destroy", "-auto-approve")

    def plan(self):
        """The plan as JSON, which `apply_planned` applies."""
        self.run("plan", "-out=planned")
        return json.loads(self.run("show", "-json", "planned"))

    def apply_planned(self):
        self.run("apply", "planned")

    def plan_is_empty(self):
        output = self.run("plan", "-detailed-exitcode", expect=(0, 2))
        if self.code == 2:
            raise Failed(f"the plan isn't empty:\n{output}")

    def values(self, address):
        """The attributes of a resource in the state."""
        state = json.loads(self.run("show", "-json"))
        for resource in state["values"]["root_module"]["resources"]:
            if resource["address"] == address:
                return resource["values"]
        raise Failed(f"{address} isn't in the state")

    def outputs(self):
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}
