#!/usr/bin/env python3
"""Django's commands, with this project's own Python and its own services."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# These neither read nor write data, so they do not wait for a database.
ALONE = {
    "help",
    "version",
    "--help",
    "--version",
    "-h",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "spectacular",
}
# These speak to Stripe; its sandbox is started for them where bin/up does not run it already.
WITH_STRIPE = {"audit_books", "demo", "payout_sellers", "sweep"}


def use_own_python() -> None:
    """Run again with the virtual environment's Python when started with another one."""
    own = ROOT / ".venv" / "bin" / "python"
    if (
        Path(sys.prefix).resolve() != (ROOT / ".venv").resolve()
        and own.exists()
        and "VIRTUAL_ENV_KEPT" not in os.environ
    ):
        os.environ["VIRTUAL_ENV_KEPT"] = "1"
        os.execv(own, [str(own), *sys.argv])  # noqa: S606


def main() -> None:
    use_own_python()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import sandbox, services

    if len(sys.argv) > 1 and sys.argv[1] not in ALONE:
        services.start()
        if sys.argv[1] in WITH_STRIPE:
            sandbox.borrow()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
