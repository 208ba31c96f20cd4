"""Double-entry books in the database that holds everything else.

Debits are positive, credits negative; every transaction sums to zero in its currency (a deferred trigger insists),
carries a key that names the fact, and is never changed. What stands on a seller's account with a `matures_at` in
the future is pending, the rest available, both by the database's clock.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Sum

from accounts.models import User
from common import clock
from payments.models import Account, Entry, Order, OrderLine, Payout

K = Account.Kind


@dataclass(frozen=True)
class Leg:
    """One entry to be: an amount in minor units (debit positive) on the account of a kind, perhaps of a person."""

    kind: str
    amount: int
    user_id: int | None = None
    line_id: int | None = None
    matures_at: datetime | None = None


@dataclass(frozen=True)
class Balance:
    """A seller's money in minor units. `available` is below zero when a refund came after the payout."""

    currency: str
    pending: int = 0
    available: int = 0
    in_transit: int = 0
    paid_out: int = 0
    by_day: list[tuple[date, int]] = field(default_factory=list)

    @property
    def debt(self) -> int:
        return max(0, -(self.available + self.pending))


class Unbalanced(Exception):
    """The legs of a transaction do not sum to zero."""


def post(
    kind: str,
    key: str,
    currency: str,
    legs: Sequence[Leg],
    *,
    order: Order | None = None,
    payout: Payout | None = None,
    note: str = "",
) -> bool:
    """Book a fact once; False when it had been booked before. Raises Unbalanced before the database has to."""
    legs = [leg for leg in legs if leg.amount]
    if sum(leg.amount for leg in legs) != 0:
        raise Unbalanced(key)
    return bool(legs) and _post(kind, key, currency, legs, order=order, payout=payout, note=note)


# One statement, because it stands on the way of every delivery: the fact, and an entry for each leg whose account is
# open already. Nothing is written when the key is known.
_POST = """
WITH fact AS (
    INSERT INTO payments_transaction (kind, key, order_id, payout_id, note, created_at)
    VALUES (%s, %s, %s, %s, %s, coalesce(%s, now())) ON CONFLICT (key) DO NOTHING RETURNING id
), leg AS (
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
        WITH ORDINALITY AS leg (kind, user_id, amount, line_id, matures_at, number)
), entered AS (
    INSERT INTO payments_entry (transaction_id, account_id, amount, line_id, matures_at, created_at)
    SELECT fact.id, account.id, leg.amount, leg.line_id, leg.matures_at, coalesce(%s, now())
    FROM fact, leg JOIN payments_account AS account
        ON account.kind = leg.kind AND account.user_id IS NOT DISTINCT FROM leg.user_id AND account.currency = %s
    ORDER BY leg.number
    RETURNING account_id
)
SELECT (SELECT id FROM fact), array(SELECT DISTINCT account_id FROM entered), (SELECT count(*) FROM entered)
"""


# Without a savepoint: whoever books does so as a part of something, and nothing of that stands when booking fails.
@transaction.atomic(savepoint=False)
def _post(
    kind: str, key: str, currency: str, legs: Sequence[Leg], *, order: Order | None, payout: Payout | None, note: str
) -> bool:
    when = clock.overridden()
    fact = [kind, key, order.pk if order else None, payout.pk if payout else None, note, when]
    columns = [list(column) for column in zip(*(_columns(leg) for leg in legs), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_POST, [*fact, *columns, when, currency])
        number, open_, entered = cursor.fetchone()
    if number is not None and entered < len(legs):
        _enter_the_rest(number, currency, legs, set(open_))
    return number is not None


def _columns(leg: Leg) -> tuple[str, int | None, int, int | None, datetime | None]:
    return (str(leg.kind), leg.user_id, leg.amount, leg.line_id, leg.matures_at)


def _enter_the_rest(number: int, currency: str, legs: Sequence[Leg], entered: set[int]) -> None:
    """The entries of accounts that this transaction is the first to need."""
    accounts = _accounts(currency, {(leg.kind, leg.user_id) for leg in legs})
    when = clock.overridden()
    Entry.objects.bulk_create(
        Entry(
            transaction_id=number,
            account_id=account,
            amount=leg.amount,
            line_id=leg.line_id,
            matures_at=leg.matures_at,
            **({"created_at": when} if when else {}),
        )
        for leg in legs
        if (account := accounts[leg.kind, leg.user_id]) not in entered
    )


def _accounts(currency: str, wanted: set[tuple[str, int | None]]) -> dict[tuple[str, int | None], int]:
    """Ids of accounts by (kind, user), opening those that are not there yet."""
    people = {user for _, user in wanted if user is not None}
    query = Account.objects.filter(
        Q(user__in=people) | Q(user=None), currency=currency, kind__in={kind for kind, _ in wanted}
    )

    def found() -> dict[tuple[str, int | None], int]:
        return {(kind, user): pk for kind, user, pk in query.values_list("kind", "user_id", "pk")}

    known = found()
    if missing := sorted(wanted - known.keys(), key=str):
        Account.objects.bulk_create(
            [Account(kind=kind, user_id=user, currency=currency) for kind, user in missing], ignore_conflicts=True
        )
        known = found()
    return known


# ---- The facts we book ---------------------------------------------------------------------------------------------
def record_sale(order: Order, lines: Sequence[OrderLine], sold_at: datetime | None = None) -> bool:
    """What the buyer paid becomes what we owe the sellers (after the hold), our commission, and tax to hand on.

    `sold_at` is when this transaction began by the database's clock, for who knows it already.
    """
    matures_at = (clock.overridden() or sold_at or clock.database_now()) + timedelta(days=settings.HOLD_DAYS)
    legs = [Leg(K.STRIPE, order.total)]
    for line in lines:
        legs.append(Leg(K.SELLER, -line.seller_share, line.seller_id, line.pk, matures_at))
        legs.append(Leg(K.COMMISSION, -line.commission, line_id=line.pk))
        legs.append(Leg(K.TAX, -line.tax, line_id=line.pk))
    return post("sale", f"sale:{order.number}", order.currency, legs, order=order)


def record_fee(order: Order, fee: int, source: str) -> bool:
    """Stripe's fee on one charge (`source`), borne by the house."""
    legs = [Leg(K.STRIPE, -fee), Leg(K.STRIPE_FEES, fee)]
    return post("stripe_fee", f"fee:{source}", order.currency, legs, order=order)


def record_stray(order: Order, amount: int, currency: str, payment_intent: str) -> bool:
    """Money that bought nothing (too late, twice, the wrong sum) and has to go back."""
    legs = [Leg(K.STRIPE, amount), Leg(K.UNALLOCATED, -amount)]
    return post("stray_payment", f"stray:{payment_intent}", currency, legs, order=order)


def matures_at(line: OrderLine) -> datetime | None:
    """When the seller's share of a sold line becomes available."""
    sold = Entry.objects.filter(line=line, account__kind=K.SELLER, transaction__kind="sale").first()
    return sold.matures_at if sold else None


def lock_sellers(sellers: set[int], currency: str) -> None:
    """Whoever takes money from sellers' accounts does so one after the other; in the order of the accounts."""
    held = Account.objects.filter(kind=K.SELLER, user__in=sellers, currency=currency)
    # Entries that name the account by a foreign key go on meanwhile: nobody who books a sale waits, or waits in a ring.
    list(held.select_for_update(no_key=True).order_by("pk").values_list("pk"))


# ---- What the books say --------------------------------------------------------------------------------------------
def seller_balance(user: User, currency: str | None = None) -> Balance:
    """A seller's money in one currency, by the database's clock."""
    currency = currency or settings.CURRENCY
    asked: dict[str, Any] = {
        "user": user.pk,
        "currency": currency,
        "moment": clock.overridden(),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, asked)
        ((paid_out, in_transit, available, waiting),) = cursor.fetchall()
    by_day = [(date.fromisoformat(day), amount) for day, amount in json.loads(waiting)]
    return Balance(
        currency=currency,
        pending=sum(amount for _day, amount in by_day),
        available=available,
        in_transit=in_transit,
        paid_out=paid_out,
        by_day=[(day, amount) for day, amount in by_day if amount],
    )


# All of it in one statement: dashboards, payouts and the API ask for it, and four written by the ORM took ten times as
# long to write as to answer.
_BALANCE = """
    WITH entry AS (
        SELECT account.kind, -entry.amount::bigint AS amount,
            CASE WHEN account.kind = 'seller' AND matures_at > coalesce(%(moment)s::timestamptz, now())
                THEN (matures_at AT TIME ZONE %(zone)s)::date END AS day
        FROM payments_entry AS entry JOIN payments_account AS account ON account.id = entry.account_id
        WHERE account.user_id = %(user)s AND account.currency = %(currency)s
    )
    SELECT
        (SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM payments_payout
            WHERE seller_id = %(user)s AND currency = %(currency)s AND state IN ('sent', 'paid')),
        coalesce(sum(amount) FILTER (WHERE kind = 'in_transit'), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE kind = 'seller' AND day IS NULL), 0)::bigint,
        (SELECT coalesce(json_agg(json_build_array(day, amount) ORDER BY day), '[]')::text FROM (
            SELECT day, sum(amount)::bigint AS amount FROM entry WHERE day IS NOT NULL GROUP BY day
        ) AS days)
    FROM entry
"""


def totals(currency: str | None = None) -> dict[str, int]:
    """The sum on each kind of account, debits positive; together they are zero."""
    rows = Entry.objects.filter(account__currency=currency or settings.CURRENCY)
    return dict(rows.values_list("account__kind").annotate(sum=Sum("amount")).order_by("account__kind"))
