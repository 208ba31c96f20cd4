"""Our own balance at Stripe, for comparing it with the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from payments.gateway.client import ask, client, every


@dataclass(frozen=True)
class Movement:
    """One balance transaction: net = amount - fee, in minor units."""

    id: str
    kind: str
    amount: int
    fee: int
    net: int
    currency: str
    source: str
    created: int


def balance(currency: str) -> int:
    """What stands on our balance in a currency, available and pending."""
    found = ask(client().v1.balance.retrieve)
    parts: list[Any] = [*found.available, *found.pending]
    return sum(part.amount for part in parts if part.currency == currency)


def available(currency: str) -> int:
    found = ask(client().v1.balance.retrieve)
    return sum(part.amount for part in found.available if part.currency == currency)


def movements(since: int = 0) -> Iterator[Movement]:
    """Every balance transaction from that second on, newest first."""
    page = ask(lambda: client().v1.balance_transactions.list({"created": {"gte": since}, "limit": 100}))
    for one in every(page):
        source = one.source if isinstance(one.source, str) or one.source is None else one.source.id
        yield Movement(one.id, one.type, one.amount, one.fee, one.net, one.currency, source or "", one.created)
