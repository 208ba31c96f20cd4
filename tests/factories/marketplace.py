"""Listings and what surrounds them, made through the domain's own functions."""

from typing import Any

from accounts import outbox
from accounts.models import User
from marketplace import catalogue, library, listings, moderation
from marketplace.models import Case, Entitlement, GenerativeModel, Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory

TEMPLATE = "Write a calm answer to the letter below in a [tone] voice, about [subject], without any excuse.\n\n[letter]"
_made = 0


def content(**changes: Any) -> dict[str, Any]:
    """Everything a listing needs to be submitted, different each time."""
    global _made  # noqa: PLW0603
    _made += 1
    words = " ".join(f"w{_made}x{number}" for number in range(40))
    return {
        "title": f"Calm answers {_made}",
        "summary": "Answers to difficult letters that keep the peace.",
        "description": "You paste the letter and choose a tone; you get an answer that can be sent as it is.",
        "model": "chatgpt",
        "category": "email",
        "tags": ["letters", "work"],
        "price": 499,
        "prompt": {"template": f"{TEMPLATE}\n{words}", "instructions": "Paste the whole letter."},
        "examples": [
            {
                "inputs": {"tone": "warm", "subject": "a late parcel", "letter": "Where is it?"},
                "output": f"Thank you for asking after parcel {_made}. It left on Monday and will be with you soon.",
            }
        ],
    } | changes


def load_catalogue() -> None:
    """Tests that commit begin with empty tables."""
    if not GenerativeModel.objects.exists():
        catalogue.load()


def ListingFactory(*, seller: User | None = None, live: bool = False, **changes: Any) -> Listing:  # noqa: N802
    """A draft; with live=True it went through review by a moderator."""
    load_catalogue()
    listing = listings.create(seller or SellerFactory(), **content(**changes))
    return approved(listing) if live else listing


def submitted(listing: Listing | None = None, **changes: Any) -> Case:
    listing = listing or ListingFactory(**changes)
    return listings.submit(listing, by=listing.seller, rights_affirmed=True)


def approved(listing: Listing, *, by: User | None = None) -> Listing:
    """Submit what is drafted and let a moderator approve it."""
    case = submitted(listing)
    moderation.decide(case, by=by or ModeratorFactory(), decision="approve")
    return Listing.objects.select_related("seller", "approved", "working").get(pk=listing.pk)


def EntitlementFactory(*, owner: User | None = None, listing: Listing | None = None, **values: Any) -> Entitlement:  # noqa: N802
    listing = listing or ListingFactory(live=True)
    owner = owner or UserFactory()
    return library.grant(owner, listing, **{"key": f"test:{owner.pk}:{listing.pk}"} | values)


def work() -> None:
    """Keep every promise made so far, as the workers would."""
    outbox.drain()
