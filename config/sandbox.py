"""Starts the local Stripe sandbox with this installation's addresses; refuses beside a real key."""

import atexit
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from config import env, processes, services


def webhook_secret() -> str:
    made = f"whsec_{secrets.token_hex(24)}"
    return os.environ.get("STRIPE_WEBHOOK_SECRET") or env.kept(
        services.var() / "secrets" / "stripe_webhook_secret", made
    )


def command() -> list[str]:
    """The arguments after Python's own name."""
    site, sandbox = (urlsplit(services.addresses()[name]) for name in ("site", "sandbox"))
    options = {
        "port": sandbox.port,
        "store": services.var() / "stripe.sqlite3",
        "public-url": f"http://localhost:{sandbox.port}",
        "webhook-url": f"http://127.0.0.1:{site.port}/stripe/webhook/",
        "webhook-secret": webhook_secret(),
    }
    return ["-m", "payments.sandbox", *(part for name, value in options.items() for part in (f"--{name}", str(value)))]


def wanted() -> bool:
    """With a key it is real Stripe, with an address a server of the operator's, in production never."""
    given = env.present("STRIPE_SECRET_KEY") or env.present("STRIPE_API_BASE")
    return env.flag("DEBUG", True) and not given


def borrow() -> None:
    """For a command that speaks to Stripe while bin/up is not running: a sandbox until this process ends."""
    env.load()
    address = f"{services.addresses()['sandbox']}/healthz"
    if not wanted() or answers(address):
        return
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command()],
        cwd=services.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 — only one thread yet
    )
    atexit.register(process.terminate)
    deadline = time.monotonic() + services.START_SECONDS
    while not answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise services.Failed(f"The Stripe sandbox does not come up at {address}.")
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 — our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    env.load()
    if not wanted():
        raise SystemExit("The sandbox does not run beside a Stripe key of one's own, nor in production.")
    os.execv(sys.executable, [sys.executable, *command()])  # noqa: S606


if __name__ == "__main__":
    main()
