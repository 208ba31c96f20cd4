"""Months of buying: who bought what when, paid in the sandbox; reviews, refunds, a dispute, payouts."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from accounts import outbox
from accounts.models import OutboxEntry, User
from common import clock
from marketplace import publishing, reviews, social
from marketplace.models import Listing
from payments import checkout, claims, disputes, orders, payouts, refunds
from payments.demo.people import People
from payments.demo.shelves import Happening, chance, moment
from payments.demo.stripe import Sandbox
from payments.models import Claim, Order

MOST_SALES = 4  # of one listing beyond its reviews
CALENDAR = 26  # days; what somebody buys in so many days is one basket, so that few orders carry many sales
REVIEW_AFTER = timedelta(days=2)


def purchases(entries: Iterable[dict[str, Any]], people: People, now: datetime) -> dict[tuple[int, int], list[str]]:
    """(buyer's index, days ago) → slugs bought together. Reviewers come first, the rest by popularity."""
    visits: dict[tuple[int, int], list[tuple[int, int, str]]] = defaultdict(list)
    for entry in entries:
        wanted = len(entry.get("reviews") or []) + round(entry["popularity"] * MOST_SALES)
        order = sorted(range(len(people.buyers)), key=lambda index: chance(entry["slug"], "buyer", index))
        for place, buyer in enumerate(order[:wanted]):
            oldest = int(entry["days_live"] - 0.5)
            # Newer sales are likelier. Everybody's months begin on a day of their own, so some sell on most days.
            days = int(oldest * chance(entry["slug"], "day", place) ** 1.4)
            month = (days + int(CALENDAR * chance("calendar", buyer))) // CALENDAR
            visits[buyer, month].append((days, oldest, entry["slug"]))
    baskets: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (buyer, _month), chosen in visits.items():
        middle = sorted(days for days, _, _ in chosen)[len(chosen) // 2]
        on_shelf = min(oldest for _, oldest, _ in chosen)
        baskets[buyer, min(middle, on_shelf)] += [slug for _, _, slug in chosen]
    return baskets


class Trade:
    """The buying itself, one basket after the other in the order of time."""

    def __init__(self, people: People, stripe: Sandbox, now: datetime) -> None:
        self.people = people
        self.stripe = stripe
        self.now = now
        self.shelf: dict[str, Listing] = {}
        self.reviewed: dict[str, int] = defaultdict(int)

    def buy(self, buyer: User, slugs: list[str], entries: dict[str, dict[str, Any]], *, consented: bool = True) -> None:
        """One order of what is on the shelf by then, paid with a card."""
        chosen = [self.shelf[slug] for slug in slugs if slug in self.shelf]
        if not chosen:
            return
        self.stripe.set_clock(clock.now())
        via = {
            one.pk: one.seller.seller_profile.handle for one in chosen if chance(one.slug, buyer.email, "via") < 0.15
        }
        order = checkout.start(buyer, chosen, consented=consented, via=via, language=buyer.language)
        if order.session_id:
            self.stripe.pay(order.session_id, buyer.email)
            orders.sync_session(order.session_id)

    def review(self, buyer: User, slug: str, entry: dict[str, Any]) -> None:
        listing = self.shelf.get(slug)
        written = entry.get("reviews") or []
        number = self.reviewed[slug]
        if listing is None or number >= len(written):
            return
        self.reviewed[slug] += 1
        said = written[number]
        review = reviews.post(buyer, listing, rating=said["rating"], text=said.get("text", ""))
        if said.get("reply"):
            with clock.at(clock.now() + timedelta(hours=9)):
                reviews.reply(review, listing.seller, said["reply"])

    def like(self, buyer: User, slug: str) -> None:
        if listing := self.shelf.get(slug):
            social.favourite(buyer, listing)
            if chance(buyer.email, listing.seller_id, "follow") < 0.3:
                social.follow(buyer, listing.seller)

    def pay_out(self) -> None:
        self.stripe.set_clock(clock.now())
        for seller, _ in payouts.due():
            payouts.pay(seller)


def happenings(trade: Trade, entries: dict[str, dict[str, Any]], people: People, now: datetime) -> list[Happening]:
    found = []
    for (index, days), slugs in purchases(entries.values(), people, now).items():
        buyer = people.buyers[index]
        at = moment(now, days + 0.05, buyer.email, days)
        found.append(Happening(at, lambda b=buyer, s=slugs: trade.buy(b, s, entries)))  # type: ignore[misc]
        for slug in slugs:
            reviewed_at = min(at + REVIEW_AFTER * (0.5 + chance(slug, buyer.email)), now - timedelta(minutes=5))
            found.append(Happening(reviewed_at, lambda b=buyer, s=slug: trade.review(b, s, entries[s])))  # type: ignore[misc]
            if chance(slug, buyer.email, "like") < 0.35:
                found.append(Happening(reviewed_at, lambda b=buyer, s=slug: trade.like(b, s)))  # type: ignore[misc]
    longest = max((entry["days_live"] for entry in entries.values()), default=0)
    pay_days = range(longest, 8, -28)
    return found + [Happening(now - timedelta(days=days, hours=3), trade.pay_out) for days in pay_days]


# ---- Money in every state --------------------------------------------------------------------------------------------
def unrest(trade: Trade, people: People, now: datetime) -> None:
    """One purchase refunded under the promise, two requests that wait, one disputed payment."""
    recent = list(
        Order.objects.filter(status="fulfilled", total__gt=0, fulfilled_at__gte=now - timedelta(days=6))
        .prefetch_related("lines")
        .order_by("pk")[:4]
    )
    _buy_with_the_right_to_withdraw(trade, people)
    trade.stripe.ask("clock", reset=True, wait=False)
    words = [
        ("It works with short texts; with my three-page letter it stops in the middle.", "… and therefore we"),
        ("I tried it five times on the model named and never got the table the example shows.", "Here is a summary:"),
        ("The second half of the answer ignores the tone I chose.", "Hi team! Super excited to share …"),
    ]
    for order, (said, came_out) in zip(recent, words, strict=False):
        line = order.lines.all()[0]
        claims.ask(line, by=order.buyer, reason=Claim.Reason.NOT_AS_SHOWN, words=said, evidence=came_out)
    if first := Claim.objects.filter(state="open").order_by("pk").first():
        claims.answer(first, by=first.line.seller, words="Long letters need the chapter setting; I say so now.")
        claims.decide(first, by=people.moderators[0], granted=True, note="The example shows a letter of this length.")
        for refund in first.line.order.refunds.all():
            refunds.send(refund.pk)
    if len(recent) > 3 and recent[3].charge:
        trade.stripe.dispute(recent[3].charge)
        for found in _disputes(recent[3]):
            disputes.sync(found)


def _buy_with_the_right_to_withdraw(trade: Trade, people: People) -> None:
    """As through the API, where nobody gives the right up for being served at once."""
    if not people.buyers:
        return
    buyer = people.buyers[0]
    owned = set(buyer.entitlements.values_list("listing__slug", flat=True))
    wanted = [slug for slug, listing in trade.shelf.items() if listing.price and slug not in owned]
    trade.buy(buyer, wanted[:1], {}, consented=False)


def _disputes(order: Order) -> list[str]:
    from payments import gateway

    return [one.id for one in gateway.disputes_of(order.payment_intent or "")]


def announce_past() -> int:
    """Followers and buyers heard of what came on its day, not all at once when the demo is in."""
    tellers: dict[str, Callable[..., None]] = {
        "marketplace.tell_followers": publishing.tell_followers,
        "marketplace.tell_owners": publishing.tell_owners,
    }
    waiting = OutboxEntry.objects.filter(handler__in=tellers, done_at=None)
    for entry in waiting.order_by("created_at", "pk"):
        with clock.at(entry.created_at):
            tellers[entry.handler](**entry.arguments)
    return waiting.delete()[0]


def forget_letters() -> int:
    """Nobody wants the letters of a past that was made up; the work that matters stays promised."""
    letters = ["payments.send_receipt", "payments.send_credit_note", "accounts.mail_notification"]
    deleted, _ = OutboxEntry.objects.filter(handler__in=letters, done_at=None).delete()
    return deleted


def settle_promises() -> int:
    """Fees and refunds are Stripe's business and done before anybody looks at the books."""
    waiting = OutboxEntry.objects.filter(handler__startswith="payments.", done_at=None)
    return sum(outbox.run(pk) for pk in waiting.values_list("pk", flat=True))
