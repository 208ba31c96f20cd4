"""One of everything the pages can show, made of words that belong to no language: what people wrote begins with zz."""

import io
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Permission
from PIL import Image

from accounts import outbox, security, webhooks
from accounts.models import Notification, User
from common import clock
from marketplace import images, library, listings, moderation, reporting, reviews, social
from marketplace.models import Case, Collection, Listing
from payments import alerts, cart, claims, corrections, coupons, payouts, refunds
from payments.models import Account, Order, Payout
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.payments import PaidOrder, PendingOrder, onboarded

_count = 0


def words(number: int) -> str:
    return " ".join(f"zz{_count}x{each}zz" for each in range(number))


def content(title: str, **changes: Any) -> dict[str, Any]:
    global _count  # noqa: PLW0603
    _count += 1
    return {
        "title": f"Zz{title} zz",
        "summary": f"Zzsummary zz{_count}",
        "description": f"Zzdescription {words(20)}",
        "model": "chatgpt",
        "model_version": "",
        "tested_on": "2026-05-04",
        "category": "email",
        "tags": ["zztag"],
        "price": 499,
        "prompt": {
            "template": f"Zz [zztone] zz [zzmood].\n{words(30)}",
            "negative": f"zz{_count}negative",
            "parameters": {"zzheat": "0.4"},
            "instructions": "Zzinstructions.",
            "variables": [
                {"name": "zztone", "label": "Zztone", "help": "Zzhelp.", "choices": ["zzwarm", "zzcold"]},
                {"name": "zzmood", "label": "Zzmood", "help": "", "default": "zzcalm"},
            ],
        },
        "examples": [{"inputs": {"zztone": "zzwarm", "zzmood": "zz"}, "output": f"Zzoutput {words(25)}"}],
    } | changes


@dataclass
class World:
    people: dict[str, User | None]
    live: Listing
    shops: list[Listing] = field(default_factory=list)  # the seller's, one in each state
    orders: list[Order] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)

    def addresses(self, name: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
        """What to put into a route: for each of its parameters what there is of that."""
        if not wanted:
            return [{}]
        if wanted == ("slug",):
            return [{"slug": slug} for slug in self._slugs(name)]
        key = "+".join(wanted)
        return [dict(zip(wanted, value, strict=True)) for value in self.values.get(key, [])]

    def _slugs(self, name: str) -> list[str]:
        if name in {"model", "category"}:
            return ["chatgpt"] if name == "model" else ["email", "writing"]
        if "collection" in name:
            return [collection.slug for collection in self.collections]
        if name.startswith("sell-"):
            return [listing.slug for listing in self.shops]
        return [self.live.slug]


def build(sandbox: Any) -> World:
    seller = SellerFactory(name="Zzseller", email="zzseller@example.com", seller_profile__name="Zzshop")
    seller.seller_profile.handle, seller.seller_profile.bio = "zzshop", "Zzbio."
    seller.seller_profile.country = "US"
    seller.seller_profile.save()
    buyer = UserFactory(name="Zzbuyer", email="zzbuyer@example.com")
    moderator = ModeratorFactory(name="Zzmoderator", email="zzmoderator@example.com", is_staff=True)
    moderator.user_permissions.set(Permission.objects.all())
    other = ModeratorFactory(name="Zzother", email="zzother@example.com")
    live = approved(listings.create(seller, **content("live")), other)
    world = World({"nobody": None, "buyer": buyer, "seller": seller, "moderator": moderator}, live)
    _shelve(world, seller, moderator, other)
    _trade(world, sandbox, seller, buyer, moderator)
    _talk(world, seller, buyer, moderator)
    return world


def approved(listing: Listing, by: User) -> Listing:
    moderation.decide(submitted(listing), by=by, decision="approve")
    return Listing.objects.get(pk=listing.pk)


def submitted(listing: Listing) -> Case:
    return listings.submit(listing, by=listing.seller, rights_affirmed=True)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").save(file, "PNG")
    return file.getvalue()


def _shelve(world: World, seller: User, moderator: User, other: User) -> None:
    """A listing in each state, and a case of each kind."""
    draft, bare = listings.create(seller, **content("draft")), listings.create(seller, title="Zzbare zz")
    waiting, claimed = (listings.create(seller, **content(title)) for title in ("waiting", "claimed"))
    cases = [submitted(waiting), submitted(claimed)]
    outbox.drain()
    moderation.claim(cases[1], by=moderator)
    sent_back = listings.create(seller, **content("back"))
    cases.append(moderation.decide(submitted(sent_back), by=other, decision="reject", reason="other", note="Zznote."))
    suspended = approved(listings.create(seller, **content("suspended")), other)
    case = moderation.suspend(suspended, by=other, reason="unsafe", note="Zznote.")
    cases += [case, reporting.appeal(case, by=seller, words="Zzappeal.")]
    withdrawn = approved(listings.create(seller, **content("withdrawn")), other)
    listings.withdraw(withdrawn, by=seller)
    edited = approved(listings.create(seller, **content("edited")), other)
    listings.edit(edited, by=seller, summary="Zzedited zz", price=699)
    world.shops = [world.live, draft, bare, waiting, claimed, sent_back, suspended, withdrawn, edited]
    world.cases = [Case.objects.get(pk=each.pk) for each in cases]


def _trade(world: World, sandbox: Any, seller: User, buyer: User, moderator: User) -> None:
    """Orders in each state, refund requests, a payout, a code."""
    onboarded(sandbox, seller)
    free = approved(listings.create(seller, **content("free", price=0)), moderator)
    second = approved(listings.create(seller, **content("second")), moderator)
    third = approved(listings.create(seller, **content("third")), moderator)
    paid = PaidOrder(sandbox, world.live, free, buyer=buyer)
    refunded = PaidOrder(sandbox, second, buyer=buyer, consented=False)
    refunds.give(refunded, None, cause="promise", key="zzrefund")
    outbox.drain()
    asked = PaidOrder(sandbox, third, buyer=buyer, consented=False)
    answered = PaidOrder(sandbox, second, buyer=moderator)
    claim = claims.ask(asked.lines.get(), by=buyer, reason="not_as_shown", words="Zzwords.", evidence="Zzevidence.")
    other = claims.ask(answered.lines.get(), by=moderator, reason="not_as_shown", words="Zzwords.", evidence="Zzev.")
    claims.answer(other, by=seller, words="Zzanswer.")
    pending = PendingOrder(approved(listings.create(seller, **content("pending")), moderator), buyer=buyer)
    coupon = coupons.make(seller, code="ZZCODE", percent_bps=1500)
    payout = payouts.pay(seller.pk)
    assert isinstance(payout, Payout)
    world.orders = [Order.objects.get(pk=one.pk) for one in (paid, refunded, asked, pending)]
    cart.add(cart.Owner(user=buyer), approved(listings.create(seller, **content("cart")), moderator))
    lines = [(order.number, order.lines.first().pk) for order in world.orders]
    world.values |= {
        "number": [(order.number,) for order in world.orders],
        "number+line": lines,
        "line": [(line,) for _, line in lines],
        "number+refund": [(refunded.number, refunded.refunds.get().public_id)],
        "claim_id": [(claim.public_id,), (other.public_id,)],
        "payout_id": [(payout.public_id,)],
        "coupon_id": [(coupon.pk,)],
        "year": [(clock.now().year,)],
    }


def _talk(world: World, seller: User, buyer: User, moderator: User) -> None:
    """Reviews, collections, notifications, tokens, reports, and what the back office has to do."""
    review = reviews.post(buyer, world.live, rating=4, text="Zzreview.", output="Zzoutput.")
    reviews.reply(review, seller, "Zzreply.")
    social.favourite(buyer, world.live)
    social.follow(buyer, seller)
    collection = social.collect(buyer, title="Zzcollection", words="Zzwords.")
    social.put_in(collection, world.live, by=buyer)
    world.cases.append(reporting.report(world.live, by=buyer, kind="misleading", words="Zzreport."))
    listings.new_version(world.live, by=seller, prompt={"template": f"Zznew [zztone] {words(30)}"}, note="Zznote.")
    case = Case.objects.get(listing=world.live, kind="submission", state__in=["screening", "open"])
    moderation.decide(case, by=moderator, decision="approve")
    listings.edit(world.live, by=seller, title="Zzlive zz")
    held = library.of(buyer).get(listing=world.live)
    library.keep_preset(held, name="Zzset", values={"zztone": "zzwarm"})
    library.keep_note(held, "Zzmine.")
    token, _ = security.issue_token(buyer, name="Zztoken", scopes=["read"])
    picture = images.add(world.shops[1], seller, _picture(), alt="Zzalt.")
    alert = alerts.raise_("books", "zz", "Zzalert.")
    books = list(Account.objects.filter(user=None)[:2])
    entry = corrections.propose(moderator, reason="Zzreason.", legs=[(books[0], 100), (books[1], -100)])
    leave = corrections.propose_payout(moderator, seller, amount=500_000, reason="Zzreason.")
    outbox.drain()
    hook, _secret = webhooks.subscribe(seller, url="https://zz.example/", events=["sale.completed"])
    message = webhooks.test(hook)
    world.collections = [collection, Collection.objects.create(slug="zzhouse", title_en="Zzhouse", owner=None)]
    notice = Notification.objects.filter(user=buyer).first()
    world.values |= {
        "handle": [("zzshop",)],
        "item_id": [(item.public_id,) for item in library.of(buyer)],
        "case_id": [(case.public_id,) for case in world.cases],
        "review_id": [(review.public_id,)],
        "token_id": [(token.public_id,)],
        "notification_id": [(notice.public_id,)] if notice else [],
        "webhook_id": [(hook.public_id,)],
        "webhook_id+delivery_id": [(hook.public_id, message.public_id)],
        "alert_id": [(alert.pk,)],
        "leave_id": [(leave.pk,)],
        "entry_id": [(entry.pk,)],
        "slug+picture_id": [(world.shops[1].slug, picture.public_id)],
        "slug+listing": [(collection.slug, world.live.slug)],
    }
