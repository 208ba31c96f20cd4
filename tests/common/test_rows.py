"""Rows that may be there already."""

import pytest

from accounts.models import Notification
from common import rows
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_only_what_is_new_comes_back_with_its_number_and_can_be_changed():
    user = UserFactory()
    rows.insert_new([Notification(user=user, kind="sale", key="one")])

    given = [Notification(user=user, kind="sale", key=key, data={"word": key}) for key in ("one", "two", "three")]
    new = rows.insert_new(given)

    assert [row.key for row in new] == ["two", "three"]
    assert [Notification.objects.get(pk=row.pk).data for row in new] == [{"word": "two"}, {"word": "three"}]
    new[0].url = "/sell/"
    new[0].save()
    assert Notification.objects.count() == 3
    assert rows.insert_new([]) == []
