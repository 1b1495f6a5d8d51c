# SPDX-License-Identifier: Apache-2.0
"""What was measured, kept beside the build until the next run."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from terraform import ROOT

KEPT = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "bench.json"


@dataclass
class Figures:
    """What a phase took."""

    subject: str
    clusters: int
    zones: int
    phase: str
    # Seconds that were added to each call.
    latency: float
    # By action, as the emulator counts them.
    calls: dict
    cpu: float
    peak_mib: float
    wall: float

    @property
    def total(self):
        return sum(self.calls.values())


def forget():
    KEPT.unlink(missing_ok=True)


def keep(figures):
    with open(KEPT, "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figures)) + "\n")


def kept():
    if not KEPT.exists():
        return []
    return [Figures(**json.loads(line)) for line in KEPT.read_text(encoding="utf-8").splitlines()]
