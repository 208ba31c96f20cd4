"""A market of its own for a benchmark: database, Redis, sandbox, web and workers, each of which can be killed."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECRET = "whsec_of_a_benchmark"  # noqa: S105 — of a sandbox that ends with this process


def prepare(port_of_sandbox: int, port_of_site: int, **told: str) -> Path:
    """Surroundings that nobody else has; before Django is set up. Answers the folder of everything."""
    folder = Path(tempfile.mkdtemp(prefix="promptuary-bench-", dir=os.environ.get("BENCH_DIR")))
    if os.getuid() == 0:
        folder.chmod(0o711)  # the database does not run as root
    os.environ.update(
        {
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PROMPTUARY_VAR": str(folder),
            "PROMPTUARY_THROWAWAY": "on",
            "STRIPE_API_BASE": f"http://127.0.0.1:{port_of_sandbox}",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "SITE_URL": f"http://localhost:{port_of_site}",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "LOG_LEVEL": "error",
            "HOLD_DAYS": "0",
            "MIN_PAYOUT": "300",
            "PAYOUT_LIMIT": "2000000000",
        }
        | told
    )
    for name in (
        "TESTING",
        "REDIS_OF_TESTS",
        "DATABASE_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
        "STRIPE_SECRET_KEY",
        "SENTRY_DSN",
    ):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    return folder


def open_market(schema: str = "") -> None:
    """The database and Redis run, every table is there (from a dump where there is one), Django can be used."""
    from config import services

    services.start()
    if schema:
        load(services.database_url(), schema)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def dump(database: str, file: str) -> None:
    """Write a migrated database down, so that the next market need not migrate."""
    from config import embedded

    command = [embedded.postgres_programs() / "pg_dump", "--no-owner", "--no-comments", "-f", file, database]
    subprocess.run(command, check=True)  # noqa: S603


def load(database: str, file: str) -> None:
    from config import embedded

    command = [embedded.postgres_programs() / "psql", "-X", "-q", "-o", os.devnull, "-f", file, database]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603


def surroundings() -> dict[str, str]:
    """What processes beside us are told: everything of ours."""
    return dict(os.environ)


def beat(folder: Path) -> Any:
    from tests.processes import Process

    words = ["-m", "celery", "-A", "config.beat", "--quiet", "beat", "--loglevel", "warning"]
    words += ["--schedule", str(folder / "beat")]
    return Process("beat", words, surroundings() | {"PROMPTUARY_PROCESS": "beat"}, lambda: True, folder / "beat.log")


def clear(folder: Path) -> None:
    from config import services

    services.stop()
    services.wait_stopped()
    shutil.rmtree(folder, ignore_errors=True)
