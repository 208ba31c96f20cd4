"""Order matters here: the second test finds what the first one left."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from marketplace.models import Category

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_what_the_migrations_made_and_nothing_else(turn):
    found = Category.objects.count(), get_user_model().objects.count()

    Category.objects.update(name_en="Spoilt")
    get_user_model().objects.create_user(email="left@market.example")

    assert found[0] > 0
    assert found[1] == 0
    assert not Category.objects.exclude(name_en="Spoilt").exists()


def test_what_migrations_wrote_is_there_word_for_word():
    assert not Category.objects.filter(name_en="Spoilt").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept.marketplace_category")
        assert cursor.fetchone() == (Category.objects.count(),)
