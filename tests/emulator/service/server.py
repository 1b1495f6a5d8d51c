"""Where the application listens: on 127.0.0.1, with a thread for each connection."""

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server


def listen(app, port=0):
    """A server that takes connections from now on, and answers them once it serves."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)
