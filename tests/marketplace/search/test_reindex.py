"""`manage.py reindex` beside an open market: processes of its own, and indexes that are made or kept."""

import pytest
from django.core.management import call_command
from django.db import connection

from marketplace import search
from marketplace.management.commands.reindex import INDEXES
from marketplace.models import SearchDocument
from tests.factories.marketplace import ListingFactory, work

pytestmark = pytest.mark.django_db(transaction=True)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'marketplace_searchdocument'")
        return {row[0] for row in cursor.fetchall()}


def lanterns(number: int = 3):
    listings = {ListingFactory(live=True, title=f"Lantern number {one} of the quay").pk for one in range(number)}
    work()
    return listings


def found() -> set[int]:
    return {listing.pk for listing in search.find(search.Query(words="lantern quay")).results}


def test_all_of_it_is_written_anew_while_people_search():
    listings = lanterns()
    SearchDocument.objects.update(revision_id=0)

    call_command("reindex", restart=True, quiet=True)

    assert found() == listings
    assert not SearchDocument.objects.filter(revision_id=0).exists()
    assert indexes() >= {index.name for index in INDEXES}


@pytest.mark.parametrize("left", ["nothing", "no index"])
def test_what_was_lost_is_made_again(left):
    listings = lanterns()
    if left == "nothing":
        SearchDocument.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {INDEXES[0].name}")

    call_command("reindex", quiet=True)

    assert found() == listings
    assert indexes() >= {index.name for index in INDEXES}
