"""Delivers events to their endpoints, signed, and again until somebody answers 2xx."""

# ruff: noqa: S608 - the pieces of SQL are our own words; what callers give is always bound.

import hashlib
import hmac
import http.client
import json
import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from payments.sandbox import faults, journal
from payments.sandbox.clock import Clock
from payments.sandbox.store import Record, Store, Transaction
from payments.sandbox.work import DAY

log = logging.getLogger("payments.sandbox")
TIMEOUT = 20.0
GIVE_UP_AFTER = 3 * DAY
BACK_OFF = (1, 2, 5, 10, 30, 60, 120, 300, 900, 1_800, 3_600)
BATCH = 200


class Parcel(NamedTuple):
    """One delivery on its way."""

    number: int
    event: str
    kind: str
    endpoint: str
    url: str
    secret: str
    body: str
    attempts: int


@dataclass
class Receipt:
    """How a try ended; status 0 is no answer."""

    parcel: Parcel
    status: int
    note: str
    state: str
    next_at: float = 0.0


def sign(body: bytes, secret: str, moment: int) -> str:
    """The Stripe-Signature header: a fresh time and the HMAC of time and body."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mac}"


def send(url: str, body: bytes, secret: str) -> tuple[int, str]:
    """One POST; the answer's status and beginning, or 0 and the reason why there is none."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.netloc, timeout=TIMEOUT)
        try:
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Stripe-Signature": sign(body, secret, int(time.time())),
            }
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            return response.status, response.read(2_000).decode("utf-8", "replace")
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return 0, f"{type(problem).__name__}: {problem}"


class Courier:
    """A dispatcher that looks for what is due, and some senders. Nothing is forgotten when the process dies."""

    def __init__(self, store: Store, clock: Clock, records: journal.Journal, senders: int = 8) -> None:
        self.store, self.clock, self.journal = store, clock, records
        self.senders = senders
        self.woken = threading.Event()
        self.stopping = threading.Event()
        self.out: queue.Queue[Parcel | None] = queue.Queue()
        self.done: queue.SimpleQueue[Receipt] = queue.SimpleQueue()
        self.under_way: set[int] = set()
        self.held_until: dict[int, float] = {}
        self.judged: set[int] = set()
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        names = [("courier", self.dispatch)] + [(f"sender-{number}", self.deliver) for number in range(self.senders)]
        for name, target in names:
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        self.stopping.set()
        self.woken.set()
        for _ in range(self.senders):
            self.out.put(None)
        for thread in self.threads:
            thread.join(timeout=1)
        self.book()

    def wake(self) -> None:
        self.woken.set()

    def idle(self) -> bool:
        """Whether nothing is due or on its way."""
        with self.store.read() as rows:
            due = rows.one("SELECT 1 FROM deliveries WHERE state = 'waiting' AND next_at <= ?", [time.time()])
        return not due and not self.under_way and self.done.empty()

    # -- the dispatcher

    def dispatch(self) -> None:
        while not self.stopping.is_set():
            try:
                self.book()
                wait = self.load()
            except Exception:
                log.exception("The courier stumbled.")
                wait = 1.0
            self.woken.wait(wait)
            self.woken.clear()

    def load(self) -> float:
        """Hands what is due to the senders; returns how long nothing else will be."""
        now = time.time()
        with self.store.read() as rows:
            found = rows.execute(
                "SELECT id, event, endpoint, attempts FROM deliveries WHERE state = 'waiting' AND next_at <= ? "
                f"ORDER BY next_at, id LIMIT {BATCH + len(self.under_way)}",
                [now],
            ).fetchall()
            fresh = [row for row in found if row[0] not in self.under_way]
            parcels = [self.pack(rows, *row) for row in fresh]
            later = rows.one("SELECT min(next_at) FROM deliveries WHERE state = 'waiting' AND next_at > ?", [now])
        for row, parcel in zip(fresh, parcels, strict=True):
            if parcel is None:
                self.forget(row[0])
            else:
                self.judge(parcel)
        if len(fresh) >= BATCH:
            return 0.005
        return min(1.0, max(0.005, later - now)) if later else 1.0

    def pack(self, rows: Transaction, identifier: int, event: str, endpoint: str, attempts: int) -> Parcel | None:
        receiver = rows.find(endpoint)
        row = rows.execute("SELECT body, type FROM events WHERE id = ?", [event]).fetchone()
        if receiver is None or row is None:
            return None
        body = outgoing(row[0])
        return Parcel(identifier, event, row[1], endpoint, receiver["url"], receiver["_secret"], body, attempts)

    def judge(self, parcel: Parcel) -> None:
        """Lets a fault rule have its way with a first try, or sends it."""
        rule = None
        if parcel.number not in self.judged and parcel.attempts == 0:
            rule = faults.current.for_delivery(parcel.kind, parcel.url)
        self.under_way.add(parcel.number)
        if rule is None:
            self.out.put(parcel)
            return
        self.judged.add(parcel.number)
        if rule.action != "duplicate":
            self.note(parcel, fault=rule.action)
        if rule.action == "drop":
            self.done.put(Receipt(parcel, 0, "dropped by a rule", "dropped"))
            self.woken.set()
        elif rule.action in ("delay", "reorder"):
            wait = rule.seconds or 2.0
            if rule.action == "reorder":
                wait *= rule.dice.random()
            self.done.put(Receipt(parcel, 0, f"{rule.action} by a rule", "waiting", time.time() + wait))
            self.woken.set()
        elif rule.action == "fail":
            next_at = time.time() + BACK_OFF[0]
            self.done.put(Receipt(parcel, rule.status or 500, "failed by a rule", "waiting", next_at))
            self.woken.set()
        else:
            for _ in range(rule.copies):
                self.out.put(parcel._replace(number=-parcel.number))
            self.out.put(parcel)

    def forget(self, identifier: int) -> None:
        with self.store.write() as rows:
            rows.execute("DELETE FROM deliveries WHERE id = ?", [identifier])

    # -- the senders

    def deliver(self) -> None:
        while (parcel := self.out.get()) is not None:
            started = time.perf_counter()
            body = parcel.body.encode()
            status, note = send(parcel.url, body, parcel.secret)
            took = (time.perf_counter() - started) * 1000
            self.note(parcel, status=status, ms=took, fault="duplicate" if parcel.number < 0 else "", response=note)
            if parcel.number > 0:
                self.done.put(self.receipt(parcel, status, note))
                self.woken.set()

    def note(self, parcel: Parcel, **details: Any) -> None:
        self.journal.add(
            journal.Entry(
                moment=self.clock.now(),
                kind="delivery",
                method="POST",
                path=parcel.url,
                key=parcel.kind,
                reference=parcel.event,
                request=parcel.body,
                **details,
            )
        )

    def receipt(self, parcel: Parcel, status: int, note: str) -> Receipt:
        if 200 <= status < 300:
            return Receipt(parcel, status, "", "delivered")
        wait = BACK_OFF[min(parcel.attempts, len(BACK_OFF) - 1)]
        spent = sum(BACK_OFF[: parcel.attempts]) + max(0, parcel.attempts - len(BACK_OFF)) * BACK_OFF[-1]
        state = "failed" if spent > GIVE_UP_AFTER else "waiting"
        return Receipt(parcel, status, note[:500], state, time.time() + wait)

    def book(self) -> None:
        """Writes down how the tries ended, many in one transaction."""
        if self.done.empty():
            return
        ended: list[int] = []
        with self.store.write() as rows:
            while not self.done.empty():
                receipt = self.done.get()
                ended.append(receipt.parcel.number)
                tried = 0 if receipt.note.endswith("by a rule") and receipt.status == 0 else 1
                rows.execute(
                    "UPDATE deliveries SET state = ?, attempts = attempts + ?, next_at = ?, answered = ?, note = ? "
                    "WHERE id = ?",
                    [
                        receipt.state,
                        tried,
                        receipt.next_at,
                        receipt.status or None,
                        receipt.note,
                        receipt.parcel.number,
                    ],
                )
                if receipt.state != "waiting":
                    self.judged.discard(receipt.parcel.number)
        self.under_way.difference_update(ended)


def outgoing(body: str) -> str:
    """A thin event leaves without what only its reader may fetch."""
    if not body.startswith('{"id":"evt_test_'):
        return body
    event: Record = json.loads(body)
    for name in ("changes", "data"):
        event.pop(name, None)
    return json.dumps(event, separators=(",", ":"))


def kick(rows: Transaction) -> int:
    """Makes every waiting delivery due now."""
    return rows.execute("UPDATE deliveries SET next_at = ? WHERE state = 'waiting'", [time.time()]).rowcount


def resend(rows: Transaction, event: str) -> int:
    """Sends an event again to every endpoint that was to have it."""
    return rows.execute(
        "UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = ? WHERE event = ?", [time.time(), event]
    ).rowcount
