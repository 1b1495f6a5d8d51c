"""Errors that a test asked for: at the nth call of an action, before or after its effect."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass
class Fault:
    """`action` is an IAM action, where * stands for anything; `contains` must appear in the request's body."""

    action: str
    code: str = "InternalError"
    message: str = "injected by the test"
    status: int = 500
    when: str = "before"
    nth: int = 1
    times: int = 1
    contains: str = ""

    def __post_init__(self):
        if self.when not in ("before", "after"):
            raise ValueError("when must be before or after")
        if self.nth < 1 or self.times < 1:
            raise ValueError("nth and times must be at least 1")
        if ":" not in self.action:
            raise ValueError("action must look like service:Action")


class Faults:
    def __init__(self):
        self._waiting = {}

    def add(self, account, fault):
        self._waiting.setdefault(account, []).append(fault)

    def clear(self, account):
        self._waiting.pop(account, None)

    def take(self, call):
        """The fault that this call meets, if any. Each matching call counts, whichever fault it meets."""
        met = None
        for fault in list(self._waiting.get(call.account, ())):
            if not fnmatchcase(call.name, fault.action) or fault.contains.encode() not in call.body:
                continue
            if fault.nth > 1:
                fault.nth -= 1
            elif met is None:
                met = fault
                fault.times -= 1
                if fault.times == 0:
                    self._waiting[call.account].remove(fault)
        return met
