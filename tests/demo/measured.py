# SPDX-License-Identifier: Apache-2.0
# Stands before a provider: starts the one named REAL, and when it has ended, adds a line to the file named in
# KUBEHA_DEMO_USAGE with what the system counted for it: CPU seconds, user and system, and the largest resident
# set it ever had. This program's own share isn't in it.
import json
import os
import signal
import subprocess
import sys

# A terminal's Ctrl-C reaches all: who ends is terraform's to say.
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([REAL, *sys.argv[1:]], restore_signals=False)  # noqa: F821
signal.signal(signal.SIGTERM, lambda *_: child.terminate())
_, status, usage = os.wait4(child.pid, 0)
# In KiB on Linux, in bytes on macOS.
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
line = {"cpu": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / unit}
with open(os.environ["KUBEHA_DEMO_USAGE"], "a", encoding="utf-8") as file:
    file.write(json.dumps(line) + "\n")
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
