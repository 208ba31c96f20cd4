"""Fixtures every test may ask for."""

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from tests import plumbing, processes, resetting

JOURNEYS = {"site", "worker", "celery_worker_process"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with real processes share one set of them, so they run in one xdist worker (--dist loadgroup)."""
    for item in items:
        if JOURNEYS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.journey)
            if item.get_closest_marker("timeout") is None:
                # The clock runs from the first process that is started, and the machine may be busy.
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session", autouse=True)
def nothing_leaves_the_machine() -> Iterator[None]:
    """A test that would call anybody outside fails instead."""
    ordinary = socket.socket.connect
    redis_host = urlsplit(django_settings.REDIS_URL).hostname or "localhost"
    allowed = {found[4][0] for found in socket.getaddrinfo(redis_host, None)}

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in allowed and not _is_here(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        ordinary(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = ordinary


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(autouse=True)
def nothing_learned() -> Iterator[None]:
    """The language that one test speaks, and the news it invents, end with it."""
    from accounts import notifications

    translation.deactivate()
    kinds = dict(notifications._kinds)
    yield
    translation.deactivate()
    notifications._kinds.clear()
    notifications._kinds.update(kinds)


# ---- Database and cache ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Test databases are copies of one migrated template; what killed runs left is swept away."""
    plumbing.drop_abandoned()
    django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = plumbing.template()


@pytest.fixture(scope="session", autouse=True)
def restored_after_commits() -> Iterator[None]:
    """Tests that commit are followed by restoring what the migrations made, instead of Django's flush."""
    ordinary = TransactionTestCase._fixture_teardown

    def restore(self: TransactionTestCase) -> None:
        name = connection.settings_dict["NAME"]
        with psycopg.connect(plumbing.address(name, owner=True)) as superuser:
            resetting.restore(superuser)

    TransactionTestCase._fixture_teardown = restore
    yield
    TransactionTestCase._fixture_teardown = ordinary


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What one test cached or counted (limits are counted beside the cache) is nothing to the next."""
    yield
    from marketplace.search import vocabulary

    vocabulary.forget()
    cache.clear()
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        if counted := list(client.scan_iter("throttle:*")):
            client.delete(*counted)


@pytest.fixture(autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory, settings) -> None:
    """Uploads and letters of one test are no other test's."""
    folder = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = folder / "media"
    settings.MAILBOX = folder / "mail"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# ---- Processes -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def journey_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journeys")


@pytest.fixture(scope="session")
def site_port() -> int:
    """Known before the site starts: the sandbox is told where to send its webhooks."""
    return processes.free_port()


@pytest.fixture(scope="session")
def sandbox_process(site_port: int, journey_folder: Path) -> Iterator[processes.Sandbox]:
    secret = django_settings.STRIPE_WEBHOOK_SECRET
    process = processes.Sandbox(processes.free_port(), site_port, secret, journey_folder)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: processes.Sandbox, settings) -> processes.Sandbox:
    """A real sandbox process that this test's own code speaks to; the same one for the whole run."""
    sandbox_process.start()
    settings.STRIPE_API_BASE = sandbox_process.url
    return sandbox_process


@pytest.fixture(scope="session")
def journey_surroundings(
    django_db_setup: None, sandbox_process: processes.Sandbox, site_port: int, journey_folder: Path
) -> dict[str, str]:
    """The environment of processes beside the test: the same database, Redis and sandbox."""
    return {
        "DATABASE_URL": plumbing.address(connection.settings_dict["NAME"]),
        "STRIPE_API_BASE": sandbox_process.url,
        "SITE_URL": f"http://localhost:{site_port}",
        "MEDIA_ROOT": str(journey_folder / "media"),
        "MAILBOX": str(journey_folder / "mail"),
        # Journeys end with a payout; the hold itself is tested where time can be moved.
        "HOLD_DAYS": "0",
    }


@pytest.fixture
def shared_folders(journey_folder: Path, site_port: int, settings, private_folders: None) -> Iterator[Path]:
    """What the processes see, this test sees: pictures, letters, the address, the password hashes."""
    settings.MEDIA_ROOT = journey_folder / "media"
    settings.MAILBOX = journey_folder / "mail"
    settings.SITE_URL = f"http://localhost:{site_port}"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    yield journey_folder
    for name in ("media", "mail"):
        shutil.rmtree(journey_folder / name, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_process(journey_surroundings: dict[str, str], journey_folder: Path) -> Iterator[processes.Worker]:
    process = processes.Worker(journey_surroundings, journey_folder)
    yield process
    process.stop()


@pytest.fixture
def worker(
    transactional_db: None, worker_process: processes.Worker, sandbox: processes.Sandbox, shared_folders: Path
) -> Iterator[processes.Worker]:
    """A real worker on the test database: kill() it, start() it again; it is idle when the test ends."""
    worker_process.start()
    yield worker_process
    worker_process.start()
    try:
        processes.wait_until(_idle, "the worker has finished what it was given", 30)
    except AssertionError:
        _broker().flushdb()
    finally:
        # Tests without a worker do the work themselves; nobody may take it from them.
        worker_process.stop()


@pytest.fixture
def celery_worker_process(worker: processes.Worker) -> processes.Worker:
    return worker


@pytest.fixture(scope="session")
def site_process(
    journey_surroundings: dict[str, str], site_port: int, journey_folder: Path
) -> Iterator[processes.Site]:
    process = processes.Site(site_port, journey_surroundings, journey_folder)
    yield process
    process.stop()


@pytest.fixture
def site(
    transactional_db: None, site_process: processes.Site, sandbox: processes.Sandbox, shared_folders: Path
) -> processes.Site:
    """The site as a real web process on the test database, at site.url."""
    site_process.start()
    return site_process


def _broker() -> redis.Redis:
    return redis.Redis.from_url(django_settings.REDIS_URL)


def _idle() -> bool:
    """Nothing queued, nothing handed out and not yet acknowledged."""
    from accounts import tasks

    with _broker() as broker:
        prefix = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        return not tasks.waiting() and not broker.hlen(f"{prefix}unacked")
