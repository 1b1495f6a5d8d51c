"""The WSGI application: plays the account's time, injects what tests asked for, lets moto answer, keeps the log."""

import time
import traceback

from werkzeug.wrappers import Request, Response

from awsfix.world import LOCK, world_of

from .admin import Admin
from .calls import CallLog
from .errors import error_response
from .faults import Faults
from .request import read_call
from .stale import StaleReads

ADMIN = "/_emu/"


class Emulator:
    """Corrected moto (or stock moto) for any number of accounts."""

    def __init__(self, app, corrected):
        self.app = app
        self.corrected = corrected
        self.calls = CallLog()
        self.faults = Faults()
        self.stale = StaleReads(self.run)
        self.latency = {}
        self.server = None
        self.is_copy = False
        self._admin = Admin(self)

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path.startswith(ADMIN):
            return self._admin.answer(path.removeprefix(ADMIN), Request(environ))(environ, start_response)
        call = read_call(environ)
        if call.account in self.latency:
            time.sleep(self.latency[call.account])
        with LOCK:
            try:
                response = self._answer(call, environ)
            except Exception as problem:
                response = _failure(problem)
            self.calls.add(call, response.status_code)
        return response(environ, start_response)

    def _answer(self, call, environ):
        fault = self.faults.take(call)
        if fault and fault.when == "before":
            return error_response(call, fault)
        stale = self.stale.read(call, environ)
        if stale is not None:
            return stale
        self.settle(call.account)
        if not call.is_read:
            self.stale.remember(call)
        response = self.run(environ)
        if not call.is_read:
            self.settle(call.account, changed=True)
        if fault:
            return error_response(call, fault)
        return response

    def become_copy(self, server):
        """This process is a copy from now on, reached there. What lags behind is the original's."""
        self.server, self.is_copy = server, True
        self.stale = StaleReads(self.run)

    def run(self, environ):
        """moto's own answer."""
        return Response.from_app(self.app, environ, buffered=True)

    def settle(self, account, changed=False):
        """Plays what is due; after a change, everybody may have something to do at once."""
        if self.corrected:
            world = world_of(account)
            if changed:
                world.changed()
            world.settle()


def _failure(problem):
    """What moto doesn't implement, or what fails in it or here, becomes an error that SDKs don't retry."""
    if isinstance(problem, NotImplementedError):
        return Response(str(problem), 501, content_type="text/plain")
    traceback.print_exception(problem)
    return Response("".join(traceback.format_exception(problem, limit=-3)), 501, content_type="text/plain")
