"""Databases for a test run: several runs, and several workers of one run, may share one server."""

import fcntl
import os
from typing import IO

from config import processes, services

PREFIX = "test_promptuary"
_held: list[IO[str]] = []


def prepare() -> None:
    """Called before Django reads its settings, in the main process and in each xdist worker."""
    services.start()
    run = os.environ.setdefault("PROMPTUARY_TEST_RUN", str(os.getpid()))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["TEST_DATABASE"] = f"{PREFIX}_{run}_{worker}"
    if "REDIS_URL" not in os.environ or os.environ.get("REDIS_OF_TESTS") == os.environ["REDIS_URL"]:
        os.environ["REDIS_URL"] = os.environ["REDIS_OF_TESTS"] = services.redis_url(free_redis_number())


def free_redis_number() -> int:
    """One of the 63 databases beside the first, ours until this process ends."""
    folder = services.var() / "run"
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


def abandoned(database: str) -> bool:
    """Left by a run that was killed."""
    run = database.removeprefix(f"{PREFIX}_").split("_")[0]
    return run.isdigit() and not processes.alive(int(run))
