"""Databases for a test run: several runs, and several workers of one run, may share one server."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from config import env, messages, processes, services
from tests import resetting

PREFIX = "test_promptuary"
_held: list[IO[str]] = []


def prepare() -> None:
    """Called before Django reads its settings, in the main process and in each xdist worker."""
    services.start()
    messages.compile_stale()
    run = os.environ.setdefault("PROMPTUARY_TEST_RUN", str(os.getpid()))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["TEST_DATABASE"] = f"{PREFIX}_{run}_{worker}"
    if "REDIS_URL" not in os.environ or os.environ.get("REDIS_OF_TESTS") == os.environ["REDIS_URL"]:
        url = services.redis_url(free_redis_number())
        os.environ["REDIS_URL"] = os.environ["REDIS_OF_TESTS"] = url
        with redis.Redis.from_url(url) as client:
            client.flushdb()


def free_redis_number() -> int:
    """One of the 63 databases beside the first, ours until this process ends."""
    folder = services.var() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 64):
        file = (folder / f"redis-{number}.lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return number
    raise RuntimeError("All 63 Redis databases of the tests are in use.")


def address(database: str, *, owner: bool = False) -> str:
    """The server's address with another database name; as the superuser where the server is our own."""
    url = os.environ.get("DATABASE_URL") or (services.owner_url() if owner else services.database_url())
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def template() -> str:
    """A migrated database to copy: made once for each state of the migrations, by whoever needs it first."""
    name = f"template_promptuary_{_fingerprint()}"
    with (services.var() / "run" / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(address("postgres"), autocommit=True) as connection:
            known = "SELECT datname FROM pg_database WHERE datname LIKE %s"
            names = {row[0] for row in connection.execute(known, ["template_promptuary_%"])}
            if name in names:
                return name
            for old in names:
                # A run that is just copying it keeps it alive a little longer.
                try:
                    connection.execute(f'DROP DATABASE IF EXISTS "{old}"')
                except psycopg.errors.ObjectInUse:
                    continue
            draft = f"{name}_draft"
            connection.execute(f'CREATE DATABASE "{draft}"')
            _migrate(draft)
            with psycopg.connect(address(draft)) as made:
                resetting.remember(made)
            connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256((env.ROOT / "requirements.txt").read_bytes())
    for path in sorted([*env.ROOT.glob("*/migrations/*.py"), Path(resetting.__file__)]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    surroundings = {**os.environ, "DATABASE_URL": address(database)}
    done = subprocess.run(command, cwd=env.ROOT, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The migrations do not run:\n{done.stderr[-4000:]}")


def drop_abandoned() -> None:
    """Databases of runs that were killed."""
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        for (name,) in names.fetchall():
            run = name.removeprefix(f"{PREFIX}_").split("_")[0]
            if run.isdigit() and not processes.alive(int(run)):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
