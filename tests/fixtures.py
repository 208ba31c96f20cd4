"""Fixtures every test may ask for."""

from collections.abc import Iterable, Iterator

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations

from tests import plumbing


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Test databases are copies of one migrated template; what killed runs left is swept away."""
    plumbing.drop_abandoned()
    django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = plumbing.template()


@pytest.fixture(scope="session", autouse=True)
def emptying_between_tests() -> Iterator[None]:
    """Tests that commit are followed by emptying every table: the ledger refuses that, except to the superuser."""
    ordinary = DatabaseOperations.execute_sql_flush

    def as_superuser(self: DatabaseOperations, statements: Iterable[str]) -> None:
        name = self.connection.settings_dict["NAME"]
        with psycopg.connect(plumbing.address(name, owner=True)) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)

    DatabaseOperations.execute_sql_flush = as_superuser
    yield
    DatabaseOperations.execute_sql_flush = ordinary


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
