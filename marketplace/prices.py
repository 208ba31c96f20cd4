"""What listings cost now: their price, unless whoever takes the money says that it is lower for a while."""

from collections.abc import Callable, Mapping, Sequence

from marketplace import signals
from marketplace.models import Listing

Lowered = Callable[[Sequence[int]], Mapping[int, int]]
_sources: list[Lowered] = []


def source(function: Lowered) -> Lowered:
    """Ask this one, too: listing id → what is charged now, for those of the listings for which it is another price."""
    if function not in _sources:
        _sources.append(function)
    return function


def lowered(ids: Sequence[int]) -> dict[int, int]:
    """Listing id → the price that is charged now, where it is not the listing's own."""
    found: dict[int, int] = {}
    for ask in _sources:
        found |= ask(ids)
    return found


def changed(listing: Listing) -> None:
    """What is charged for it is another price from now on: what was kept of pages and answers is out of date."""
    signals.price_changed.send(Listing, listing=listing)
