"""Tables are changed while the market is open: who must wait for a lock lets the others pass and comes back."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from config.management.commands import migrate
from tests.factories.accounts import SellerFactory

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0004_words"


class Said(io.StringIO):
    """What a command says, and a flag for whoever waits until it says something."""

    def __init__(self) -> None:
        super().__init__()
        self.anything = threading.Event()

    def write(self, text: str) -> int:
        self.anything.set()
        return super().write(text)


@pytest.fixture
def back_and_forth():
    """Whatever happens, the tables are those of the code in the end."""
    yield
    call_command("migrate", "accounts", verbosity=0)


def moved(to: str, said: io.StringIO) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        call_command("migrate", "accounts", to, verbosity=0, stderr=said)
    finally:
        connection.close()


def test_a_migration_comes_back_when_its_table_is_free(back_and_forth, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    seller, said = SellerFactory().seller_profile, Said()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            type(seller).objects.select_for_update().get(pk=seller.pk)
            moving = pool.submit(moved, BEFORE, said)
            assert said.anything.wait(20), "It went through, or waits for ever."
        moving.result(20)

    assert "A table is in use; trying again" in said.getvalue()
    call_command("migrate", "accounts", verbosity=0)
    assert call_command("migrate", check_unapplied=True, plan=True, verbosity=0) is None


def test_a_migration_gives_up_in_the_end(back_and_forth, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(migrate, "ATTEMPTS", 2)
    seller, said = SellerFactory().seller_profile, Said()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        type(seller).objects.select_for_update().get(pk=seller.pk)
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(moved, BEFORE, said).result(20)

    assert said.getvalue().count("trying again") == 1
