"""A seller's money: figures, sales, balance, payouts, the account at Stripe."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import SELLERS, Act, Door
from accounts.api.shapes import page_of
from accounts.api.telling import tells
from accounts.models import User
from common import clock, money, problems
from marketplace import content
from marketplace.api import shown_cards
from marketplace.api.listings import own
from marketplace.api.shapes import CARD
from marketplace.models import Listing
from payments import gateway, ledger, payout_accounts, sale_prices
from payments.api import shapes, shown
from payments.checkout import PaymentsAway
from payments.models import Claim, OrderLine, PayoutAccount

DAYS = 30


def sold(seller: User) -> QuerySet[OrderLine]:
    return seller.sales.filter(order__status="fulfilled").select_related("order", "listing")


class Summary(Door):
    """How the seller is doing: a month of sales, the balance, the listings by state, what waits for an answer."""

    who = {"GET": SELLERS}

    @tells("How you are doing", answer=shapes.SUMMARY)
    def get(self, request: Request) -> Response:
        seller = self.caller
        since = clock.now() - timedelta(days=DAYS)
        recent = sold(seller).filter(order__fulfilled_at__gte=since)
        month: dict[str, Any] = recent.aggregate(sales=Count("pk"), earned=Sum("seller_share"))
        states = dict(seller.listings.values_list("status").annotate(count=Count("pk")).order_by("status"))
        waiting = Claim.objects.filter(line__seller=seller, state=Claim.State.OPEN).count()
        account = PayoutAccount.objects.filter(seller=seller, retired_at=None).first()
        return Response(
            {
                "handle": seller.seller_profile.handle,
                "days": DAYS,
                "sales": month["sales"],
                "earned": money.as_json(month["earned"] or 0, settings.CURRENCY),
                "balance": shown.balance(ledger.seller_balance(seller)),
                "listings": {state: states.get(state, 0) for state in Listing.Status.values},
                "open_refund_requests": waiting,
                "payouts_ready": account is not None and account.state == PayoutAccount.State.ACTIVE,
            }
        )


class OwnListings(Door):
    """Everything of one's own, drafts and withdrawn ones too."""

    who = {"GET": SELLERS}

    @tells("Your listings, drafts too", answer=page_of(CARD), pages=True)
    def get(self, request: Request) -> Response:
        answer = self.page(self.caller.listings.for_cards(), lambda one: one, order=("-created_at", "-pk"))
        answer.data["results"] = shown_cards.cards(answer.data["results"])
        return answer


class Sale(Door):
    """The lower price for a while of one listing."""

    who = {"GET": SELLERS, "PUT": SELLERS, "DELETE": SELLERS}

    @tells("The sale of a listing that runs or waits", answer=shapes.SALE_PRICE)
    def get(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        sale = sale_prices.of(found)
        if sale is None:
            raise Http404
        return Response(shown.sale_price(found, sale))

    @tells(
        "Set the sale of a listing, or change it",
        body=shapes.SALE_PRICE_SENT,
        needs_body=True,
        answer=shapes.SALE_PRICE,
        words="From `starts` (now, if left out; a sale that runs keeps its beginning) until `ends`, 30 days at most."
        " `price` is lower than the listing's own, which must have been the lowest of the 30 days before: 409"
        " otherwise, and within 30 days after another sale. Filters and the order by price go by the listing's own.",
        example={"price": 399, "starts": "2026-12-01T00:00:00Z", "ends": "2026-12-08T00:00:00Z"},
    )
    def put(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        sent = self.sent()
        price, starts, ends = _price(sent), _moment(sent, "starts"), _moment(sent, "ends")
        if ends is None:
            raise problems.invalid({"ends": [_("This is required.")]})
        sale = sale_prices.put(found, self.caller, price=price, starts=starts, ends=ends)
        return Response(shown.sale_price(found, sale))

    @tells("End the sale of a listing, or drop the one that waits", status=204)
    def delete(self, request: Request, slug: str) -> Response:
        sale_prices.end(own(slug, self.caller), self.caller)
        return Response(status=204)


def _price(sent: dict[str, Any]) -> int:
    """Whole minor units, or an amount with its currency as answers have it."""
    try:
        return content.price(sent.get("price"))
    except content.Wrong as wrong:
        raise problems.invalid({"price": [str(wrong)]}) from None


def _moment(sent: dict[str, Any], name: str) -> datetime | None:
    """A moment in ISO 8601 with its offset; None where it is left out."""
    said = sent.get(name)
    if said is None:
        return None
    try:
        moment = parse_datetime(said) if isinstance(said, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise problems.invalid({name: [_("Write the moment as in 2026-01-31T12:00:00Z.")]})
    return moment


class Sales(Door):
    who = {"GET": SELLERS}

    @tells("What you sold, newest first", answer=page_of(shapes.SALE), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(sold(self.caller), shown.sale, order=("-pk",))


class Balance(Door):
    who = {"GET": SELLERS}

    @tells("Your balance", answer=shapes.BALANCE)
    def get(self, request: Request) -> Response:
        return Response(shown.balance(ledger.seller_balance(self.caller)))


class Payouts(Door):
    who = {"GET": SELLERS}

    @tells("Your payouts, newest first", answer=page_of(shapes.PAYOUT), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(self.caller.payouts.all(), shown.payout, order=("-created_at", "-pk"))


class Onboarding(Act):
    """The address of Stripe's own pages where the account for payouts is set up."""

    who = {"POST": SELLERS}
    in_one_piece = False

    @tells("Set up payouts on Stripe's pages", answer=shapes.ONBOARDING)
    def post(self, request: Request) -> Response:
        back = settings.SITE_URL + reverse("sell-payouts") + "?back=1"
        again = settings.SITE_URL + reverse("sell-payouts-set-up")
        try:
            url = payout_accounts.set_up(self.caller, return_url=back, refresh_url=again)
        except (gateway.Away, gateway.Refused) as problem:
            raise PaymentsAway(retry_after=30) from problem
        return Response({"url": url})
