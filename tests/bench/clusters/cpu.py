# SPDX-License-Identifier: Apache-2.0
"""Says what the provider's CPU time in a refresh of ten clusters is for."""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "demo"))

import report  # noqa: E402
from account import RUNS, Site  # noqa: E402
from subjects import kubeha  # noqa: E402

CLUSTERS, ZONES, ROUNDS = 10, 3, 3
REFRESHES = ROUNDS * RUNS["refresh"]
# Samples in a second of CPU time.
RATE = 4000

NOISE = "noise of the TLS library's own, which seeds it"
# A sample is for what the innermost function is for whose name has one of these patterns in it, the first that fits.
# What has none is of the languages' libraries or of the system, and works for whoever called it: memory, text, sockets.
PURPOSES = [
    (NOISE, r"jent_|xoshiro|uint32rotl|ptr_to_le"),
    ("loading the program", r"^(_dl_|dl_main)"),
    ("AWS's answers: XML and JSON", r"aws_smithy_(xml|json)|xmlparser|::de_\w+|ResponseDeserializer"),
    ("signatures of requests", r"sigv4|\bsha2::"),
    ("connections to AWS", r"hyper_util::client|hyper::(client|proto::h1)|aws_smithy_http_client|net::tcp"),
    ("the AWS SDK: building requests, retries, its settings", r"aws_(smithy|sdk|config|runtime|credential|types)"),
    ("TLS: keys, certificates, encryption", r"aws_lc|rustls|rcgen|yasna|webpki"),
    ("values, schemas, plans: tfplug", r"\b(tfplug|rmp)::(value|model|schema|plan|validate|server|path|block)"),
    ("gRPC with Terraform", r"\b(tonic|h2|prost|hyper|hyper_util|tower|http|tfplug)::"),
    ("what AWS has and what is wanted, compared", r"\b(terraform_provider_kubeha|aws|topology|rollout|pki)::"),
    ("tasks that wait and wake: tokio", r"\b(tokio|tokio_\w+|tracing\w*|futures\w*|mio|parking_lot\w*)::"),
]
FRAME = re.compile(r"^\s*[0-9a-f]+ (.*) \((.*)\)$", re.MULTILINE)

TEXT = """\
## Where time goes

A refresh of ten clusters over three zones takes {milliseconds:.0f} ms of CPU time in the {processes} processes that
Terraform starts for it, {kernel:.0%} of it inside the system. What it is for, by {samples} samples of {refreshes}
refreshes, {rate} in a second:

{table}

The emulator speaks no TLS, and ends each connection after one answer. AWS encrypts, and keeps connections: there the
share of connections is smaller and that of TLS larger. The noise is taken once in each process, and is {noise:.0%} of
what those take that only tell of schemas. It stays, since keys are made from it.

{machine}"""


def main():
    if subprocess.run(["perf", "--version"], capture_output=True).returncode:
        sys.exit("bench: perf isn't there")
    with tempfile.TemporaryDirectory(prefix="kubeha-bench-") as work:
        text = section(recorded(Path(work)))
    print(text)
    if "--write" in sys.argv[1:]:
        report.write(text, "make bench-cpu")


def recorded(work):
    """The samples of each process: the names of functions, from the innermost, and the files they are in."""
    ours = kubeha("profiling")
    watched = work / "watched"
    stand_in = work / "stand-in"
    record = f"perf record -q -e cpu-clock -F {RATE} --call-graph dwarf,16384 -o {watched}/$$ --"
    stand_in.write_text(
        f"#!/bin/sh\n[ -d {watched} ] || exec {ours.program} \"$@\"\nexec {record} {ours.program} \"$@\"\n"
    )
    stand_in.chmod(0o755)
    site = Site(work, replace(ours, program=stand_in), CLUSTERS, ZONES)
    try:
        site.measure("plan")
        site.measure("apply")
        watched.mkdir()
        for _ in range(ROUNDS):
            site.measure("refresh")
        return [samples(file) for file in watched.iterdir()]
    finally:
        site.close()


def samples(file):
    command = ["perf", "script", "-i", file, "--no-inline", "-F", "ip,sym,dso"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [frames for one in text.split("\n\n") if (frames := FRAME.findall(one))]


def section(processes):
    every = [frames for process in processes for frames in process]
    found = Counter(purpose(frames) for frames in every)
    # Of the processes that Terraform starts one refreshes, and takes by far the most.
    least = max(map(len, processes)) / 2
    short = [frames for process in processes if len(process) < least for frames in process]
    rows = [f"| {what} | {count / len(every):.1%} |" for what, count in found.most_common()]
    return TEXT.format(
        milliseconds=len(every) / RATE / REFRESHES * 1e3,
        kernel=sum("kernel" in frames[0][1] for frames in every) / len(every),
        processes=len(processes) // REFRESHES,
        samples=len(every),
        refreshes=REFRESHES,
        rate=RATE,
        noise=sum(purpose(frames) == NOISE for frames in short) / len(short),
        machine=report.machine(),
        table="\n".join(["| | |", "|---|---:|", *rows]),
    )


def purpose(frames):
    for name, _ in frames:
        for what, pattern in PURPOSES:
            if re.search(pattern, name):
                return what
    return "the rest"


if __name__ == "__main__":
    main()
