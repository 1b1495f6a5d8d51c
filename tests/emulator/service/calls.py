"""The log of calls, by account."""

from collections import Counter, deque

# Enough for any one test; older calls fall out.
KEPT = 50_000


class CallLog:
    def __init__(self):
        self._calls = {}

    def add(self, call, status):
        self._calls.setdefault(call.account, deque(maxlen=KEPT)).append((call.name, call.region, status))

    def clear(self, account):
        self._calls.pop(account, None)

    def summary(self, account):
        """Counts by action, and the calls in order."""
        calls = list(self._calls.get(account, ()))
        return {
            "total": len(calls),
            "counts": dict(sorted(Counter(name for name, _, _ in calls).items())),
            "calls": [{"action": name, "region": region, "status": status} for name, region, status in calls],
        }
