"""Every page of the site with an example of each: where it is, and who may look.

The pictures of bin/shots and the tests that look at every page walk along this table. It finds its examples in
whatever database it is given; a route that is in neither list fails a test, so a new page cannot be forgotten.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User, Webhook
from common import clock
from config import mail
from marketplace.models import Case, Collection, Entitlement, Listing, Review
from payments.models import Claim, Order, Payout, Refund


class Spot(NamedTuple):
    """One place to look at: the rest of the address, and as whom if not as anybody of the role."""

    args: tuple[Any, ...] = ()
    query: str = ""
    person: User | None = None


Finder = Callable[["World"], Spot | None]


@dataclass(frozen=True, slots=True)
class Page:
    roles: tuple[str, ...]
    find: Finder


class Stop(NamedTuple):
    """One look at one page."""

    name: str
    path: str
    role: str
    person: User | None


class World:
    """The people and things that pages are about; each the first that fits."""

    def __init__(self) -> None:
        held = Entitlement.objects.active().values("owner")
        sold = User.objects.filter(seller_profile__isnull=False, suspended_at=None)
        self.people: dict[str, User | None] = {
            "visitor": None,
            "buyer": User.objects.filter(pk__in=held, seller_profile=None, is_moderator=False).order_by("pk").first(),
            "seller": sold.annotate(number=Count("sales")).order_by("-number", "pk").first(),
            "moderator": User.objects.filter(is_moderator=True, is_staff=False).order_by("pk").first(),
            "keeper": User.objects.filter(is_staff=True).order_by("pk").first(),
        }

    @property
    def listing(self) -> Listing | None:
        """With the most to show: pictures, then reviews."""
        live = Listing.objects.live().order_by("-card__picture", "-rating_count", "pk")
        return live.exclude(card__picture=None).first() or live.first()

    @property
    def seller(self) -> User:
        found = self.people["seller"]
        assert found is not None, "There is no seller."
        return found


def _slug(world: World) -> Spot | None:
    listing = world.listing
    return Spot((listing.slug,)) if listing else None


def _place(**query: str) -> Finder:
    return lambda _world: Spot(query="&".join(f"{name}={value}" for name, value in query.items()))


def _handle(world: World) -> Spot:
    return Spot((world.seller.seller_profile.handle,))


def _shelf(name: str) -> Finder:
    def find(world: World) -> Spot | None:
        found = getattr(world.listing, name, None)
        return Spot((found.slug,)) if found else None

    return find


def _collection(world: World) -> Spot | None:
    found = Collection.objects.filter(is_public=True, items__isnull=False).order_by("pk").first()
    return Spot((found.slug,)) if found else None


def _own_collection(world: World) -> Spot | None:
    found = Collection.objects.filter(owner__isnull=False).select_related("owner").order_by("pk").first()
    return Spot((found.slug,), person=found.owner) if found else None


def _held(world: World) -> Spot | None:
    held = Entitlement.objects.active().select_related("owner").annotate(number=Count("listing__versions"))
    found = held.order_by("-number", "pk").first()
    return Spot((found.public_id,), person=found.owner) if found else None


def _to_review(world: World) -> Spot | None:
    found = Entitlement.objects.active().filter(listing__status="live").select_related("owner", "listing").first()
    return Spot((found.listing.slug,), person=found.owner) if found else None


def _reply(world: World) -> Spot | None:
    found = Review.objects.counting().select_related("listing__seller").filter(reply="").order_by("pk").first()
    return Spot((found.public_id,), person=found.listing.seller) if found else None


def _checkout(world: World) -> Spot | None:
    buyer = world.people["buyer"]
    held = Entitlement.objects.filter(owner=buyer).values("listing")
    found = Listing.objects.live().filter(price__gt=0).exclude(pk__in=held).exclude(seller=buyer).order_by("pk").first()
    return Spot(query=f"listing={found.slug}", person=buyer) if found else None


def _order(*states: str) -> Finder:
    def find(world: World) -> Spot | None:
        orders = Order.objects.filter(status__in=states, total__gt=0).select_related("buyer")
        found = orders.annotate(number_of_lines=Count("lines")).order_by("-number_of_lines", "-pk").first()
        return Spot((found.number,), person=found.buyer) if found else None

    return find


def _refund(world: World) -> Spot | None:
    orders = Order.objects.filter(status="fulfilled", total__gt=0, lines__claims=None).select_related("buyer")
    found = orders.order_by("-fulfilled_at").first()
    return Spot((found.number, found.lines.order_by("pk")[0].pk), person=found.buyer) if found else None


def _credit_note(world: World) -> Spot | None:
    found = Refund.objects.filter(state=Refund.State.SUCCEEDED).select_related("order__buyer").order_by("pk").first()
    return Spot((found.order.number, found.public_id), person=found.order.buyer) if found else None


def _withdrawal(world: World) -> Spot | None:
    orders = Order.objects.filter(status="fulfilled", total__gt=0, withdrawal_waived_at=None).select_related("buyer")
    found = orders.order_by("-fulfilled_at").first()
    return Spot((found.number,), person=found.buyer) if found else None


def _claim(world: World) -> Spot | None:
    found = Claim.objects.order_by("decided_at", "pk").first()
    return Spot((found.public_id,)) if found else None


def _sellers_claim(world: World) -> Spot | None:
    found = Claim.objects.select_related("line__seller").order_by("decided_at", "pk").first()
    return Spot((found.public_id,), person=found.line.seller) if found else None


def _payout(world: World) -> Spot | None:
    found = Payout.objects.select_related("seller").order_by("pk").first()
    return Spot((found.public_id,), person=found.seller) if found else None


def _case(world: World) -> Spot | None:
    states = [Case.State.OPEN, Case.State.CLAIMED]
    cases = Case.objects.order_by("pk")
    found = cases.filter(state__in=states).exclude(revision=None).first() or cases.first()
    return Spot((found.public_id,)) if found else None


def _own_listing(world: World) -> Spot | None:
    own = Listing.objects.filter(seller__seller_profile__isnull=False).select_related("seller").order_by("pk")
    found = own.filter(status="live", card__picture__isnull=False).first() or own.first()
    return Spot((found.slug,), person=found.seller) if found else None


def _draft(world: World) -> Spot | None:
    found = Listing.objects.filter(status="draft").select_related("seller").order_by("pk").first()
    return Spot((found.slug,), person=found.seller) if found else _own_listing(world)


def _webhook(world: World) -> Spot | None:
    found = Webhook.objects.select_related("user").order_by("pk").first()
    return Spot((found.public_id,), person=found.user) if found else None


def _letter(world: World) -> Spot | None:
    found = mail.letters()
    return Spot((found[0].stem,)) if found else None


ALL = ("visitor", "buyer", "seller", "moderator")
KNOWN = ("buyer", "seller", "moderator")
NOBODY, OWNER, SELLER, MODERATOR = ("visitor",), ("buyer",), ("seller",), ("moderator",)
_here: Finder = _place()

PAGES: dict[str, Page] = {
    # The front room
    "home": Page(ALL, _here),
    "browse": Page(ALL, _here),
    "listing": Page(ALL, _slug),
    "listing-reviews": Page(ALL, _slug),
    "seller": Page(ALL, _handle),
    "model": Page(ALL, _shelf("model")),
    "category": Page(ALL, _shelf("category")),
    "collections": Page(ALL, _here),
    "collection": Page(ALL, _collection),
    "guide-how": Page(ALL, _here),
    "guide-selling": Page(ALL, _here),
    "terms": Page(ALL, _here),
    "privacy": Page(ALL, _here),
    "refunds-promise": Page(ALL, _here),
    "licence": Page(ALL, _here),
    "cart": Page(ALL, _here),
    "api-docs": Page(ALL, _here),
    # The door
    "account_login": Page(NOBODY, _here),
    "account_signup": Page(NOBODY, _here),
    "account_request_login_code": Page(NOBODY, _here),
    "account_reset_password": Page(NOBODY, _here),
    "account_inactive": Page(NOBODY, _here),
    "account_email_verification_sent": Page(NOBODY, _here),
    "account_password_reset_completed": Page(NOBODY, _here),
    # An account
    "account": Page(KNOWN, _here),
    "account-preferences": Page(KNOWN, _here),
    "account-confirm": Page(KNOWN, _here),
    "account-tokens": Page(KNOWN, _here),
    "account-webhooks": Page(("seller", "buyer"), _here),
    "account-webhook": Page(SELLER, _webhook),
    "account-privacy": Page(KNOWN, _here),
    "account-delete": Page(KNOWN, _here),
    "account_email": Page(KNOWN, _here),
    "account_set_password": Page(KNOWN, _here),
    "account_logout": Page(KNOWN, _here),
    "mfa_index": Page(KNOWN, _here),
    "mfa_activate_totp": Page(KNOWN, _here),
    "mfa_add_webauthn": Page(KNOWN, _here),
    "mfa_list_webauthn": Page(KNOWN, _here),
    "usersessions_list": Page(KNOWN, _here),
    "notifications": Page(KNOWN, _here),
    # A buyer
    "listing-report": Page(OWNER, _slug),
    "listing-collect": Page(OWNER, _slug),
    "collection-new": Page(OWNER, _here),
    "collection-edit": Page(OWNER, _own_collection),
    "favourites": Page(KNOWN, _here),
    "library": Page(KNOWN, _here),
    "library-item": Page(OWNER, _held),
    "library-changes": Page(OWNER, _held),
    "review": Page(OWNER, _to_review),
    "checkout": Page(OWNER, _checkout),
    "orders": Page(KNOWN, _here),
    "order": Page(OWNER, _order("fulfilled")),
    "order-receipt": Page(OWNER, _order("fulfilled")),
    "order-credit-note": Page(OWNER, _credit_note),
    "order-refund": Page(OWNER, _refund),
    "order-withdraw": Page(OWNER, _withdrawal),
    # A seller
    "sell-start": Page(OWNER, _here),
    "sell": Page(("seller", "buyer"), _here),
    "sell-profile": Page(SELLER, _here),
    "sell-new": Page(SELLER, _here),
    "sell-listings": Page(SELLER, _here),
    "sell-listing": Page(SELLER, _own_listing),
    "sell-preview": Page(SELLER, _draft),
    "sell-history": Page(SELLER, _own_listing),
    "sell-sales": Page(SELLER, _here),
    "sell-payouts": Page(SELLER, _here),
    "sell-payout": Page(SELLER, _payout),
    "sell-report": Page(SELLER, lambda _world: Spot((clock.now().year,))),
    "sell-refunds": Page(SELLER, _here),
    "sell-refund": Page(SELLER, _sellers_claim),
    "sell-coupons": Page(SELLER, _here),
    "review-reply": Page(SELLER, _reply),
    # A moderator
    "moderation": Page(MODERATOR, _here),
    "moderation-history": Page(MODERATOR, _here),
    "moderation-searches": Page(MODERATOR, _here),
    "moderation-case": Page(MODERATOR, _case),
    "moderation-suspend": Page(MODERATOR, _slug),
    "moderation-refunds": Page(MODERATOR, _here),
    "moderation-refund": Page(MODERATOR, _claim),
    "desk": Page(("keeper",), _here),
    "desk-corrections": Page(("keeper",), _here),
    # Development
    "components": Page(NOBODY, _here),
    "mailbox": Page(NOBODY, _here),
    "letter": Page(NOBODY, _letter),
}

# The same pages in another state, for the pictures.
STATES: dict[str, tuple[str, Page]] = {
    "browse, searched": ("browse", Page(NOBODY, _place(q="logo", sort="price"))),
    "browse, nothing found": ("browse", Page(NOBODY, _place(q="zzqqyyxx"))),
    "order, given back": ("order", Page(OWNER, _order("refunded", "partially_refunded"))),
    "order, waiting": ("order", Page(OWNER, _order("pending"))),
    "sell-listing, draft": ("sell-listing", Page(SELLER, _draft)),
}

# What has an address and is no page.
ACTS = frozenset(
    [
        "account-export",
        "account-token-new",
        "account-token-revoke",
        "account-webhook-again",
        "account-webhook-delete",
        "account-webhook-secret",
        "account-webhook-switch",
        "account-webhook-test",
        "cart-add",
        "cart-remove",
        "collection-delete",
        "collection-take-out",
        "desk-alert",
        "desk-correction",
        "desk-correction-propose",
        "desk-large-payout",
        "desk-large-payout-propose",
        "desk-payouts",
        "favourite",
        "follow",
        "library-copy",
        "library-note",
        "library-preset-drop",
        "library-presets",
        "line-refund",
        "moderation-claim",
        "moderation-decide",
        "moderation-read",
        "moderation-release",
        "notification-open",
        "notifications-read",
        "order-pay",
        "review-remove",
        "sell-appeal",
        "sell-autosave",
        "sell-change-many",
        "sell-coupon-stop",
        "sell-delete",
        "sell-describe",
        "sell-examples",
        "sell-payouts-replace",
        "sell-payouts-set-up",
        "sell-picture-down",
        "sell-picture-remove",
        "sell-picture-up",
        "sell-pictures",
        "sell-put-back",
        "sell-submit",
        "sell-take-back",
        "sell-variables",
        "sell-withdraw",
        "set_language",
    ]
)
FRAGMENTS = frozenset(
    ["suggest", "order-status", "sell-beside", "sell-earnings", "sell-model-versions", "sell-picture"]
)
FILES = frozenset(
    [
        "feed",
        "library-download",
        "listing-card",
        "media",
        "order-receipt-pdf",
        "order-credit-note-pdf",
        "sell-payout-pdf",
        "sell-payout-csv",
        "sell-report-csv",
        "robots",
        "sell-sales-csv",
        "seller-feed",
        "sitemap",
        "sitemap-part",
        "mfa_download_recovery_codes",
    ]
)
MACHINES = frozenset(["healthz", "readyz", "mcp", "stripe-webhook", "schema"])
DOORS = frozenset(["account-security", "sell-reports"])  # lead on to a page
# Reached only in the middle of signing in or setting up; the tests of accounts walk through them.
ON_THE_WAY = frozenset(
    [
        "account_change_password",
        "account_reauthenticate",
        "account_complete_password_reset",
        "account_confirm_login_code",
        "account_confirm_password_reset_code",
        "mfa_authenticate",
        "mfa_deactivate_totp",
        "mfa_edit_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
    ]
)
NO_PAGES = ACTS | FRAGMENTS | FILES | MACHINES | DOORS | ON_THE_WAY


DOCUMENTS = {"api/v1/", "api/v1/docs/"}  # the only page in there


def names() -> set[str]:
    """Every named route outside the back office and the API."""
    return set(_named(get_resolver().url_patterns, ""))


def _named(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if address.startswith("admin/") or (address.startswith("api/v1/") and address not in DOCUMENTS):
            continue
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, address)
        elif pattern.name:
            yield pattern.name


def stops(world: World, *, states: bool = False) -> Iterator[Stop]:
    """Every page as everybody who may look at it; pages without an example in this database are left out."""
    rows = [(name, name, page) for name, page in PAGES.items()]
    if states:
        rows += [(label, name, page) for label, (name, page) in STATES.items()]
    known = names()
    for label, name, page in rows:
        if name not in known or (spot := page.find(world)) is None:
            continue
        path = reverse(name, args=spot.args) + (f"?{spot.query}" if spot.query else "")
        for role in page.roles:
            yield Stop(label, path, role, spot.person or world.people[role])


def missing(world: World) -> list[str]:
    """Pages without an example in this database."""
    return [name for name, page in PAGES.items() if name in names() and page.find(world) is None]
