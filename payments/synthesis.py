"""Made-up orders for a made-up market, with what belongs to them: rights, reviews, and the sale in the books."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from common import clock, ids
from marketplace.models import Entitlement, Review
from marketplace.synthesis import Made, copy, next_id, settle_ids
from payments import fees, ledger
from payments.models import Account, Entry, Order, OrderLine, Transaction

BATCH = 5000
REVIEWED = 0.3
WORDS = (
    "Does what it says.",
    "Good, with small changes.",
    "Saved me an evening.",
    "Clear instructions, honest result.",
    "Not quite what I hoped for.",
)


def add_orders(number: int, sold: Sequence[Made], buyers: Sequence[int], seed: int) -> int:
    """Paid and delivered long enough ago; how many were written (nobody buys the same twice, or their own)."""
    chance = random.Random(seed)  # noqa: S311
    accounts = _accounts({one.seller_id for one in sold})
    taken: set[tuple[int, int]] = set()
    weights = [one.sales + 1 for one in sold]
    written = 0
    while written < number:
        picked = []
        for one in chance.choices(sold, weights, k=min(BATCH, number - written)):
            buyer = chance.choice(buyers)
            if buyer != one.seller_id and (buyer, one.listing_id) not in taken:
                taken.add((buyer, one.listing_id))
                picked.append((buyer, one))
        if not picked:
            break
        _write(picked, accounts, chance)
        written += len(picked)
    return written


@transaction.atomic
def _write(picked: list[tuple[int, Made]], accounts: dict[int | None, dict[str, int]], chance: random.Random) -> None:
    kinds: list[Any] = [Order, Entitlement, OrderLine, Review, Transaction, Entry]
    first = {kind: next_id(kind) for kind in kinds}
    rows: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for at, (buyer, one) in enumerate(picked):
        keys = {kind: first[kind] + at for kind in (Order, Entitlement, OrderLine, Transaction)}
        _one(keys, buyer, one, accounts, rows=rows, chance=chance)
    for kind in kinds:
        for at, row in enumerate(rows[kind]):
            row.setdefault("id", first[kind] + at)
        copy(kind, rows[kind])
        settle_ids(kind)


def _one(
    keys: dict[Any, int],
    buyer: int,
    one: Made,
    accounts: dict[int | None, dict[str, int]],
    *,
    rows: dict[Any, list[dict[str, Any]]],
    chance: random.Random,
) -> None:
    when = clock.now() - timedelta(days=settings.HOLD_DAYS + 1, seconds=chance.randrange(300 * 86_400))
    commission, share = fees.split(one.price, settings.COMMISSION_BPS)
    number = f"S{ids.new_id()[-13:]}".upper()
    rows[Order].append(
        {"id": keys[Order], "number": number, "buyer_id": buyer, "status": "fulfilled", "currency": settings.CURRENCY}
        | {"subtotal": one.price, "tax": 0, "total": one.price, "refunded": 0, "email": "", "language": "en"}
        | {"billing": "{}", "attempt": 1, "checkout_url": "", "card_fingerprint": "", "hold_reason": ""}
        | {"created_at": when, "expires_at": when, "paid_at": when, "fulfilled_at": when}
    )
    rows[Entitlement].append(
        {"id": keys[Entitlement], "public_id": ids.new_id(), "owner_id": buyer, "listing_id": one.listing_id}
        | {"version_id": one.version_id, "key": f"synthetic:{keys[OrderLine]}", "is_paid": one.price > 0}
        | {"counts": True, "granted_at": when, "seen_version": 0, "revoked_because": "", "note": ""}
    )
    rows[OrderLine].append(
        {"id": keys[OrderLine], "order_id": keys[Order], "listing_id": one.listing_id, "version_id": one.version_id}
        | {"seller_id": one.seller_id, "title": one.title, "list_price": one.price, "price": one.price, "tax": 0}
        | {"commission_bps": settings.COMMISSION_BPS, "commission": commission, "seller_share": share, "via": ""}
        | {"refunded": 0, "entitlement_id": keys[Entitlement]}
    )
    if chance.random() < REVIEWED:
        rows[Review].append(
            {"public_id": ids.new_id(), "listing_id": one.listing_id, "author_id": buyer}
            | {"entitlement_id": keys[Entitlement], "rating": chance.choice((5, 5, 5, 4, 4, 3, 2))}
            | {"text": chance.choice(WORDS), "output": "", "version_number": 1, "reply": ""}
            | {"created_at": when, "changed_at": when}
        )
    if one.price:
        sale = {"id": keys[Transaction], "kind": "sale", "key": f"sale:{number}", "order_id": keys[Order], "note": ""}
        rows[Transaction].append(sale | {"created_at": when})
        house, seller = accounts[None], accounts[one.seller_id]
        legs = ((house["stripe"], one.price), (seller["seller"], -share), (house["commission"], -commission))
        rows[Entry] += [
            {"transaction_id": keys[Transaction], "account_id": account, "amount": amount}
            | {"line_id": keys[OrderLine] if amount < 0 else None}
            | {"matures_at": when + timedelta(days=settings.HOLD_DAYS) if account == seller["seller"] else None}
            | {"created_at": when}
            for account, amount in legs
            if amount
        ]


def _accounts(sellers: set[int]) -> dict[int | None, dict[str, int]]:
    """The books' accounts by person (None: the house) and kind."""
    kinds = Account.Kind
    wanted = [(kinds.STRIPE, None), (kinds.COMMISSION, None), *((kinds.SELLER, seller) for seller in sorted(sellers))]
    found: dict[int | None, dict[str, int]] = {}
    for (kind, user), key in ledger._accounts(settings.CURRENCY, set(wanted)).items():
        found.setdefault(user, {})[str(kind)] = key
    return found
