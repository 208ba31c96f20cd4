"""Starts the local Stripe sandbox with this installation's addresses; refuses beside a real key."""

import os
import secrets
import sys
from urllib.parse import urlsplit

from config import env, services


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


def main() -> None:
    env.load()
    if env.present("STRIPE_SECRET_KEY") or not env.flag("DEBUG", True):
        raise SystemExit("The sandbox does not run beside a Stripe key of one's own, nor in production.")
    os.execv(sys.executable, [sys.executable, *command()])  # noqa: S606


if __name__ == "__main__":
    main()
