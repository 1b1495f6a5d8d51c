"""The endpoint for tests, /_emu/<command>: JSON in, JSON out. README.md lists the commands."""

import json
import os
import traceback

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from werkzeug.wrappers import Response

from awsfix.world import LOCK, backends_of, world_of

from .accounts import forget_account, known_accounts
from .copies import make_copy
from .faults import Fault
from .inventory import inventory
from .stale import Lag


class Refused(Exception):
    """The request can't be carried out; the text says why."""


class Admin:
    def __init__(self, emulator):
        self._emulator = emulator

    def answer(self, command, request):
        handler = getattr(self, "_do_" + command.replace("-", "_"), None)
        if handler is None:
            return _json({"error": f"no such command: {command}"}, 404)
        try:
            arguments = (
                dict(request.args) if request.method == "GET" else json.loads(request.get_data() or b"{}")
            )
            account = arguments.pop("account", DEFAULT_ACCOUNT_ID)
            with LOCK:
                return _json(handler(account, arguments))
        except (Refused, ValueError, TypeError, KeyError) as problem:
            return _json({"error": f"{command}: {problem!r}"}, 400)
        except Exception:
            return _json({"error": traceback.format_exc()}, 500)

    def _do_reset(self, account, arguments):
        if arguments.get("all"):
            gone = sorted(known_accounts())
        else:
            gone = [account]
        for each in gone:
            forget_account(self._emulator, each)
        return {"reset": gone}

    def _do_clock(self, account, arguments):
        world = self._world(account)
        if "factor" in arguments:
            world.clock.set_factor(float(arguments["factor"]))
        if "advance" in arguments:
            world.clock.advance(float(arguments["advance"]))
        world.settle()
        return {"now": world.now, "factor": world.clock.factor}

    def _do_settings(self, account, arguments):
        world = self._world(account)
        world.settle()
        world.settings.update(arguments)
        world.changed()
        world.settle()
        return world.settings.as_dict()

    def _do_latency(self, account, arguments):
        self._emulator.latency[account] = float(arguments["seconds"])
        return {"seconds": self._emulator.latency[account]}

    def _do_zone(self, account, arguments):
        """Makes a zone dead or alive; `kill` terminates what runs in it."""
        world = self._world(account)
        zone, state = arguments["zone"], arguments.get("state")
        if state not in (None, "dead", "alive"):
            raise Refused("state must be dead or alive")
        world.settle()
        if state == "dead" and zone not in world.settings.dead_zones:
            world.settings.dead_zones.append(zone)
        elif state == "alive" and zone in world.settings.dead_zones:
            world.settings.dead_zones.remove(zone)
        killed = []
        if arguments.get("kill"):
            for _, backend in backends_of(ec2_backends, account):
                for instance in backend.all_running_instances():
                    if instance.placement.zone == zone:
                        instance.terminate()
                        killed.append(instance.id)
        world.changed()
        world.settle()
        return {"dead_zones": world.settings.dead_zones, "killed": killed}

    def _do_target_health(self, account, arguments):
        """Makes the health checks of targets fail or pass."""
        world = self._world(account)
        world.settle()
        state = arguments["state"]
        if state not in ("failing", "passing"):
            raise Refused("state must be failing or passing")
        for target in arguments["targets"]:
            if state == "failing":
                world.failing.setdefault(target, world.now)
                world.recovered.pop(target, None)
            elif world.failing.pop(target, None) is not None:
                world.recovered[target] = world.now
        world.changed()
        world.settle()
        return {"failing": sorted(world.failing)}

    def _do_fault(self, account, arguments):
        self._emulator.faults.add(account, Fault(**arguments))
        return {}

    def _do_lag(self, account, arguments):
        self._emulator.stale.add(account, Lag(**arguments))
        return {}

    def _do_heal(self, account, arguments):
        """Drops all faults, lags and the latency."""
        self._emulator.faults.clear(account)
        self._emulator.stale.clear(account)
        self._emulator.latency.pop(account, None)
        return {}

    def _do_calls(self, account, arguments):
        summary = self._emulator.calls.summary(account)
        if arguments.get("clear"):
            self._emulator.calls.clear(account)
        return summary

    def _do_copy(self, account, arguments):
        """Starts a copy of the whole emulator, which goes on by itself."""
        port = make_copy(self._emulator)
        return {"endpoint": f"http://127.0.0.1:{port}"}

    def _do_end(self, account, arguments):
        """Ends a copy. Nobody is answered."""
        if not self._emulator.is_copy:
            raise Refused("only a copy is ended so")
        os._exit(0)

    def _do_inventory(self, account, arguments):
        self._emulator.settle(account)
        return inventory(account, arguments.get("region", "us-east-1"))

    def _world(self, account):
        if not self._emulator.corrected:
            raise Refused("stock moto knows no virtual time")
        return world_of(account)


def _json(value, status=200):
    return Response(json.dumps(value), status, content_type="application/json")
