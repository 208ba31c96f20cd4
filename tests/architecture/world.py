"""Ten accounts, and one thing of every kind that an address can name."""

import io
from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client
from PIL import Image

from accounts import notifications, people, security, webhooks
from accounts.models import User
from common import clock
from marketplace import images, library, listings, moderation, reviews, social
from payments import alerts, claims, coupons, sale_prices
from payments.models import Payout
from tests.factories.accounts import ModeratorFactory, SellerFactory, StaffFactory, UserFactory, sign_in
from tests.factories.marketplace import ListingFactory, submitted
from tests.factories.payments import PaidOrder, PendingOrder, onboarded

KINDS = (
    "anonymous",
    "unverified",
    "buyer",
    "other buyer",
    "seller",
    "other seller",
    "suspended",
    "moderator",
    "support",
    "admin",
)

_ID = "01000000000000000000000000"
# What has never been, in the shape of what is.
ABSENT = {
    "live": "never-was",
    "reduced": "never-was",
    "draft": "never-was",
    "other_draft": "never-was",
    "withdrawn": "never-was",
    "waiting": "never-was",
    "banned": "never-was",
    "case": _ID,
    "held_case": _ID,
    "report_case": _ID,
    "picture": _ID,
    "item": _ID,
    "review": _ID,
    "collection": "never-was",
    "private_collection": "never-was",
    "handle": "never-was",
    "banned_handle": "never-was",
    "model": "never-was",
    "category": "never-was",
    "order": "PR-2222-2222",
    "other_order": "PR-2222-2222",
    "line": "999999999",
    "pending_order": "PR-2222-2222",
    "claim": _ID,
    "payout": _ID,
    "coupon": "999999999",
    "token": _ID,
    "notification": _ID,
    "webhook": _ID,
    "other_webhook": _ID,
    "delivery": f"msg_{_ID}",
    "alert": "999999999",
}


@dataclass
class World:
    """The accounts by kind, a client for each, and the things by the names that the table uses."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)


def make(sandbox) -> World:
    world = World()
    _invite(world)
    _stock(world)
    _trade(world, sandbox)
    _watch(world)
    for kind, person in world.people.items():
        world.clients[kind] = sign_in(Client(raise_request_exception=False), person)
    world.clients["anonymous"] = Client(raise_request_exception=False)
    # Whoever has not confirmed the address has a session that waits for the code, and nothing else.
    waiting = world.clients["unverified"] = Client(raise_request_exception=False)
    waiting.post("/account/signup/", {"email": "unverified@example.com"})
    return world


def _invite(world: World) -> None:
    world.people = {
        "buyer": UserFactory(),
        "other buyer": UserFactory(),
        "seller": SellerFactory(),
        "other seller": SellerFactory(),
        "suspended": SellerFactory(),
        "moderator": ModeratorFactory(),
        "support": UserFactory(is_support=True),
        "admin": StaffFactory(is_moderator=True),
    }


def _stock(world: World) -> None:
    """Listings in every state, and what hangs on them."""
    people_, things = world.people, world.things
    buyer, seller = people_["buyer"], people_["seller"]
    live = ListingFactory(seller=seller, live=True)
    draft = ListingFactory(seller=seller)
    withdrawn = ListingFactory(seller=seller, live=True)
    listings.withdraw(withdrawn, seller)
    banned = ListingFactory(seller=people_["suspended"], live=True)
    case, held = submitted(ListingFactory(seller=seller)), submitted(ListingFactory(seller=seller))
    moderation.claim(held, people_["moderator"])
    picture = images.add(draft, seller, png(), alt="A box")
    item = library.grant(buyer, live, key="world")
    library.grant(people_["suspended"], live, key="world-suspended")
    library.grant(people_["support"], live, key="world-support")
    report = moderation.report(live, by=people_["other buyer"], kind="copyright", words="This is my text.")
    review = reviews.post(buyer, live, rating=4, text="Good, mostly.")
    shelf = social.collect(buyer, title="For everybody")
    drawer = social.collect(buyer, title="For me alone", is_public=False)
    for one in (shelf, drawer):
        social.put_in(one, live, by=buyer)
    things |= {
        "live": live.slug,
        "draft": draft.slug,
        "other_draft": ListingFactory(seller=people_["other seller"]).slug,
        "withdrawn": withdrawn.slug,
        "waiting": case.listing.slug,
        "banned": banned.slug,
        "case": case.public_id,
        "held_case": held.public_id,
        "report_case": report.public_id,
        "picture": picture.public_id,
        "item": item.public_id,
        "review": review.public_id,
        "collection": shelf.slug,
        "private_collection": drawer.slug,
        "handle": seller.seller_profile.handle,
        "banned_handle": people_["suspended"].seller_profile.handle,
        "model": "chatgpt",
        "category": "email",
    }
    people.suspend(people_["suspended"], by=people_["admin"], reason="Copied work")
    for person in people_.values():
        person.refresh_from_db()


def _trade(world: World, sandbox) -> None:
    """Orders, money back, payouts, codes."""
    people_, things = world.people, world.things
    buyer, seller = people_["buyer"], onboarded(sandbox, people_["seller"])
    reduced = ListingFactory(seller=seller, live=True, price=900)
    sale_prices.put(reduced, seller, price=500, ends=clock.now() + timedelta(days=7))
    order = PaidOrder(sandbox, ListingFactory(seller=seller, live=True), buyer=buyer)
    line = order.lines.get()
    claimed = PaidOrder(sandbox, ListingFactory(seller=seller, live=True), buyer=buyer)
    claim = claims.ask(claimed.lines.get(), by=buyer, reason="not_as_shown", words="It does not.", evidence="A poem.")
    payout = Payout.objects.create(
        seller=seller, account=seller.payout_accounts.get(), amount=5000, currency="usd", state="paid", transfer="tr_x"
    )
    things |= {
        "reduced": reduced.slug,
        "order": order.number,
        "line": str(line.pk),
        "other_order": PendingOrder(ListingFactory(seller=seller, live=True), buyer=people_["other buyer"]).number,
        "pending_order": PendingOrder(ListingFactory(seller=seller, live=True), buyer=buyer).number,
        "claim": claim.public_id,
        "payout": payout.public_id,
        "coupon": str(coupons.make(seller, code="SPRING", percent_bps=1000).pk),
    }


def _watch(world: World) -> None:
    """Messages, tokens, webhooks, alerts."""
    buyer, seller = world.people["buyer"], world.people["seller"]
    hook, _secret = webhooks.subscribe(seller, url="https://hooks.example.com/in", events=["sale.completed"])
    other, _secret = webhooks.subscribe(
        world.people["other seller"], url="https://hooks.example.com/other", events=["sale.completed"]
    )
    told = notifications.tell(buyer, "account_restored")
    assert told is not None
    world.things |= {
        "token": security.issue_token(buyer, name="Phone", scopes=["read"])[0].public_id,
        "notification": told.public_id,
        "webhook": hook.public_id,
        "other_webhook": other.public_id,
        "delivery": webhooks.test(hook).public_id,
        "alert": str(alerts.raise_("books", "world", "Something to look at.").pk),
    }


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(file, "PNG")
    return file.getvalue()
