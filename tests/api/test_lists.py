"""Every list: as many queries at three rows as at three hundred, and whole while rows come and go under it."""

from itertools import count
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import notifications, webhooks
from accounts.models import ApiToken, Notification, Webhook, WebhookDelivery
from common import clock
from config import openapi
from marketplace import reviews, social
from marketplace.models import (
    Case,
    Category,
    Collection,
    CollectionItem,
    Entitlement,
    Favourite,
    Follow,
    GenerativeModel,
    Listing,
    Review,
    Version,
)
from payments import checkout
from payments.models import Order, OrderLine, Payout, PayoutAccount
from tests.api.calls import Caller
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, submitted

pytestmark = pytest.mark.django_db
NUMBERS = count(1000)
MOST_QUERIES = 6
WAITING = ("screening", "open", "claimed")
# Who signs in, and what is looked up before the list: the one thing whose list it is.
TO_COME_IN = 2


def twins(thing, number, /, **different):
    """More rows like this one; what must differ is made anew, by the field's own default or by what is given."""
    made = []
    for _step in range(number):
        values = {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}
        del values[thing._meta.pk.attname]
        for field in thing._meta.concrete_fields:
            if field.unique and field.has_default():
                values[field.attname] = field.get_default()
        values |= {name: make(next(NUMBERS)) for name, make in different.items()}
        made.append(type(thing)(**values))
    return type(thing).objects.bulk_create(made)


@pytest.fixture
def market():
    """One of everything, and callers who see it."""
    seller, buyer = SellerFactory(), UserFactory()
    listing = ListingFactory(seller=seller, live=True)
    free = ListingFactory(seller=seller, live=True, price=0)
    EntitlementFactory(owner=buyer, listing=listing)
    hook, _secret = webhooks.subscribe(seller, url="https://hooks.example.com/", events=["sale.completed"])
    webhooks.test(hook)
    order = checkout.start(buyer, [free], consented=True)
    shelf = social.collect(buyer, title="A shelf")
    social.put_in(shelf, listing, by=buyer)
    social.favourite(buyer, listing)
    social.follow(buyer, seller)
    reviews.post(buyer, listing, rating=5, text="Good.")
    notifications.tell(buyer, "account_restored")
    submitted(ListingFactory(seller=seller))
    account = PayoutAccount.objects.create(seller=seller, stripe_id="acct_x", state="active")
    Payout.objects.create(seller=seller, account=account, amount=5000, currency="usd", state="paid", transfer="tr_0")
    return SimpleNamespace(
        nobody=Caller(),
        buyer=Caller(buyer),
        seller=Caller(seller),
        moderator=Caller(ModeratorFactory()),
        listing=listing,
        order=order,
        hook=hook,
        shelf=shelf,
    )


def more_listings(market, number):
    return twins(market.listing, number, slug="another-{}".format, title="Another {}".format)


def more_people(market, number):
    return twins(market.buyer.user, number, email="another-{}@example.com".format)


def more_sellers(market, number):
    sellers = more_people(market, number)
    profile = market.seller.user.seller_profile
    known = iter(sellers)
    twins(profile, number, user_id=lambda _n: next(known).pk, handle="another-{}".format)
    return sellers


def more_held(market, number):
    listings = iter(more_listings(market, number))
    held = market.buyer.user.entitlements.filter(revoked_at=None).first()
    return twins(held, number, listing_id=lambda _n: next(listings).pk, key="another-{}".format)


def more_orders(market, number):
    orders = twins(market.order, number)
    known = iter(orders)
    line = market.order.lines.get()
    twins(line, number, order_id=lambda _n: next(known).pk, entitlement_id=lambda _n: None)
    return orders


def more_favourites(market, number):
    listings = iter(more_listings(market, number))
    return twins(Favourite.objects.first(), number, listing_id=lambda _n: next(listings).pk)


def more_follows(market, number):
    sellers = iter(more_sellers(market, number))
    return twins(Follow.objects.first(), number, seller_id=lambda _n: next(sellers).pk)


def more_reviews(market, number):
    people = more_people(market, number)
    known, again = iter(people), iter(people)
    held = market.buyer.user.entitlements.filter(revoked_at=None).first()
    owned = iter(twins(held, number, owner_id=lambda _n: next(known).pk, key="another-{}".format))
    return twins(
        Review.objects.first(),
        number,
        author_id=lambda _n: next(again).pk,
        entitlement_id=lambda _n: next(owned).pk,
    )


def more_in_shelf(market, number):
    listings = iter(more_listings(market, number))
    return twins(CollectionItem.objects.first(), number, listing_id=lambda _n: next(listings).pk)


def more_cases(market, number):
    listings = iter(more_listings(market, number))
    return twins(Case.objects.filter(state__in=WAITING).first(), number, listing_id=lambda _n: next(listings).pk)


# name: (address, who asks, more of them, what of a row tells it from the others, the model of the rows)
LISTS = {
    "listings": ("listings/", "nobody", more_listings),
    "priced": ("listings/?sort=price", "nobody", more_listings),
    "versions": (
        "listings/{listing.slug}/versions/",
        "nobody",
        lambda market, n: twins(market.listing.versions.first(), n, number=lambda k: k),
    ),
    "reviews": ("listings/{listing.slug}/reviews/", "nobody", more_reviews),
    "models": (
        "models/",
        "nobody",
        lambda _market, n: twins(GenerativeModel.objects.first(), n, slug="m-{}".format, name="M {}".format),
    ),
    "categories": ("categories/", "nobody", lambda _m, n: twins(Category.objects.first(), n, slug="c-{}".format)),
    "collections": ("collections/", "nobody", lambda market, n: twins(market.shelf, n, slug="shelf-{}".format)),
    "collection": ("collections/{shelf.slug}/", "nobody", more_in_shelf),
    "favourites": ("favourites/", "buyer", more_favourites),
    "follows": ("follows/", "buyer", more_follows),
    "library": ("library/", "buyer", more_held),
    "orders": ("orders/", "buyer", more_orders),
    "notifications": (
        "me/notifications/",
        "buyer",
        lambda market, n: twins(market.buyer.user.notifications.first(), n, key="another-{}".format),
    ),
    "tokens": ("me/tokens/", "buyer", lambda m, n: twins(m.buyer.user.api_tokens.first(), n, digest="{:064}".format)),
    "own listings": ("seller/listings/", "seller", more_listings),
    "sales": ("seller/sales/", "seller", more_orders),
    "payouts": (
        "seller/payouts/",
        "seller",
        lambda m, n: twins(m.seller.user.payouts.first(), n, transfer="tr_{}".format),
    ),
    "webhooks": ("webhooks/", "seller", lambda market, n: twins(market.hook, n)),
    "deliveries": (
        "webhooks/{hook.public_id}/deliveries/",
        "seller",
        lambda _market, n: twins(WebhookDelivery.objects.first(), n, key="another-{}".format),
    ),
    "cases": ("moderation/cases/", "moderator", more_cases),
}
# What names a row in an answer, and where it is kept.
NAMES = {
    "versions": ("number", lambda row: Version.objects.filter(number=row["number"])),
    "models": ("slug", lambda row: GenerativeModel.objects.filter(slug=row["slug"])),
    "categories": ("slug", lambda row: Category.objects.filter(slug=row["slug"])),
    "collections": ("slug", lambda row: Collection.objects.filter(slug=row["slug"])),
    "collection": ("slug", lambda row: CollectionItem.objects.filter(listing__slug=row["slug"])),
    "favourites": ("slug", lambda row: Favourite.objects.filter(listing__slug=row["slug"])),
    "follows": ("handle", lambda row: Follow.objects.filter(seller__seller_profile__handle=row["handle"])),
    "reviews": ("id", lambda row: Review.objects.filter(public_id=row["id"])),
    "library": ("id", lambda row: Entitlement.objects.filter(public_id=row["id"])),
    "orders": ("number", lambda row: OrderLine.objects.filter(order__number=row["number"])),
    "sales": ("id", lambda row: OrderLine.objects.filter(order__number=row["order"])),
    "notifications": ("id", lambda row: Notification.objects.filter(public_id=row["id"])),
    "tokens": ("id", lambda row: ApiToken.objects.filter(public_id=row["id"])),
    "payouts": ("id", lambda row: Payout.objects.filter(public_id=row["id"])),
    "webhooks": ("id", lambda row: Webhook.objects.filter(public_id=row["id"])),
    "deliveries": ("id", lambda row: WebhookDelivery.objects.filter(public_id=row["id"])),
    "cases": ("id", lambda row: Case.objects.filter(public_id=row["id"])),
}
LISTING = ("slug", lambda row: Listing.objects.filter(slug=row["slug"]))


def _asked(market, name):
    address, who, more = LISTS[name]
    return address.format_map(vars(market)), getattr(market, who), more


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_whole_while_rows_come_and_go_and_costs_the_same_however_long(market, name):
    address, caller, more = _asked(market, name)
    address += "&" if "?" in address else "?"

    more(market, 11)
    _read_while_it_changes(market, name, caller, address, more)
    few = _queries(caller, f"{address}page_size=3", rows=3)
    more(market, 289)
    many = _queries(caller, f"{address}page_size=100", rows=100)

    assert few == many
    assert many <= MOST_QUERIES + TO_COME_IN


def _queries(caller, address, rows):
    with CaptureQueriesContext(connection) as asked:
        answer = caller.get(address)
    assert len(answer.json()["results"]) == rows
    return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])


def _read_while_it_changes(market, name, caller, address, more):
    """After each page one row arrives, and the last that was read and one that was not are gone."""
    key, kept = NAMES.get(name, LISTING)
    before = [row[key] for row in caller.get(f"{address}page_size=100").json()["results"]]
    read, gone, following = [], set(), f"{address}page_size=3"
    while following:
        page = caller.get(following).json()
        found = [row[key] for row in page["results"]]
        assert not set(found) & set(read)
        read += found
        following = page["next"] and page["next"].removeprefix("http://testserver")
        if len(read) < 7:
            more(market, 1)
            for one in (page["results"][-1], _last_unread(caller, address, key, read)):
                if one is not None:
                    _forget(kept(one))
                    gone.add(one[key])

    assert set(before) - gone <= set(read)
    assert [one for one in read if one in before] == [one for one in before if one in read]


def _last_unread(caller, address, key, read):
    rows = caller.get(f"{address}page_size=100").json()["results"]
    return next((row for row in reversed(rows) if row[key] not in read), None)


def _forget(rows):
    """Gone from the list: hidden where rows that others point to cannot be deleted."""
    model = rows.model
    if model is Listing:
        rows.update(status="withdrawn")
    elif model is OrderLine:
        Order.objects.filter(pk__in=list(rows.values_list("order", flat=True))).update(
            status="expired", buyer=UserFactory()
        )
    elif model is Case:
        rows.update(state="withdrawn")
    elif model is Entitlement:
        rows.update(revoked_at=clock.now(), revoked_because="refund")
    elif model is Payout:
        rows.update(seller=SellerFactory())
    elif model is Version:
        rows.update(approved_at=None)
    elif model is ApiToken:
        # Not the one that asks.
        rows.filter(digest__startswith="000").delete()
    else:
        rows.delete()


def test_every_list_is_among_them():
    told = {
        path.removeprefix("/api/v1/")
        for path, verbs in openapi.document()["paths"].items()
        if any(one["name"] == "cursor" for one in verbs.get("get", {}).get("parameters", []))
    }
    known = {address.partition("?")[0] for address, _who, _more in LISTS.values()}
    named = {
        address.replace("{listing.slug}", "{slug}")
        .replace("{shelf.slug}", "{slug}")
        .replace("{hook.public_id}", "{webhook_id}")
        for address in known
    }

    assert told == named
