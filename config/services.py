"""PostgreSQL and Redis of our own where none is configured, shared by every process of this clone.

Whoever needs them holds a shared lock on one file. A keeper process (config/keeper.py) runs the servers and stops
them when the last lock is gone, so a process that is killed outright leaves nothing behind.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from config import env

ROOT = env.ROOT
NAME = "promptuary"
START_SECONDS = 90

_held: IO[str] | None = None


class Failed(SystemExit):
    """A service does not come up; the message says which and why."""


def var() -> Path:
    """Where this clone keeps what it makes; PROMPTUARY_VAR moves it (tests and the check use their own)."""
    return Path(os.environ.get("PROMPTUARY_VAR") or ROOT / "var").resolve()


def sockets() -> Path:
    """A short private folder: socket names have a limit of about 100 characters, project paths have none."""
    digest = hashlib.sha256(str(var()).encode()).hexdigest()[:12]
    temporary = tempfile.gettempdir()
    return Path(temporary if len(temporary) <= 50 else "/tmp") / f"promptuary-{os.getuid()}-{digest}"  # noqa: S108


def state_file() -> Path:
    return var() / "run" / "services.json"


def state() -> dict[str, object]:
    try:
        return dict(json.loads(state_file().read_text()))
    except (OSError, ValueError):
        return {}


def database_url() -> str:
    running = state().get("database")
    return str(running) if running else f"postgresql://{NAME}@/{NAME}?host={sockets() / 'pg'}"


def owner_url() -> str:
    """The embedded server's superuser, for tests that must empty what nobody else may empty."""
    return database_url().replace(f"//{NAME}@", "//postgres@", 1)


def redis_url(number: int = 0) -> str:
    running = state().get("redis")
    return f"{running or f'unix://{sockets()}/redis.sock'}?db={number}"


def addresses() -> dict[str, str]:
    """Where the site and the Stripe sandbox answer: where bin/up last put them."""
    try:
        port = int(json.loads((var() / "run" / "up.json").read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        port = int(os.environ.get("PORT") or 8000)
    # “localhost”, because browsers allow passkeys there and not at a bare address.
    return {"site": f"http://localhost:{port}", "sandbox": f"http://127.0.0.1:{port + 1}"}


def ask(question: str, *, superuser: bool = False) -> str:
    """One value from the embedded server, without loading Django; empty when it cannot say."""
    from config import embedded

    url = owner_url().replace(f"/{NAME}?", "/postgres?") if superuser else database_url()
    command = [str(embedded.postgres_programs() / "psql"), "-X", "-A", "-t", "-c", question, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


def forget_half_demo() -> bool:
    """A first start that ended while it filled the database begins again: nobody had been let in yet."""
    mark = var() / "run" / "demo.unfinished"
    if not mark.exists() or "postgres" not in wanted():
        return False
    ask(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", superuser=True)
    ask(f"CREATE DATABASE {NAME} OWNER {NAME}", superuser=True)
    for path in var().glob("stripe.sqlite3*"):
        path.unlink()
    mark.unlink()
    return True


def wanted() -> list[str]:
    """Which services nobody configured."""
    needs = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return [service for service, setting in needs.items() if not env.present(setting)]


def start() -> None:
    """Make sure what is not configured runs for as long as this process does; quick when it already does."""
    global _held  # noqa: PLW0603 — the lock lives as long as the process
    env.load()
    if _held is not None or not wanted():
        return
    run = var() / "run"
    run.mkdir(parents=True, exist_ok=True)
    # Waits while a keeper that is going down holds it alone.
    _held = _lock(run / "users.lock", fcntl.LOCK_SH)
    with _lock(run / "starting.lock", fcntl.LOCK_EX):
        if not kept():
            _start_keeper(run)


def stop() -> None:
    """Let go; the keeper stops the services unless somebody else still uses them."""
    global _held  # noqa: PLW0603
    if _held is not None:
        _held.close()
        _held = None


def wait_stopped(seconds: float = 20) -> bool:
    """True once the keeper is gone; false when it stays because somebody else uses the services."""
    began = time.monotonic()
    while kept():
        waited = time.monotonic() - began
        # Going down, the keeper holds the lock alone; a lock that can be shared but not owned has other users.
        if waited > seconds or (waited > 1 and _lockable(fcntl.LOCK_SH) and not _lockable(fcntl.LOCK_EX)):
            return False
        time.sleep(0.05)
    return True


def _lockable(kind: int) -> bool:
    try:
        _lock(var() / "run" / "users.lock", kind | fcntl.LOCK_NB).close()
    except BlockingIOError:
        return False
    return True


def kept() -> bool:
    """Whether a keeper is alive: it holds its lock alone for as long as it lives."""
    try:
        with _lock(var() / "run" / "keeper.lock", fcntl.LOCK_SH | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def _lock(path: Path, kind: int) -> IO[str]:
    file = path.open("a")
    try:
        fcntl.flock(file, kind)
    except BaseException:
        file.close()
        raise
    return file


def _start_keeper(run: Path) -> None:
    log = var() / "log" / "services.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as errors:
        keeper = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "config.keeper", *wanted()],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Not in our group: Ctrl-C must reach the web processes first and the database last.
            start_new_session=True,
            env={**os.environ, "PROMPTUARY_VAR": str(var())},
            text=True,
        )
    assert keeper.stdout is not None
    answer = keeper.stdout.readline().strip()
    keeper.stdout.close()
    if answer != "ready":
        keeper.wait(START_SECONDS)
        stop()
        raise Failed(answer or f"The embedded services did not start; see {log}.")
    # The keeper outlives us by design; do not warn about it.
    keeper.returncode = 0


if __name__ == "__main__":
    start()
    print(f"DATABASE_URL={database_url()}\nREDIS_URL={redis_url()}\nCtrl-C lets go of them.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
