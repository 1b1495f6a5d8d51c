"""Reads that lag behind a write, as those of AWS may: answered from the state before it.

The state before a write is a forked copy of this process, which answers reads until the lag is over. A copy is
exact for every read there is, whether or not somebody asked before.
"""

import os
import pickle
import signal
import socket
import struct
from dataclasses import dataclass
from fnmatch import fnmatchcase

from werkzeug.wrappers import Response

from awsfix.world import world_of

from .server import leave_connections

_PASSED_ON = (
    "REQUEST_METHOD",
    "PATH_INFO",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "SERVER_PROTOCOL",
)


@dataclass
class Lag:
    """After a write that `action` matches, reads of its service that `reads` matches are stale.

    For the next `calls` such reads, or for `seconds` of virtual time.
    """

    action: str
    reads: str = "*"
    calls: int = 0
    seconds: float = 0
    times: int = 1

    def __post_init__(self):
        if bool(self.calls > 0) == bool(self.seconds > 0):
            raise ValueError("a lag is either of calls or of seconds")
        if ":" not in self.action:
            raise ValueError("action must look like service:Action")


class StaleReads:
    def __init__(self, run):
        self._run = run
        self._lags = {}
        self._copies = {}

    def add(self, account, lag):
        self._lags.setdefault(account, []).append(lag)

    def clear(self, account):
        self._lags.pop(account, None)
        for copy in self._copies.pop(account, ()):
            copy.close()

    def remember(self, call):
        """Called before a write: keeps a copy of the state if a lag wants it."""
        for lag in list(self._lags.get(call.account, ())):
            if not fnmatchcase(call.name, lag.action):
                continue
            lag.times -= 1
            if lag.times == 0:
                self._lags[call.account].remove(lag)
            until = world_of(call.account).clock.now() + lag.seconds if lag.seconds else None
            copy = _Copy(self._run, call.service, lag.reads, lag.calls, until)
            self._copies.setdefault(call.account, []).append(copy)

    def read(self, call, environ):
        """The stale answer to a read, or None where it is to be answered freshly."""
        copies = self._copies.get(call.account)
        if not copies:
            return None
        now = world_of(call.account).clock.now()
        for copy in [copy for copy in copies if copy.spent(now)]:
            copies.remove(copy)
            copy.close()
        for copy in copies:
            if call.is_read and copy.service == call.service and fnmatchcase(call.action, copy.reads):
                return copy.answer(environ, call.body)
        return None


class _Copy:
    """A forked process that answers reads from the state it was forked with."""

    def __init__(self, run, service, reads, calls, until):
        self.service, self.reads = service, reads
        self._calls, self._until = calls, until
        self._near, far = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            self._near.close()
            leave_connections()
            _serve(far, run)
        far.close()

    def spent(self, now):
        return now >= self._until if self._until is not None else self._calls <= 0

    def answer(self, environ, body):
        self._calls -= 1
        plain = {key: value for key, value in environ.items() if key.startswith("HTTP_") or key in _PASSED_ON}
        plain.update({"SERVER_NAME": "127.0.0.1", "SERVER_PORT": environ["SERVER_PORT"]})
        _send(self._near, (plain, body))
        status, headers, data = _receive(self._near)
        return Response(data, status, headers)

    def close(self):
        self._near.close()
        # It wouldn't notice: a copy that was forked after it has this end of the socket too.
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _serve(link, run):
    import io
    import sys

    code = 1
    try:
        while True:
            request = _receive(link)
            if request is None:
                code = 0
                break
            plain, body = request
            environ = {
                **plain,
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.multithread": False,
                "wsgi.multiprocess": True,
                "wsgi.run_once": False,
            }
            response = run(environ)
            _send(link, (response.status_code, list(response.headers), response.get_data()))
    finally:
        os._exit(code)


def _send(link, value):
    data = pickle.dumps(value)
    link.sendall(struct.pack(">I", len(data)) + data)


def _receive(link):
    head = _exactly(link, 4)
    if head is None:
        return None
    return pickle.loads(_exactly(link, struct.unpack(">I", head)[0]))


def _exactly(link, size):
    data = b""
    while len(data) < size:
        part = link.recv(size - len(data))
        if not part:
            return None
        data += part
    return data
