"""Forgetting an account: its objects, its time, and what tests asked for."""

from moto.core.base_backend import BackendDict

from awsfix import world


def known_accounts():
    """Every account that has objects or a time."""
    found = set(world.accounts())
    for backends in BackendDict._instances:
        found.update(dict.keys(backends))
    return found


def forget_account(emulator, account):
    """The account starts afresh with its next call."""
    for backends in BackendDict._instances:
        dict.pop(backends, account, None)
    world.forget(account)
    emulator.calls.clear(account)
    emulator.faults.clear(account)
    emulator.stale.clear(account)
    emulator.latency.pop(account, None)
