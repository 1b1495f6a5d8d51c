"""Command line of the server: starts it, says where it is, and stops when told to."""

import argparse
import json
import logging
import os
import sys
import threading
import warnings
from pathlib import Path


def main():
    options = parse_arguments()
    # Read by moto when it is imported: unknown instance types are refused, and a new account doesn't begin with
    # thousands of images.
    os.environ.setdefault("MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION", "true")
    os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("images.json")))
    # moto warns of every error code that a service's model doesn't list.
    warnings.filterwarnings("ignore", module=r"moto\.core\.serialize")
    from awsfix.patching import MotoChanged

    try:
        server = start(options)
    except MotoChanged as problem:
        sys.exit(f"serve: {problem}")
    if options.exit_with_stdin:
        threading.Thread(target=exit_at_end_of_input, daemon=True).start()
    print(json.dumps({"endpoint": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="serve", description="An AWS emulator for acceptance tests, on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--stock", action="store_true", help="moto as it is, without the corrections")
    parser.add_argument(
        "--clock-factor", type=float, default=1.0, help="virtual seconds per real second; 0 stands still"
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="stop when standard input ends")
    parser.add_argument(
        "--record-sources", action="store_true", help="write the hashes of the replaced functions and exit"
    )
    return parser.parse_args()


def start(options):
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from awsfix import world

    from . import speed
    from .app import Emulator
    from .server import listen
    from .warm_up import warm_up

    world.DEFAULT_FACTOR = options.clock_factor
    if not options.stock or options.record_sources:
        from awsfix import corrections

        if options.record_sources:
            corrections.record()
            sys.exit(0)
        corrections.install()
    speed.remember()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    emulator = Emulator(DomainDispatcherApplication(create_backend_app), corrected=not options.stock)
    warm_up(emulator)
    emulator.server = listen(emulator, options.port)
    return emulator.server


def exit_at_end_of_input():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


main()
