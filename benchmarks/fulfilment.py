"""How quickly paid orders are delivered, as a share of what bare SQL does with the same rows.

    python -m benchmarks.fulfilment --orders 400 --rounds 5

Product and floor take turns in one run, two processes on each side; medians count. The floor writes the rows of a whole
fulfilment (order, grant, fee and sale with entries, outbox, notification, activity) with the same two commits. Then
come acknowledgements of webhooks, and how long people wait for what they paid and for what they published.
"""

import argparse
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import promptness, stage
from tests.processes import free_port

FLOOR_PAID = """
WITH paid AS (
    UPDATE payments_order SET status = 'paid', paid_at = now(), payment_intent = %(intent)s, charge = %(charge)s
    WHERE id = %(order)s AND status = 'pending' RETURNING id
), fact AS (
    INSERT INTO payments_transaction (kind, key, order_id, note, created_at)
    SELECT 'stripe_fee', 'fee:' || %(charge)s, id, '', now() FROM paid RETURNING id
)
INSERT INTO payments_entry (transaction_id, account_id, amount, created_at)
SELECT fact.id, leg.account, leg.amount, now()
FROM fact, (VALUES (%(stripe)s::bigint, -44), (%(fees)s::bigint, 44)) AS leg (account, amount)
"""
FLOOR_DONE = """
WITH done AS (
    UPDATE payments_order SET status = 'fulfilled', fulfilled_at = now() WHERE id = %(order)s AND status = 'paid'
    RETURNING id
), line AS (SELECT id, listing_id, version_id, seller_id FROM payments_orderline WHERE order_id = %(order)s),
granted AS (
    INSERT INTO marketplace_entitlement
        (public_id, owner_id, listing_id, version_id, key, is_paid, counts, granted_at, seen_version,
         revoked_because, note)
    SELECT %(intent)s, %(buyer)s, listing_id, version_id, 'line:' || line.id, true, true, now(), 0, '', ''
    FROM line, done RETURNING id
), marked AS (
    UPDATE payments_orderline SET entitlement_id = granted.id FROM granted WHERE order_id = %(order)s
), fact AS (
    INSERT INTO payments_transaction (kind, key, order_id, note, created_at)
    SELECT 'sale', 'sale:' || id, id, '', now() FROM done RETURNING id
), legs AS (
    INSERT INTO payments_entry (transaction_id, account_id, amount, line_id, matures_at, created_at)
    SELECT fact.id, leg.account, leg.amount, CASE WHEN leg.amount < 0 THEN line.id END, NULL, now()
    FROM fact, line,
        (VALUES (%(stripe)s::bigint, 499), (%(seller)s::bigint, -399), (%(commission)s::bigint, -100))
        AS leg (account, amount)
), promised AS (
    INSERT INTO accounts_outboxentry (handler, arguments, key, created_at, due_at, attempts, error)
    SELECT 'floor', '{}'::jsonb, 'floor:' || n || ':' || done.id, now(), now(), 0, ''
    FROM done, generate_series(1, 3) AS n
), told AS (
    INSERT INTO accounts_notification (public_id, user_id, kind, data, url, key, created_at)
    SELECT %(intent)s, seller_id, 'sale', '{}'::jsonb, '/sell/', 'sale:' || line.id, now() FROM line
)
INSERT INTO accounts_activity (actor_id, verb, object_type, object_id, object_label, reason, data, created_at)
SELECT %(buyer)s, verb, 'order', done.id, '', '', '{}'::jsonb, now()
FROM done, (VALUES ('order.fulfilled'), ('entitlement.granted')) AS acts (verb)
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=200, help="of one side in one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--schema", default="", help="a dump of a migrated database, to be quicker")
    parser.add_argument("--events", type=int, default=400, help="acknowledged by one process in one round")
    parser.add_argument("--waits", type=int, default=40, help="payments on an idle market")
    return parser.parse_args()


def place(listings: list[Any], count: int, tag: str) -> list[int]:
    """Pending orders with one line each, made in bulk: placing them is not what is measured."""
    from datetime import timedelta

    from common import clock
    from payments.models import Order, OrderLine
    from tests.factories.accounts import User

    now = clock.now()
    people = User.objects.bulk_create(User(email=f"{tag}-{n}@example.com", name="Buyer") for n in range(count))
    orders = Order.objects.bulk_create(
        Order(buyer=person, subtotal=499, total=499, email=person.email, expires_at=now + timedelta(hours=1))
        for person in people
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            listing=listing,
            version=listing.approved.version,
            seller=listing.seller,
            title=listing.title,
            list_price=499,
            price=499,
            commission_bps=2000,
            commission=100,
            seller_share=399,
        )
        for number, order in enumerate(orders)
        for listing in [listings[number % len(listings)]]
    )
    return [order.pk for order in orders]


def deliver(orders_: list[int]) -> None:
    """What a worker does once Stripe has said that the money is there."""
    from payments import gateway, orders

    for pk in orders_:
        payment = gateway.Payment(
            session=f"cs_{pk}",
            order="",
            status="complete",
            paid=True,
            amount=499,
            tax=0,
            currency="usd",
            payment_intent=f"pi_{pk}",
            charge=f"ch_{pk}",
            fee=44,
            card_fingerprint="",
            failed=False,
        )
        orders.mark_paid(pk, payment)
        orders.fulfil(pk)


def deliver_bare(orders_: list[int]) -> None:
    from django.db import connection, transaction

    from payments.models import Account, OrderLine

    owners = dict(OrderLine.objects.filter(order__in=orders_).values_list("order_id", "order__buyer_id"))
    sellers = dict(OrderLine.objects.filter(order__in=orders_).values_list("order_id", "seller_id"))
    kinds = {kind: pk for pk, kind in Account.objects.filter(user=None).values_list("pk", "kind")}
    own = dict(Account.objects.filter(kind="seller").values_list("user_id", "pk"))
    for pk in orders_:
        values = {
            "order": pk,
            "intent": f"pi_{pk}",
            "charge": f"ch_{pk}",
            "buyer": owners[pk],
            "stripe": kinds["stripe"],
            "fees": kinds["stripe_fees"],
            "commission": kinds["commission"],
            "seller": own[sellers[pk]],
        }
        for statement in (FLOOR_PAID, FLOOR_DONE):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT id FROM payments_order WHERE id = %s FOR NO KEY UPDATE", [pk])
                cursor.execute(statement, values)


def _work(act: Callable[[list[int]], None], orders_: list[int], ready: Any, go: Any) -> None:
    from django.db import connection

    connection.close()  # of the parent's
    connection.ensure_connection()
    ready.release()
    go.wait()
    act(orders_)


def timed(act: Callable[[list[int]], None], orders_: list[int], many: int) -> tuple[float, float]:
    """Orders a second by so many processes, from a common start to the end of the last; our processor time for one."""
    from django.db import connection

    connection.close()
    fork = multiprocessing.get_context("fork")
    ready, go = fork.Semaphore(0), fork.Event()
    parts = [orders_[number::many] for number in range(many)]
    processes = [fork.Process(target=_work, args=(act, part, ready, go)) for part in parts]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    used, began = _used(), time.perf_counter()
    go.set()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("a process ended badly")
    return len(orders_) / (time.perf_counter() - began), (_used() - used) / len(orders_)


def _used() -> float:
    """Processor time of processes that ended; the database's is not in it."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_children.ru_utime + of_children.ru_stime


def statements(listings: list[Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    (order,) = place(listings, 1, "counted")
    with CaptureQueriesContext(connection) as captured:
        deliver([order])
    return len([query for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT"))])


def main() -> int:
    options = arguments()
    ports = free_port(), free_port()
    folder = stage.prepare(*ports)
    try:
        stage.open_market(options.schema)
        measure(options)
        promptness.waits(folder, ports, options.waits)
        promptness.acknowledging(rounds=options.rounds, count=options.events, many=options.processes)
    finally:
        stage.clear(folder)
    return 0


def measure(options: argparse.Namespace) -> None:
    """Print deliveries as a share of the floor."""
    from payments import reconcile
    from tests.factories.marketplace import ListingFactory

    listings = [ListingFactory(live=True, price=499) for _ in range(10)]
    deliver(place(listings, 10, "warm"))  # opens the accounts
    rates: dict[str, list[tuple[float, float]]] = {"product": [], "one hot listing": [], "floor": []}
    for number in range(options.rounds):
        for name, act, among in [
            ("product", deliver, listings),
            ("floor", deliver_bare, listings),
            ("one hot listing", deliver, listings[:1]),
        ]:
            orders_ = place(among, options.orders, f"{name.replace(' ', '')}{number}")
            rates[name].append(timed(act, orders_, options.processes))
    middle = {name: statistics.median(one for one, _ in found) for name, found in rates.items()}
    for name, found in rates.items():
        used = statistics.median(one for _, one in found)
        each = " ".join(f"{one:.0f}" for one, _ in found)
        print(f"{name:>16}: {middle[name]:8.1f} a second  {each}; {used * 1000:.1f} ms of our processor time for one")
    print(f"product ÷ floor: {middle['product'] / middle['floor']:.3f}  (goal 0.20)")
    print(f"hot ÷ spread:    {middle['one hot listing'] / middle['product']:.3f}  (goal 0.80)")
    print(f"statements for one order: {statements(listings)}")
    off = [one for one in reconcile.differences(with_stripe=False) if one.rule == "I1"]
    print(f"differences in the books: {len(off)}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
