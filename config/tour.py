"""Every page of the site with an example of each: where it is, and who may look.

The pictures of bin/shots and the tests that look at every page walk along this table. It finds its examples in
whatever database it is given; a route that is in neither list fails a test, so a new page cannot be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from config import examples


@dataclass(frozen=True, slots=True)
class Page:
    roles: tuple[str, ...]
    find: examples.Finder


class Stop(NamedTuple):
    """One look at one page."""

    name: str
    path: str
    role: str
    person: User | None


ALL = ("visitor", "buyer", "seller", "moderator")
KNOWN = ("buyer", "seller", "moderator")
NOBODY, OWNER, SELLER, MODERATOR = ("visitor",), ("buyer",), ("seller",), ("moderator",)
TRADERS, KEEPER = ("seller", "buyer"), ("keeper",)
_here = examples.place()


def _plain(roles: tuple[str, ...], *names: str) -> dict[str, Page]:
    """Pages that show without an example."""
    return {name: Page(roles, _here) for name in names}


PAGES: dict[str, Page] = {
    # The front room
    **_plain(
        ALL,
        "home",
        "browse",
        "collections",
        "guide-how",
        "guide-selling",
        "terms",
        "privacy",
        "refunds-promise",
        "licence",
        "cart",
        "api-docs",
    ),
    "listing": Page(ALL, examples.listing),
    "listing-reviews": Page(ALL, examples.listing),
    "seller": Page(ALL, examples.handle),
    "model": Page(ALL, examples.shelf("model")),
    "category": Page(ALL, examples.shelf("category")),
    "collection": Page(ALL, examples.collection),
    # The door
    **_plain(
        NOBODY,
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_inactive",
        "account_email_verification_sent",
        "account_password_reset_completed",
    ),
    # An account
    **_plain(
        KNOWN,
        "account",
        "account-preferences",
        "account-confirm",
        "account-tokens",
        "account-privacy",
        "account-delete",
        "account_email",
        "account_set_password",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "usersessions_list",
        "notifications",
    ),
    **_plain(TRADERS, "account-webhooks"),
    "account-webhook": Page(SELLER, examples.webhook),
    # A buyer
    **_plain(OWNER, "collection-new"),
    **_plain(KNOWN, "favourites", "library", "orders"),
    "listing-report": Page(OWNER, examples.listing),
    "listing-collect": Page(OWNER, examples.listing),
    "collection-edit": Page(OWNER, examples.own_collection),
    "library-item": Page(OWNER, examples.held),
    "library-changes": Page(OWNER, examples.held),
    "review": Page(OWNER, examples.to_review),
    "checkout": Page(OWNER, examples.checkout),
    "order": Page(OWNER, examples.order("fulfilled")),
    "order-receipt": Page(OWNER, examples.order("fulfilled")),
    "order-credit-note": Page(OWNER, examples.credit_note),
    "order-refund": Page(OWNER, examples.refund),
    "order-withdraw": Page(OWNER, examples.withdrawal),
    # A seller
    **_plain(OWNER, "sell-start"),
    **_plain(TRADERS, "sell"),
    **_plain(
        SELLER,
        "sell-profile",
        "sell-new",
        "sell-listings",
        "sell-sales",
        "sell-payouts",
        "sell-refunds",
        "sell-coupons",
    ),
    "sell-listing": Page(SELLER, examples.own_listing),
    "sell-preview": Page(SELLER, examples.draft),
    "sell-history": Page(SELLER, examples.own_listing),
    "sell-sale": Page(SELLER, examples.priced),
    "sell-payout": Page(SELLER, examples.payout),
    "sell-report": Page(SELLER, examples.report),
    "sell-refund": Page(SELLER, examples.sellers_claim),
    "review-reply": Page(SELLER, examples.reply),
    # A moderator
    **_plain(MODERATOR, "moderation", "moderation-history", "moderation-searches", "moderation-refunds"),
    **_plain(KEEPER, "desk", "desk-corrections"),
    "moderation-case": Page(MODERATOR, examples.case),
    "moderation-suspend": Page(MODERATOR, examples.listing),
    "moderation-refund": Page(MODERATOR, examples.claim),
    # Development
    **_plain(NOBODY, "components", "mailbox"),
    "letter": Page(NOBODY, examples.letter),
}

# The same pages in another state, for the pictures.
STATES: dict[str, tuple[str, Page]] = {
    "browse, searched": ("browse", Page(NOBODY, examples.place(q="logo", sort="price"))),
    "browse, nothing found": ("browse", Page(NOBODY, examples.place(q="zzqqyyxx"))),
    "order, given back": ("order", Page(OWNER, examples.order("refunded", "partially_refunded"))),
    "order, waiting": ("order", Page(OWNER, examples.order("pending"))),
    "sell-listing, draft": ("sell-listing", Page(SELLER, examples.draft)),
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
        "sell-sale-end",
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
        "icon",
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


def stops(world: examples.World, *, states: bool = False) -> Iterator[Stop]:
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


def missing(world: examples.World) -> list[str]:
    """Pages without an example in this database."""
    return [name for name, page in PAGES.items() if name in names() and page.find(world) is None]
