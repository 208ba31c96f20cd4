"""The market that a benchmark works on: its processes, its people, and what those do through its own doors."""

import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from accounts import outbox
from accounts.models import OutboxEntry, User
from benchmarks import stage
from config import services
from payments import claims, gateway, ledger, payout_accounts, tasks
from payments.models import Claim, Order, StripeEvent
from tests import processes
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory, token
from tests.factories.marketplace import ListingFactory

MOMENTARY = (
    OperationalError,
    InterfaceError,
    RedisError,
    BrokerError,
    gateway.Away,
    OSError,
    http.client.HTTPException,
)
CARD = "4242424242424242"
BEHIND = 600  # promises and events
PRICES = (300, 499, 999, 1501, 2500)
T = TypeVar("T")


def stubborn(act: Callable[[], T], seconds: float = 90) -> T:
    """Try again while databases and networks come and go, as a client of flesh and blood would."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except MOMENTARY:
            if time.monotonic() > deadline:
                raise
            close_old_connections()
            if connection.connection is not None and connection.errors_occurred:
                connection.close()
            time.sleep(0.2)


class Market:
    def __init__(self, folder: Path, ports: list[int], options: Any) -> None:
        told = stage.surroundings()
        self.folder = folder
        self.sandbox = processes.Sandbox(
            ports[0], options.webhook_port or ports[1], stage.SECRET, folder, journal=5_000_000
        )
        self.webs = {f"web{n}": _site(port, told, folder / f"web{n}") for n, port in enumerate(ports[1:])}
        self.workers = {f"worker{n}": _worker(told, folder / f"worker{n}") for n in range(options.workers)}
        self.beat = None if options.no_beat else stage.beat(folder)
        self.patience = options.slowest_start
        self.lines = threading.local()
        # Whoever is started ends with the thread that started it, not only with its process: these threads stay.
        self.nurse = ThreadPoolExecutor(len(self._processes()))
        self.lock = threading.RLock()
        self.rising: set[processes.Process] = set()
        self.round = itertools.count()
        self.buyers: list[tuple[User, str]] = []
        self.slugs: list[str] = []
        self.sellers: list[int] = []
        self.paid: list[str] = []  # order numbers
        self.contested: set[str] = set()
        self.used: dict[int, list[str]] = {}

    # ---- Processes ---------------------------------------------------------------------------------------------------
    def start(self) -> None:
        list(self.nurse.map(processes.Process.start, self._processes()))

    def stop(self) -> None:
        for process in reversed(self._processes()):
            process.stop()

    def _processes(self) -> list[processes.Process]:
        return [self.sandbox, *self.webs.values(), *self.workers.values(), *([self.beat] if self.beat else [])]

    def victims(self) -> list[str]:
        return [*self.webs, *self.workers, *self.workers, *(["beat"] if self.beat else []), "redis", "postgres"]

    def kill(self, name: str) -> bool:
        """As a power cut would; what was killed comes up again at once. False while it is still coming up."""
        if name in {"redis", "postgres"}:
            pids = services.state().get("pids")
            if isinstance(pids, dict) and (pid := pids.get("database" if name == "postgres" else "redis")):
                with contextlib.suppress(ProcessLookupError):  # it is still coming up from the last time
                    os.kill(int(pid), signal.SIGKILL)
            return True
        process = {**self.webs, **self.workers, **({"beat": self.beat} if self.beat else {})}[name]
        with self.lock:
            if process in self.rising or process.running is None or process.running.poll() is not None:
                return False
            self.rising.add(process)
        process.kill()
        self.nurse.submit(self._raise, process)
        return True

    def _raise(self, process: processes.Process) -> None:
        try:
            process.start()
        except AssertionError:
            process.start()  # it met a database that was killed as well
        finally:
            with self.lock:
                self.rising.discard(process)

    def revive(self) -> int:
        """What ended by itself (a clock that met a Redis still reading its file) starts again, as `bin/up` would."""
        with self.lock:
            dead = [
                one
                for one in self._processes()
                if one not in self.rising and one.running and one.running.poll() is not None
            ]
            self.rising.update(dead)
        for process in dead:
            self.nurse.submit(self._raise, process)
        return len(dead)

    def say_last_words(self) -> None:
        """What each process logged at the end, when the run itself breaks."""
        for process in self._processes():
            code = process.running.poll() if process.running else "stopped"
            print(f"── {process.name} ({code}):\n{process.said()[-1500:]}", file=sys.stderr)

    def calm(self) -> None:
        self.sandbox.control("_control/faults", "DELETE")
        processes.wait_until(lambda: not self.rising, "whatever was killed is up again", 2 * self.patience)
        self.start()
        for web in self.webs.values():
            processes.wait_until(web.ready, "the site answers", self.patience)

    def control(self, where: str, /, **values: Any) -> Any:
        """The sandbox's own controls; `values` are the body, a rule's `method` among them."""
        data = json.dumps(values).encode()
        address = f"{self.sandbox.url}/_control/{where}"
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    # ---- People and things -------------------------------------------------------------------------------------------
    def fill(self, options: Any) -> None:
        money = 100_000 + 2_000 * (options.disputes + options.refunds + 1)
        self.control("topup", amount=money, currency="usd")
        ledger.post("manual", "topup", "usd", [ledger.Leg("stripe", money), ledger.Leg("losses", -money)])
        self.moderator = ModeratorFactory()
        sellers = max(3, min(200, options.payouts // 10))
        for number in range(sellers):
            seller = SellerFactory(seller_profile__country="US")
            payout_accounts.set_up(seller, return_url="http://localhost/back", refresh_url="http://localhost/again")
            account = seller.payout_accounts.get()
            self.control(f"accounts/{account.stripe_id}/complete")
            payout_accounts.refresh_account(account.stripe_id or "")
            # Their money stays at Stripe, so that it can be taken back: banks are another story.
            listing = ListingFactory(live=True, seller=seller, price=PRICES[number % len(PRICES)])
            self.slugs.append(listing.slug)
            self.sellers.append(seller.pk)
        for _ in range(max(4, options.checkouts // 2)):
            buyer = UserFactory()
            self.buyers.append((buyer, token(buyer)))
        outbox.drain()

    # ---- What clients do ---------------------------------------------------------------------------------------------
    def act(self, name: str, chance: random.Random) -> str:
        try:
            return str(getattr(self, name.replace(" ", "_"))(chance))
        finally:
            connection.close()

    def buy(self, chance: random.Random) -> str:
        with self.lock:
            number = next(self.round) % len(self.buyers)
            basket = self._basket(number, chance)
        if not basket:
            return "nothing left"
        consents = {"immediate_delivery": True, "withdrawal_acknowledged": True} if chance.random() < 0.5 else None
        body = {"listings": basket} | ({"consents": consents} if consents else {})
        placed = self._call("POST", "checkout/", number, body, key=f"{chance.random()}")
        if placed is None or not placed.get("checkout_url"):
            return "refused"
        if chance.random() < 0.05:
            return "left"
        session = placed["checkout_url"].partition("/c/pay/")[2].partition("?")[0].partition("#")[0]
        if chance.random() < 0.05:
            self._pay(session, "4000000000000002")
        if not self._pay(session, CARD):
            return "page gone"
        with self.lock:
            self.paid.append(placed["order"])
        if chance.random() < 0.5:  # half of the buyers come back to the site, the others close the tab
            self._call("GET", f"orders/{placed['order']}/", number)
        return "paid"

    def _basket(self, number: int, chance: random.Random) -> list[str]:
        used = self.used.setdefault(number, [])
        left = [slug for slug in self.slugs if slug not in used]
        basket = chance.sample(left, min(len(left), chance.choice([1, 1, 1, 2])))
        used.extend(basket)
        return basket

    def _pay(self, session: str, card: str) -> bool:
        try:
            answer = stubborn(lambda: self.control(f"sessions/{session}/pay", card=card, email="buyer@example.com"))
        except urllib.error.HTTPError:
            return False
        return str(answer.get("result")) in {"paid", "complete", "succeeded"} or bool(answer.get("payment_intent"))

    def refund(self, chance: random.Random) -> str:
        order = self._delivered(chance)
        if order is None:
            return "nothing there"
        number = next(n for n, (buyer, _) in enumerate(self.buyers) if buyer.pk == order.buyer_id)
        waived = order.withdrawal_waived_at is not None
        body = {"reason": "broken", "words": "It answers with nothing."} if waived else {"reason": "withdrawal"}
        if self._call("POST", f"orders/{order.number}/refund/", number, body, key=f"{chance.random()}") is None:
            return "refused"

        def decide() -> None:
            open_ = Claim.objects.filter(line__order=order, state__in=[Claim.State.OPEN, Claim.State.ANSWERED])
            for claim in open_:
                claims.decide(claim, by=self.moderator, granted=True)

        try:
            stubborn(decide)
        except (claims.AtTheBank, claims.Decided):
            return "at the bank"
        return "granted"

    def dispute(self, chance: random.Random) -> str:
        order = self._delivered(chance)
        if order is None or not order.charge:
            return "nothing there"
        with self.lock:
            if order.number in self.contested:
                return "nothing there"
            self.contested.add(order.number)
        try:
            stubborn(lambda: self.control(f"charges/{order.charge}/dispute"))
        except urllib.error.HTTPError:
            return "refused"
        found = stubborn(lambda: gateway.disputes_of(order.payment_intent or ""))
        ending = chance.choice(["win", "lose", ""])
        if ending and found:
            time.sleep(chance.random())
            try:
                stubborn(lambda: self.control(f"disputes/{found[0].id}/{ending}"))
            except urllib.error.HTTPError:
                return "refused"
        return ending or "open"

    def pay_out(self, chance: random.Random) -> str:
        """The scheduler fires twice, and somebody presses the button as well."""
        seller = chance.choice(self.sellers)

        def ask() -> None:
            for _ in range(2):
                tasks.pay_out_seller.apply_async(kwargs={"seller_id": seller}, retry=False)

        stubborn(ask)
        return "asked"

    def breathe(self, deadline: float) -> None:
        """Waits while the workers are behind: more buyers than they can serve would only show that they cannot."""
        while time.monotonic() < deadline:
            with contextlib.suppress(*MOMENTARY):
                events = StripeEvent.objects.filter(state=StripeEvent.State.NEW).count()
                if events + OutboxEntry.objects.filter(done_at=None).count() < BEHIND:
                    return
            connection.close()
            time.sleep(1)

    def _delivered(self, chance: random.Random) -> Order | None:
        with self.lock:
            numbers = [number for number in self.paid if number not in self.contested]
        for _ in range(5):
            if not numbers:
                return None
            number = chance.choice(numbers)
            order = stubborn(lambda number=number: Order.objects.filter(number=number).first())  # type: ignore[misc]
            if order and order.status == Order.Status.FULFILLED and order.refunded < order.total:
                return order
        return None

    def _call(self, method: str, path: str, number: int, body: Any = None, key: str = "") -> Any:
        """One call of the API by a buyer, repeated with its key until it is answered; None when it is refused."""
        secret = self.buyers[number][1]
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        webs = itertools.cycle(self.webs)

        def ask() -> Any:
            status, answer = self._exchange(next(webs), method, f"/api/v1/{path}", data, headers)
            if status >= 500 or (status in {409, 429} and _may_pass(status, answer)):
                raise ConnectionError(status)
            try:
                return json.loads(answer) if status < 300 else None
            except json.JSONDecodeError as problem:
                raise ConnectionError("half an answer") from problem

        try:
            return stubborn(ask)
        except OSError:
            return None

    def _exchange(
        self, web: str, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Over this thread's line to that process, which stays open from call to call."""
        name = f"line_{web}"
        line = getattr(self.lines, name, None) or http.client.HTTPConnection(
            self.webs[web].url.partition("//")[2], timeout=60
        )
        try:
            line.request(method, path, data, headers)
            with line.getresponse() as answer:
                said = answer.status, answer.read()
        except BaseException:
            line.close()
            setattr(self.lines, name, None)
            raise
        setattr(self.lines, name, line)
        return said

    def faults_that_hit(self) -> Counter[str]:
        """What the journal of the sandbox says went wrong on purpose, by place."""
        hits: Counter[str] = Counter()
        after = 0
        while True:
            page = self.sandbox.control(f"_control/journal?after={after}&limit=5000", "GET")
            for line in page["lines"]:
                if line["fault"]:
                    hits[f"{line['method']} {_place(line)} {line['fault']}"] += 1
            if not page["lines"]:
                return hits
            after = page["lines"][-1]["seq"]


def _may_pass(status: int, answer: bytes) -> bool:
    """A key still in use, or a rate limit: worth another try. What is owned or disputed is not."""
    try:
        return status == 429 or str(json.loads(answer).get("type", "")).endswith("key_in_use")
    except ValueError:
        return True


def _place(line: dict[str, Any]) -> str:
    parts = str(line["path"]).partition("?")[0].split("/")
    if line["kind"] == "delivery":
        return "delivery"
    return "/".join(
        "*" if any(sign.isdigit() for sign in part) and part not in {"v1", "v2"} else part for part in parts
    )


def _site(port: int, told: dict[str, str], folder: Path) -> processes.Site:
    folder.mkdir()
    return processes.Site(port, told, folder)


def _worker(told: dict[str, str], folder: Path) -> processes.Worker:
    folder.mkdir()
    return processes.Worker(told, folder)
