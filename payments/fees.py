"""Who gets what of a price. Amounts are minor units, rates basis points (product.md, "Commission")."""

from typing import NamedTuple

from django.conf import settings

from accounts.models import User
from common import money


class Split(NamedTuple):
    commission: int
    seller_share: int


def split(price: int, bps: int) -> Split:
    """The house's part, rounded half to even, and the rest for the seller; together always the price."""
    commission = money.share(price, bps)
    return Split(commission, price - commission)


def rate_for(seller: User, via: str) -> int:
    """The commission in basis points: nothing when the buyer came by the seller's own link."""
    profile = getattr(seller, "seller_profile", None)
    if via and profile is not None and profile.handle.lower() == via.lower():
        return 0
    return int(settings.COMMISSION_BPS)
