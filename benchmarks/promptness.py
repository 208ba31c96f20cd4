"""How promptly webhooks are acknowledged, what was paid can be read, and what was published is found.

Acknowledgements go through the whole application but for the server's sockets, in processes that do nothing else, in
turns with a view of one SELECT and one INSERT behind the same middleware. The rest is measured on an idle market: web,
worker and sandbox as processes of their own.
"""

import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLAIN = "/plain/"
WEBHOOK = "/stripe/webhook/"
PATIENCE = 30.0  # seconds


def share(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


# ---- Acknowledgements ------------------------------------------------------------------------------------------------
def _requests(where: str, tag: str, count: int) -> list[dict[str, Any]]:
    import stripe
    from django.conf import settings
    from django.test import RequestFactory

    factory = RequestFactory(HTTP_HOST="localhost")
    made = []
    for number in range(count):
        thing = {"id": f"cs_{tag}_{number}", "object": "checkout.session", "metadata": {}}
        told = {"id": f"evt_{tag}_{number}", "object": "event", "type": "checkout.session.completed", "livemode": False}
        body = json.dumps(told | {"created": int(time.time()), "data": {"object": thing}})
        moment = int(time.time())
        signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body}", settings.STRIPE_WEBHOOK_SECRET)
        headers = {"Stripe-Signature": f"t={moment},v1={signature}"}
        made.append(factory.post(where, body, content_type="application/json", headers=headers).environ)
    return made


def _serve(where: str, tag: str, count: int, together: Any, answers: Any) -> None:
    from django.db import connection

    from config.wsgi import application

    connection.close()  # of the parent's

    def answer(environ: dict[str, Any]) -> None:
        said: list[str] = []
        response = application(environ, lambda status, _headers: said.append(status))
        b"".join(response)
        response.close()
        if said != ["200 OK"]:
            raise SystemExit(f"{where} answered {said}")

    for environ in _requests(where, f"warm{tag}", 20):
        answer(environ)
    took = []
    requests = _requests(where, tag, count)
    together.wait()
    used, began = time.process_time(), time.perf_counter()
    for environ in requests:
        start = time.perf_counter()
        answer(environ)
        took.append(time.perf_counter() - start)
    answers.put((count / (time.perf_counter() - began), (time.process_time() - used) / count, took))


def _served(where: str, tag: str, count: int, many: int) -> tuple[float, float, list[float]]:
    """Answers a second of all processes together, processor time of one answer, and how long each took."""
    from django.db import connection

    connection.close()
    fork = multiprocessing.get_context("fork")
    together, answers = fork.Barrier(many), fork.Queue()
    processes = [fork.Process(target=_serve, args=(where, f"{tag}{n}", count, together, answers)) for n in range(many)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    took = [second for *_, seconds in found for second in seconds]
    return sum(rate for rate, *_ in found), statistics.mean(used for _, used, _ in found), took


def acknowledging(*, rounds: int, count: int, many: int) -> None:
    """Print acknowledgements as a share of the plain view, by the clock and by our own processor time."""
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.plain"
    found: dict[str, list[tuple[float, float, list[float]]]] = {PLAIN: [], WEBHOOK: []}
    for number in range(rounds):
        for where, measured in found.items():
            measured.append(_served(where, f"{number}{'ap'[where == PLAIN]}", count, many))
    rate = {where: statistics.median(one for one, *_ in measured) for where, measured in found.items()}
    used = {where: statistics.median(one for _, one, _ in measured) for where, measured in found.items()}
    slow = {where: share([one for *_, took in measured for one in took], 0.99) for where, measured in found.items()}
    print(f"acknowledgements: {rate[WEBHOOK]:8.1f} a second; a view of one SELECT and one INSERT {rate[PLAIN]:.1f}")
    print(f"acknowledgements ÷ view: {rate[WEBHOOK] / rate[PLAIN]:.2f}  (goal 0.40)")
    print(f"  by processor time: {used[PLAIN] / used[WEBHOOK]:.2f}  ({used[WEBHOOK] * 1000:.2f} ms for one)")
    print(f"p99 under load ÷ the view's: {slow[WEBHOOK] / slow[PLAIN]:.2f}  ({slow[WEBHOOK] * 1000:.1f} ms)")


# ---- Waiting ---------------------------------------------------------------------------------------------------------
def _until(true: Callable[[], Any], what: str) -> float:
    """When it first was, to a millisecond or so."""
    deadline = time.time() + PATIENCE
    while not true():
        if time.time() > deadline:
            raise SystemExit(f"Not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.001)
    return time.time()


def waits(folder: Path, ports: tuple[int, int], count: int) -> None:
    """Print how long a buyer waits who paid, and a seller whose listing was approved, on an idle market."""
    from benchmarks import stage
    from tests import processes

    told = stage.surroundings()
    worker = processes.Worker(told, folder)
    worker.words += ["--include", "benchmarks.plain"]
    sandbox = processes.Sandbox(ports[0], ports[1], stage.SECRET, folder)
    beside = [sandbox, processes.Site(ports[1], told, folder), worker]
    try:
        for process in beside:
            process.start()
        _print_waits(sandbox, count)
    finally:
        for process in reversed(beside):
            process.stop()


def _print_waits(sandbox: Any, count: int) -> None:
    nothing, paid, published = [], [], []
    for number in range(-3, count):  # the first ones warm everything up
        idle, bought = _nothing(f"nothing:{number}"), _paid(sandbox)
        if number >= 0:
            nothing.append(idle)
            paid.append(bought)
            if number % 5 == 0:
                published.append(_published(number))
    slow, idle = share(paid, 0.95), statistics.median(nothing)
    slow_idle = share(nothing, 0.95)
    print(f"an idle task begins after {idle * 1000:.1f} ms (median), {slow_idle * 1000:.1f} (p95)")
    print(f"paid → readable: {statistics.median(paid) * 1000:.0f} ms (median), {slow * 1000:.0f} (p95)")
    print(f"paid → readable (p95) ÷ an idle task: {slow / idle:.1f}; ÷ its p95: {slow / slow_idle:.1f}  (goal 10)")
    print(f"published → found: {statistics.median(published):.2f} s, at most {max(published):.2f} s  (goal 2)")


def _nothing(mark: str) -> float:
    import redis
    from django.conf import settings

    from benchmarks import plain

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        sent = time.time()
        plain.nothing.apply_async(kwargs={"mark": mark})
        _until(lambda: client.llen(mark), "a worker does nothing")
        return float(client.lpop(mark)) - sent


def _paid(sandbox: Any) -> float:
    """From the moment the card is sent until the buyer holds what they bought; the event finds its own way."""
    from marketplace.models import Entitlement
    from tests.factories.payments import PendingOrder, control

    order = PendingOrder()
    time.sleep(0.2)  # what placing it gave the worker to do is done
    began = time.time()
    control(sandbox, f"sessions/{order.session_id}/pay", card="4242424242424242", email=order.email)
    held = Entitlement.objects.filter(owner=order.buyer_id, revoked_at=None)
    return _until(held.exists, "what was paid can be read") - began


def _published(number: int) -> float:
    from marketplace import moderation, search
    from tests.factories.accounts import ModeratorFactory
    from tests.factories.marketplace import ListingFactory, submitted

    word = f"zephyrine{number}"
    listing, moderator = ListingFactory(title=f"A {word} of the harbour"), ModeratorFactory()
    case = submitted(listing)

    def found() -> bool:
        return any(one.pk == listing.pk for one in search.find(search.Query(words=word)).results)

    began = time.time()
    moderation.decide(case, by=moderator, decision="approve")
    return _until(found, "what was published is found") - began
