"""What must always be true of the money in the store."""

from payments.sandbox.store import Record, Transaction


def check(rows: Transaction, now: int) -> Record:
    """The problems found (none, that is to say), and the balances that were compared."""
    problems: list[str] = []
    balances = compare_balances(rows, now, problems)
    compare_refunds(rows, problems)
    compare_reversals(rows, problems)
    compare_sessions(rows, problems)
    return {"ok": not problems, "problems": problems, "balances": balances}


def compare_balances(rows: Transaction, now: int, problems: list[str]) -> list[Record]:
    """The sum of the nets of each account's transactions is its balance, available and pending."""
    nets = rows.execute(
        "SELECT account, json_extract(body, '$.currency'), sum(json_extract(body, '$.net')), "
        "sum(CASE WHEN json_extract(body, '$.available_on') > ? THEN json_extract(body, '$.net') ELSE 0 END), count(*) "
        "FROM objects WHERE kind = 'balance_transaction' GROUP BY 1, 2 ORDER BY 1, 2",
        [now],
    ).fetchall()
    funds = {
        (account, currency): (total, pending)
        for account, currency, total, pending in rows.execute(
            "SELECT account, currency, sum(amount), sum(CASE WHEN available_on > ? THEN amount ELSE 0 END) "
            "FROM funds GROUP BY 1, 2",
            [now],
        )
    }
    found = []
    for account, currency, total, pending, count in nets:
        held = funds.pop((account, currency), (0, 0))
        if held != (total, pending):
            problems.append(
                f"Balance of {account or 'the platform'} in {currency}: {held[0]} ({held[1]} pending), "
                f"but its transactions add up to {total} ({pending} pending)."
            )
        found.append(
            {
                "account": account or None,
                "currency": currency,
                "net": total,
                "available": total - pending,
                "pending": pending,
                "transactions": count,
            }
        )
    problems += [
        f"Funds of {account or 'the platform'} in {currency} without a transaction: {held[0]}."
        for (account, currency), held in funds.items()
        if held[0]
    ]
    return found


def compare_refunds(rows: Transaction, problems: list[str]) -> None:
    """A charge's refunded amount is the sum of its refunds, and never more than was taken."""
    found = rows.execute(
        "SELECT c.id, json_extract(c.body, '$.amount'), json_extract(c.body, '$.amount_refunded'), "
        "coalesce(sum(json_extract(r.body, '$.amount')), 0) FROM objects c LEFT JOIN objects r ON r.kind = 'refund' "
        "AND json_extract(r.body, '$.charge') = c.id "
        "AND json_extract(r.body, '$.status') NOT IN ('failed', 'canceled') "
        "WHERE c.kind = 'charge' GROUP BY c.id"
    )
    for identifier, amount, refunded, total in found:
        if refunded != total or refunded > amount:
            problems.append(f"Charge {identifier} of {amount} says {refunded} refunded; its refunds add up to {total}.")


def compare_reversals(rows: Transaction, problems: list[str]) -> None:
    """A transfer's reversed amount is the sum of its reversals, and it arrived in full at the seller."""
    found = rows.execute(
        "SELECT t.id, json_extract(t.body, '$.amount'), json_extract(t.body, '$.amount_reversed'), "
        "coalesce(sum(json_extract(r.body, '$.amount')), 0) FROM objects t LEFT JOIN objects r "
        "ON r.kind = 'transfer_reversal' AND json_extract(r.body, '$.transfer') = t.id "
        "WHERE t.kind = 'transfer' GROUP BY t.id"
    )
    for identifier, amount, back, total in found:
        if back != total or back > amount:
            problems.append(f"Transfer {identifier} of {amount} says {back} reversed; its reversals add up to {total}.")
    unequal = rows.execute(
        "SELECT t.id FROM objects t JOIN objects p ON p.id = json_extract(t.body, '$.destination_payment') "
        "WHERE t.kind = 'transfer' AND (json_extract(p.body, '$.amount') <> json_extract(t.body, '$.amount') "
        "OR json_extract(p.body, '$.amount_refunded') <> json_extract(t.body, '$.amount_reversed'))"
    )
    problems += [f"Transfer {identifier} is not what arrived at the seller." for (identifier,) in unequal]


def compare_sessions(rows: Transaction, problems: list[str]) -> None:
    """A paid session has one successful payment of its total, and no other session has one."""
    found = rows.execute(
        "SELECT s.id, json_extract(s.body, '$.payment_status'), json_extract(s.body, '$.amount_total'), "
        "count(c.id), coalesce(sum(json_extract(c.body, '$.amount')), 0) FROM objects s LEFT JOIN objects c "
        "ON c.kind = 'charge' AND json_extract(c.body, '$.payment_intent') = json_extract(s.body, '$.payment_intent') "
        "AND json_extract(c.body, '$.status') = 'succeeded' WHERE s.kind = 'checkout.session' GROUP BY s.id"
    )
    for identifier, status, total, count, paid in found:
        right = (count, paid) == (1, total) if status == "paid" else count == 0
        if not right:
            problems.append(f"Session {identifier} ({status}, {total}) has {count} payments of together {paid}.")
