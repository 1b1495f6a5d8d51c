"""Where the application listens: on 127.0.0.1, with a thread for each connection, which is kept, as AWS keeps its own."""

import io
import os

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

# The sockets of all connections there are.
_open = set()


def listen(app, port=0):
    """A server that takes connections from now on, and answers them once it serves."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)


def leave_connections():
    """For a forked process: answering on the connections is its parent's, which alone decides when they end."""
    for connection in _open:
        if connection.fileno() >= 0:
            # Closing the socket itself would wait for its reader, in a thread that isn't here.
            os.close(connection.detach())
    _open.clear()


class Handler(MotoRequestHandler):
    """Werkzeug's own ends each connection after one answer, and sends that in two parts. Of clients with many calls at
    once some then reset a connection before they had read the answer, and made the call again: one in a thousand."""

    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece, and at once.
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        _open.add(self.connection)

    def finish(self):
        _open.discard(self.connection)
        super().finish()

    def handle_expect_100(self):
        asked_for = super().handle_expect_100()
        self.wfile.flush()
        return asked_for

    def run_wsgi(self):
        self.environ = environ = self.make_environ()
        body = environ["wsgi.input"]
        if not environ.get("wsgi.input_terminated"):
            # All of it, whether or not it is wanted: the next request begins after it.
            body = io.BytesIO(body.read(int(environ.get("CONTENT_LENGTH") or 0)))
            environ["wsgi.input"] = body
        answer = Response.from_app(self.server.app, environ, buffered=True)
        body.read()
        data = answer.get_data()
        if self.command != "HEAD" and answer.status_code not in (204, 304):
            answer.headers["Content-Length"] = str(len(data))
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
