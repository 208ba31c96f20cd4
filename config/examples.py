"""What pages are about, found in whatever database there is: the first person, listing, order … that fits.

A finder answers where its page is, or None where this database has no example.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count

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


def listing(world: World) -> Spot | None:
    found = world.listing
    return Spot((found.slug,)) if found else None


def place(**query: str) -> Finder:
    return lambda _world: Spot(query="&".join(f"{name}={value}" for name, value in query.items()))


def handle(world: World) -> Spot:
    return Spot((world.seller.seller_profile.handle,))


def shelf(name: str) -> Finder:
    def find(world: World) -> Spot | None:
        found = getattr(world.listing, name, None)
        return Spot((found.slug,)) if found else None

    return find


def collection(world: World) -> Spot | None:
    found = Collection.objects.filter(is_public=True, items__isnull=False).order_by("pk").first()
    return Spot((found.slug,)) if found else None


def own_collection(world: World) -> Spot | None:
    found = Collection.objects.filter(owner__isnull=False).select_related("owner").order_by("pk").first()
    return Spot((found.slug,), person=found.owner) if found else None


def held(world: World) -> Spot | None:
    held = Entitlement.objects.active().select_related("owner").annotate(number=Count("listing__versions"))
    found = held.order_by("-number", "pk").first()
    return Spot((found.public_id,), person=found.owner) if found else None


def to_review(world: World) -> Spot | None:
    found = Entitlement.objects.active().filter(listing__status="live").select_related("owner", "listing").first()
    return Spot((found.listing.slug,), person=found.owner) if found else None


def reply(world: World) -> Spot | None:
    found = Review.objects.counting().select_related("listing__seller").filter(reply="").order_by("pk").first()
    return Spot((found.public_id,), person=found.listing.seller) if found else None


def checkout(world: World) -> Spot | None:
    buyer = world.people["buyer"]
    held = Entitlement.objects.filter(owner=buyer).values("listing")
    found = Listing.objects.live().filter(price__gt=0).exclude(pk__in=held).exclude(seller=buyer).order_by("pk").first()
    return Spot(query=f"listing={found.slug}", person=buyer) if found else None


def order(*states: str) -> Finder:
    def find(world: World) -> Spot | None:
        orders = Order.objects.filter(status__in=states, total__gt=0).select_related("buyer")
        found = orders.annotate(number_of_lines=Count("lines")).order_by("-number_of_lines", "-pk").first()
        return Spot((found.number,), person=found.buyer) if found else None

    return find


def refund(world: World) -> Spot | None:
    orders = Order.objects.filter(status="fulfilled", total__gt=0, lines__claims=None).select_related("buyer")
    found = orders.order_by("-fulfilled_at").first()
    return Spot((found.number, found.lines.order_by("pk")[0].pk), person=found.buyer) if found else None


def credit_note(world: World) -> Spot | None:
    found = Refund.objects.filter(state=Refund.State.SUCCEEDED).select_related("order__buyer").order_by("pk").first()
    return Spot((found.order.number, found.public_id), person=found.order.buyer) if found else None


def withdrawal(world: World) -> Spot | None:
    orders = Order.objects.filter(status="fulfilled", total__gt=0, withdrawal_waived_at=None).select_related("buyer")
    found = orders.order_by("-fulfilled_at").first()
    return Spot((found.number,), person=found.buyer) if found else None


def claim(world: World) -> Spot | None:
    found = Claim.objects.order_by("decided_at", "pk").first()
    return Spot((found.public_id,)) if found else None


def sellers_claim(world: World) -> Spot | None:
    found = Claim.objects.select_related("line__seller").order_by("decided_at", "pk").first()
    return Spot((found.public_id,), person=found.line.seller) if found else None


def payout(world: World) -> Spot | None:
    found = Payout.objects.select_related("seller").order_by("pk").first()
    return Spot((found.public_id,), person=found.seller) if found else None


def case(world: World) -> Spot | None:
    states = [Case.State.OPEN, Case.State.CLAIMED]
    cases = Case.objects.order_by("pk")
    found = cases.filter(state__in=states).exclude(revision=None).first() or cases.first()
    return Spot((found.public_id,)) if found else None


def own_listing(world: World) -> Spot | None:
    own = Listing.objects.filter(seller__seller_profile__isnull=False).select_related("seller").order_by("pk")
    found = own.filter(status="live", card__picture__isnull=False).first() or own.first()
    return Spot((found.slug,), person=found.seller) if found else None


def priced(world: World) -> Spot | None:
    """A listing whose price can be lowered."""
    live = Listing.objects.live().filter(price__gt=settings.MIN_PRICE, seller__seller_profile__isnull=False)
    found = live.select_related("seller").order_by("pk").first()
    return Spot((found.slug,), person=found.seller) if found else own_listing(world)


def draft(world: World) -> Spot | None:
    found = Listing.objects.filter(status="draft").select_related("seller").order_by("pk").first()
    return Spot((found.slug,), person=found.seller) if found else own_listing(world)


def webhook(world: World) -> Spot | None:
    found = Webhook.objects.select_related("user").order_by("pk").first()
    return Spot((found.public_id,), person=found.user) if found else None


def letter(world: World) -> Spot | None:
    found = mail.letters()
    return Spot((found[0].stem,)) if found else None


def report(_world: World) -> Spot:
    return Spot((clock.now().year,))
