"""Statements written once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from accounts.models import SellerProfile
from common import clock
from common.prepared import NOW, Prepared
from tests.factories.accounts import SellerFactory

pytestmark = pytest.mark.django_db
BY_HANDLE = Prepared[SellerProfile](
    lambda handle: SellerProfile.objects.select_related("user").filter(handle=handle), "~nobody~"
)


def test_rows_are_the_models_a_queryset_gives_with_what_hangs_on_them(django_assert_num_queries):
    first, second = SellerFactory().seller_profile, SellerFactory().seller_profile
    for wanted in (first, second, first):
        with django_assert_num_queries(1):
            found = BY_HANDLE.first(wanted.handle)
            assert found == wanted
            assert found.user == wanted.user


def test_nothing_found_is_no_row():
    assert BY_HANDLE.first("no-such-handle") is None
    assert BY_HANDLE.rows("' OR 1=1 --") == []


def test_each_thread_asks_by_its_own_connection():
    BY_HANDLE.first("somebody")
    used = []

    def ask() -> None:
        BY_HANDLE.first("somebody")
        used.append(connections["default"])
        connections["default"].close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert used
    assert used[0] is not connection


def test_a_statement_without_its_stand_in_is_refused():
    with pytest.raises(ValueError, match="stand-in"):
        Prepared(lambda _: SellerProfile.objects.all(), "~nobody~").rows("x")


def test_the_moment_of_asking_is_put_in_each_time():
    older = Prepared[SellerProfile](
        lambda handle: SellerProfile.objects.filter(handle=handle, user__joined_at__lt=NOW), "~nobody~"
    )
    seller = SellerFactory().seller_profile
    assert older.first(seller.handle) == seller
    with clock.at(seller.user.joined_at - timedelta(days=1)):
        assert older.first(seller.handle) is None
    assert older.first(seller.handle) == seller
