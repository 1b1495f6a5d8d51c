# SPDX-License-Identifier: Apache-2.0
"""The providers that are measured."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from terraform import ROOT, built

HERE = Path(__file__).resolve().parent


@dataclass
class Subject:
    label: str
    source: str
    program: Path
    configuration: Path


def kubeha(profile):
    manifest = (ROOT / "Cargo.toml").read_text()
    version = re.search(r'^version = "(.+)"$', manifest, re.MULTILINE).group(1)
    label = f"kubeha {version}" + ("" if profile == "release" else f", {profile} build")
    return Subject(label, "kubeha/kubeha", built(profile), HERE / "kubeha")


def aws():
    """The copy that KUBEHA_BENCH_AWS names, a program or a folder with one below it, else one where Terraform looks
    for local providers."""
    named = os.environ.get("KUBEHA_BENCH_AWS")
    usual = [Path.home() / ".terraform.d", "/usr/local/share/terraform", "/usr/share/terraform", "/opt"]
    places = [named] if named else usual
    for place in map(Path, places):
        found = [place] if place.is_file() else sorted(place.rglob("terraform-provider-aws_v*"))
        if found:
            version = re.search(r"_v([0-9.]+)", found[-1].name).group(1)
            return Subject(f"hashicorp/aws {version}", "hashicorp/aws", found[-1], HERE / "aws-twin")
    return None
