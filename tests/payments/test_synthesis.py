"""A made-up market holds together: on sale, searchable, bought, and in the books."""

import pytest
from django.core.management import call_command
from django.db.models import Sum

from marketplace import catalogue, library, search
from marketplace.models import Entitlement, Listing
from payments.models import Entry, Order

pytestmark = pytest.mark.django_db


def test_a_market_of_nonsense_holds_together(capsys):
    catalogue.load()
    call_command("synthesize", listings=40, sellers=5, orders=30, seed=3, quiet=True)
    call_command("reindex", restart=True, quiet=True)

    assert Listing.objects.live().count() == 40
    assert 0 < Order.objects.count() <= 30
    assert Entry.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    listing = Listing.objects.live().first()
    assert listing in search.find(search.Query(words=listing.title)).results
    held = Entitlement.objects.select_related("owner", "version").first()
    assert "[subject]" in library.open(held.owner, held.version).template
    said = capsys.readouterr().out
    assert "a second" in said
    assert "audit_books will say so" in said
