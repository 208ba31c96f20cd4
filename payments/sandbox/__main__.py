"""Starts the sandbox: python -m payments.sandbox --port 8001 --store var/stripe.sqlite3."""

import argparse
import logging
import pathlib
import signal
import sys
import threading
from types import FrameType

from payments.sandbox.app import Sandbox
from payments.sandbox.server import Server
from payments.sandbox.store import Store
from payments.sandbox.work import Config


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m payments.sandbox", description="A Stripe of our own; no money moves."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one, which is printed")
    parser.add_argument("--store", type=pathlib.Path, required=True, help="the SQLite file; made when missing")
    parser.add_argument("--public-url", default="", help="where people reach the pages, if not at host and port")
    parser.add_argument("--webhook-url", default="", help="receives platform, Connect and thin events")
    parser.add_argument("--webhook-secret", default="", help="signs what goes there")
    parser.add_argument("--settle-seconds", type=int, default=0, help="until a charge's funds are available")
    parser.add_argument("--payout-seconds", type=int, default=0, help="until a seller's payout arrives")
    parser.add_argument(
        "--overdraft", type=int, default=10_000, help="how far below zero refunds may take the platform"
    )
    parser.add_argument("--journal-keep", type=int, default=100_000, help="lines kept of the journal; 0 turns it off")
    found = parser.parse_args()
    if bool(found.webhook_url) != bool(found.webhook_secret):
        parser.error("--webhook-url and --webhook-secret go together")
    return found


def nothing_yet(environ: object, start_response: object) -> list[bytes]:
    """Stands in until the store is open; the port is taken first, so that a taken one is found at once."""
    return []


def main() -> int:
    given = arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        server = Server(given.host, given.port, nothing_yet)
    except OSError as problem:
        print(f"The Stripe sandbox cannot listen on {given.host}:{given.port}: {problem.strerror}", file=sys.stderr)
        return 1
    address = f"http://{given.host}:{server.server_address[1]}"
    config = Config(
        public_url=(given.public_url or address).rstrip("/"),
        settle_seconds=given.settle_seconds,
        payout_seconds=given.payout_seconds,
        overdraft=given.overdraft,
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
    )
    sandbox = Sandbox(Store(given.store), config, given.journal_keep)
    server.application = sandbox
    sandbox.start()

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Stripe sandbox at {address}", flush=True)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        sandbox.stop()
        sandbox.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
