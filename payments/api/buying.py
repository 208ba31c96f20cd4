"""Buying: starting a checkout, following an order, asking for money back."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import ACCOUNTS, MEMBERS, Act, Door
from accounts.api.shapes import page_of
from accounts.api.telling import tells
from accounts.models import User
from common import problems, throttle
from marketplace.api.bodies import text
from marketplace.models import Listing
from payments import cart, checkout, claims
from payments.api import shapes, shown
from payments.models import Claim, Order, OrderLine

STATES = ("pending", "paid", "fulfilled", "expired", "refunded", "partially_refunded", "disputed")


def mine(buyer: User) -> QuerySet[Order]:
    """The person's orders with all that is shown of them."""
    lines = OrderLine.objects.select_related("listing", "version", "seller__seller_profile", "entitlement")
    return buyer.orders.prefetch_related(Prefetch("lines", lines))


def find(number: str, buyer: User) -> Order:
    found = mine(buyer).filter(number=number).first()
    if found is None:
        raise Http404
    return found


class Checkout(Door):
    """Stripe is asked after the order is committed, so this door is not in one piece: the same basket sent again finds
    the order of before."""

    who = {"POST": MEMBERS}
    in_one_piece = False

    @tells(
        "Buy",
        body=shapes.CHECKOUT_SENT,
        needs_body=True,
        answer=shapes.PLACED,
        status=201,
        words="Send the buyer to `checkout_url`. A free order is delivered at once and has none. The same basket again,"
        " while its page is open, is the same order.",
        example={"listings": ["calm-answers-to-hard-letters"], "coupon": None},
    )
    def post(self, request: Request) -> Response:
        number = self.begun() or self._place(self.sent())
        order = find(number, self.caller)
        if order.status == Order.Status.PENDING:
            checkout.open_page(order)
        answer = Response(placed(find(number, self.caller)), status=201)
        answer["Location"] = f"/api/v1/orders/{number}/"
        return answer

    def _place(self, sent: dict[str, Any]) -> str:
        wanted = chosen(sent)
        via = text(sent, "via").lower()
        links = {one.pk: via for one in wanted if via and one.seller.seller_profile.handle.lower() == via}
        order = checkout.start(
            self.caller,
            wanted,
            coupon=text(sent, "coupon").strip() or None,
            consented=consented(sent),
            via=links,
            language=(get_language() or "en").split("-")[0],
            note=lambda order: self.begin(order.number),
            address=throttle.client_identity(self.request),
        )
        return order.number


def placed(order: Order) -> dict[str, Any]:
    whole = shown.order(order)
    return {"order": order.number, "checkout_url": whole["checkout_url"], "order_detail": whole}


def chosen(sent: dict[str, Any]) -> list[Listing]:
    """The listings named by slug; 404 when one is not on sale, as its page would be."""
    slugs = sent["listings"] if "listings" in sent else [sent["listing"]] if "listing" in sent else None
    if not isinstance(slugs, list) or not slugs:
        raise problems.invalid({"listings": [_("Name at least one listing by its slug.")]})
    if len(slugs) > cart.LIMIT:
        raise cart.CartFull
    slugs = [one.get("slug") if isinstance(one, dict) else one for one in slugs]
    wrong = {f"listings.{i}": [_("This must be text.")] for i, one in enumerate(slugs) if not isinstance(one, str)}
    if wrong:
        raise problems.invalid(wrong)
    found = {
        one.slug: one for one in Listing.objects.live().filter(slug__in=slugs).select_related("seller__seller_profile")
    }
    if set(slugs) - set(found):
        raise Http404
    return [found[slug] for slug in dict.fromkeys(slugs)]


def consented(sent: dict[str, Any]) -> bool:
    """Whether both express consents were given: delivery at once, and knowing that withdrawal ends with it."""
    given = sent.get("consents")
    if given is None or isinstance(given, bool):
        return bool(given)
    if not isinstance(given, dict) or not all(isinstance(value, bool) for value in given.values()):
        raise problems.invalid({"consents": [_("Send an object of consents, each true or false.")]})
    return bool(given.get("immediate_delivery") and given.get("withdrawal_acknowledged"))


class Orders(Door):
    who = {"GET": ACCOUNTS}

    @tells("Your orders, newest first", answer=page_of(shapes.ORDER), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(mine(self.caller), shown.order, order=("-created_at", "-pk"))


class OneOrder(Door):
    who = {"GET": ACCOUNTS}

    @tells("One of your orders", answer=shapes.ORDER_PAGE)
    def get(self, request: Request, number: str) -> Response:
        return Response(shown.order_page(find(number, self.caller)))


class Pay(Act):
    """The payment page of an order that is still open; once more if opening it failed the first time."""

    who = {"POST": MEMBERS}
    in_one_piece = False

    @tells("The payment page of an open order", answer=shapes.PLACED)
    def post(self, request: Request, number: str) -> Response:
        order = find(number, self.caller)
        if order.status == Order.Status.PENDING:
            checkout.open_page(order)
        return Response(placed(find(number, self.caller)))


class AskRefund(Act):
    """Under the promise with what came out, by withdrawal where that right lives, or because of fraud."""

    who = {"POST": MEMBERS}

    @tells(
        "Ask for your money back",
        body=shapes.REFUND_SENT,
        answer=shapes.ORDER_PAGE,
        status=201,
        words="Within 7 days when it does not do what its examples show: say what came out. A withdrawal within 14"
        " days (unless given up at checkout), fraud and double payment are refunded at once. Without a reason and"
        " words it is a withdrawal, where that right lives.",
        example={"reason": "not_as_shown", "words": "I used the first example.", "evidence": "It wrote a poem."},
    )
    def post(self, request: Request, number: str) -> Response:
        order = find(number, self.caller)
        sent = self.sent()
        reason, words = reason_of(sent, order)
        evidence = text(sent, "evidence")
        with transaction.atomic():
            for line in lines_wanted(sent, order):
                claims.ask(line, by=self.caller, reason=reason, words=words, evidence=evidence)
        return Response(shown.order_page(find(number, self.caller)), status=201)


def reason_of(sent: dict[str, Any], order: Order) -> tuple[str, str]:
    """A reason and words; without any, a withdrawal where the right lives, else the promise."""
    reason, words = text(sent, "reason").strip(), text(sent, "words") or text(sent, "note")
    if len(words) > 4000 or len(text(sent, "evidence")) > 20_000:
        raise problems.invalid({"words": [_("This is too long.")]})
    if reason in Claim.Reason.values:
        return reason, words
    if reason:
        known = ", ".join(Claim.Reason.values)
        unknown = _("This reason is not known. Choose one of: %(reasons)s.") % {"reasons": known}
        raise problems.invalid({"reason": [unknown]})
    if not words and not text(sent, "evidence") and claims.withdrawal_ends_at(order) is not None:
        return Claim.Reason.WITHDRAWAL, ""
    return Claim.Reason.NOT_AS_SHOWN, words


def lines_wanted(sent: dict[str, Any], order: Order) -> list[OrderLine]:
    """The lines of the listings named, or everything of which something is left."""
    lines = list(order.lines.select_related("listing", "order").order_by("pk"))
    named = sent.get("lines", sent.get("listings"))
    if named is None:
        left = [line for line in lines if line.price + line.tax > line.refunded]
        if not left:
            raise claims.NotRefundable
        return left
    if isinstance(named, str):
        named = [named]
    slugs = {line.listing.slug: line for line in lines}
    if not isinstance(named, list) or not named or not all(isinstance(one, str) and one in slugs for one in named):
        raise problems.invalid({"lines": [_("Name listings of this order by their slugs.")]})
    return [slugs[one] for one in dict.fromkeys(named)]
