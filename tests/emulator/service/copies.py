"""Copies of the whole emulator that go on by themselves: what took long to build is built once.

A copy is a fork of this process, so it is exact. It has a port of its own, its accounts have their ids still, and
nothing that happens in one shows in the other.
"""

import os
import threading

from awsfix.world import LOCK

from .server import leave_connections, listen


def make_copy(emulator):
    """Starts a copy and returns its port. The caller holds the lock."""
    server = listen(emulator)
    # Twice, so that nobody has to wait for its end.
    between = os.fork()
    if between == 0:
        if os.fork() == 0:
            _live(emulator, server)
        os._exit(0)
    os.waitpid(between, 0)
    server.socket.close()
    return server.server_port


def _live(emulator, server):
    code = 1
    try:
        # Answering those is the original's.
        leave_connections()
        emulator.server.socket.close()
        emulator.become_copy(server)
        threading.Thread(target=_end_with_the_original, daemon=True).start()
        # Of all threads, only the one that forked is here, and it had the lock.
        LOCK.release()
        server.serve_forever()
        code = 0
    finally:
        os._exit(code)


def _end_with_the_original():
    """Both have one standard input. Python's own reader of it may be locked by a thread that isn't here."""
    while os.read(0, 4096):
        pass
    os._exit(0)
