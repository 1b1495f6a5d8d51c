"""The emulated time of one account: what is due happens in order, whenever somebody looks.

Nothing runs in the background. Before and after each request `settle` plays everything that became due since,
event by event, so that the outcome depends on the clock alone and never on how often somebody asked.
"""

import math
import threading
from datetime import UTC, datetime

from .clock import Clock
from .settings import Settings

# One request at a time: moto's objects know no locking of their own.
LOCK = threading.RLock()

# More events than any test can mean: a rule that keeps waking itself is a bug of ours.
MAX_EVENTS = 200_000

# What a new account's clock runs at; the command line may say otherwise.
DEFAULT_FACTOR = 1.0

_worlds = {}
_actors = []


class World:
    """Clock, settings and memory of one account."""

    def __init__(self, account):
        self.account = account
        self.clock = Clock(DEFAULT_FACTOR)
        self.settings = Settings()
        self.now = self.clock.now()
        self._next_event = self.now
        # target id -> since when its health checks fail; since when they pass again
        self.failing = {}
        self.recovered = {}
        # (until, subnet ids, security group ids) of interfaces that outlive their load balancer
        self.lingering = []

    def due(self, when):
        """Whether `when` has come; if not, the world is settled again at that time."""
        if self.now >= when:
            return True
        self._next_event = min(self._next_event, when)
        return False

    def changed(self):
        """Something changed that others may react to at this same moment."""
        self._next_event = self.now

    def settle(self):
        """Plays all that is due up to the clock's present."""
        until = max(self.clock.now(), self.now)
        for _ in range(MAX_EVENTS):
            if self._next_event > until:
                self.now = until
                return
            self.now = max(self.now, self._next_event)
            self._next_event = math.inf
            for actor in _actors:
                actor(self)
        raise RuntimeError(f"account {self.account} doesn't come to rest")


def actor(function):
    """Registers a function that is called with each world whenever time has moved or something changed."""
    _actors.append(function)
    return function


def world_of(thing):
    """The world of an account id, or of a moto object that has one."""
    account = thing if isinstance(thing, str) else thing.account_id
    if account not in _worlds:
        _worlds[account] = World(account)
    return _worlds[account]


def forget(account):
    """Drops the account's world, so that the next look at it starts afresh."""
    _worlds.pop(account, None)


def accounts():
    return list(_worlds)


def backends_of(backend_dict, account):
    """The existing regional backends of an account: (region, backend). Creates none."""
    found = dict.get(backend_dict, account)
    return list(dict.items(found)) if found is not None else []


def timestamp(seconds):
    """Virtual seconds as the naive UTC time that moto serialises."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
