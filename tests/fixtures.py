"""Fixtures every test may ask for."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache

from config import services
from tests import plumbing


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Names are made in plumbing, for each run and worker; here only what dead runs left is swept away."""
    if not services.wanted() and not services.state():
        return
    with psycopg.connect(services.owner_url().replace("/promptuary?", "/postgres?"), autocommit=True) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{plumbing.PREFIX}%"])
        for (name,) in names.fetchall():
            if plumbing.abandoned(name):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory, settings) -> None:
    """Uploads and letters of one test are no other test's."""
    folder = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = folder / "media"
    settings.MAILBOX = folder / "mail"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
