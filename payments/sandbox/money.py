"""Balance transactions and balances. The nets of an account's transactions always add up to its balance."""

from collections import defaultdict
from typing import Any

from payments.sandbox import alarms, clock, errors, events, ids
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import DAY, Work

# Stripe's own price in the sandbox: a part of the amount and a fixed sum, and a sum for each dispute.
FEE_BPS = 290
FIXED_FEE = {"usd": 30, "eur": 25, "gbp": 20, "cad": 30, "aud": 30, "chf": 30, "jpy": 40, "sek": 180, "dkk": 180}
DISPUTE_FEE = {"usd": 1500, "eur": 2000, "gbp": 2000, "cad": 1500, "aud": 2500, "chf": 2000, "jpy": 1500}
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "cad": 50, "aud": 50, "chf": 50, "jpy": 50, "sek": 300, "dkk": 250}
ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "payout": "payout",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "payment_failure_refund": "charge_failure",
}


def charge_fee(amount: int, currency: str) -> int:
    return min(amount, (amount * FEE_BPS + 5_000) // 10_000 + FIXED_FEE.get(currency, 30))


def dispute_fee(currency: str) -> int:
    return DISPUTE_FEE.get(currency, 1500)


def check_amount(amount: int, currency: str) -> None:
    """Refuses what is too small to be charged."""
    least = SMALLEST.get(currency, 50)
    if amount < least:
        message = f"The Checkout Session's total amount due must add up to at least {shown(least, currency)}"
        raise errors.refused(message, "amount_too_small")


def shown(amount: int, currency: str) -> str:
    """An amount for people: $4.99, €1.00, 12.00 SEK, ¥500."""
    sign = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(currency, "")
    number = f"{abs(amount):,}" if currency in ZERO_DECIMAL else f"{abs(amount) / 100:,.2f}"
    return ("-" if amount < 0 else "") + (f"{sign}{number}" if sign else f"{number} {currency.upper()}")


def settles_on(work: Work) -> int:
    """When money taken now becomes available: at once, soon, or after some days at midnight."""
    seconds = work.config.settle_seconds
    return work.now + seconds if seconds < DAY else clock.midnight_after(work.now + seconds - DAY)


def record(
    work: Work,
    kind: str,
    amount: int,
    currency: str,
    source: str | None,
    *,
    fee: int = 0,
    fee_name: str = "Stripe processing fees",
    available_on: int | None = None,
    description: str | None = None,
    category: str | None = None,
    **private: Any,
) -> Record:
    """Moves money into (or, below zero, out of) the balance of the account that `work` acts for."""
    due = max(work.now, available_on or work.now)
    detail = {"amount": fee, "application": None, "currency": currency, "description": fee_name, "type": "stripe_fee"}
    transaction = {
        "id": ids.make("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": due,
        "balance_type": "payments",
        "created": work.now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [detail] if fee else [],
        "net": amount - fee,
        "reporting_category": category or CATEGORIES.get(kind, kind),
        "source": source,
        "status": "available",
        "type": kind,
        **private,
    }
    work.rows.add(transaction, work.account)
    put(work, work.account, currency, due, amount - fee)
    return transaction


def put(work: Work, account: str, currency: str, due: int, amount: int) -> None:
    """Funds are kept in buckets by the moment they become available; bucket 0 is what is available."""
    if due <= work.now:
        due = 0
    elif not work.rows.one("SELECT 1 FROM funds WHERE account = ? AND available_on = ?", [account, due]):
        alarms.put(work, due, "funds_available", account)
    work.rows.execute(
        "INSERT INTO funds VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
        [account, currency, due, amount],
    )


def merge(work: Work, account: str) -> bool:
    """Moves the buckets that are due into what is available; tells whether there were any."""
    due = work.rows.execute(
        "SELECT currency, sum(amount) FROM funds WHERE account = ? AND available_on > 0 AND available_on <= ? "
        "GROUP BY currency",
        [account, work.now],
    ).fetchall()
    work.rows.execute(
        "DELETE FROM funds WHERE account = ? AND available_on > 0 AND available_on <= ?", [account, work.now]
    )
    for currency, amount in due:
        put(work, account, currency, 0, amount)
    return bool(due)


def balance(work: Work, account: str) -> tuple[dict[str, int], dict[str, int]]:
    """What is available and what is pending, by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    rows = work.rows.execute("SELECT currency, available_on, amount FROM funds WHERE account = ?", [account])
    for currency, due, amount in rows:
        (available if due <= work.now else pending)[currency] += amount
    return available, pending


def available(work: Work, account: str, currency: str) -> int:
    return balance(work, account)[0][currency]


def total(work: Work, account: str, currency: str) -> int:
    return sum(part[currency] for part in balance(work, account))


def covers(work: Work, amount: int, currency: str) -> bool:
    """Whether the balance is enough for a refund; it may fall somewhat below zero, since fees are not given back."""
    short = amount - total(work, work.account, currency)
    return short <= 0 or short <= int(work.rows.setting("overdraft", work.config.overdraft))


@alarms.handler("funds_available")
def become_available(work: Work, account: str, details: Record) -> None:
    if merge(work, account):
        announce(work, account)


def announce(work: Work, account: str) -> None:
    from payments.sandbox.objects import balances

    events.emit(work.acting_for(account), "balance.available", balances.view(work, account))


def release(work: Work, account: str | None = None) -> int:
    """Makes all pending funds available now, of one account or of all; returns how many transactions that changed."""
    owners = [
        owner
        for (owner,) in work.rows.execute("SELECT DISTINCT account FROM funds WHERE available_on > ?", [work.now])
        if account is None or owner == account
    ]
    changed = 0
    for owner in owners:
        changed += work.rows.execute(
            "UPDATE objects SET body = json_set(body, '$.available_on', ?) WHERE kind = 'balance_transaction' "
            "AND account = ? AND json_extract(body, '$.available_on') > ?",
            [work.now, owner, work.now],
        ).rowcount
    rebuild(work)
    for owner in owners:
        announce(work, owner)
    return changed


def rebuild(work: Work) -> None:
    """Fills the buckets anew from the transactions, after the clock went back or funds were released."""
    work.rows.execute("DELETE FROM funds")
    rows = work.rows.execute(
        "SELECT account, json_extract(body, '$.currency'), json_extract(body, '$.available_on'), "
        "sum(json_extract(body, '$.net')) FROM objects WHERE kind = 'balance_transaction' GROUP BY 1, 2, 3"
    ).fetchall()
    for account, currency, due, amount in rows:
        put(work, account, currency, due, amount)


@presenter("balance_transaction")
def view(work: Work, transaction: Record) -> Record:
    status = "available" if transaction["available_on"] <= work.now else "pending"
    return {**public(transaction), "status": status}
