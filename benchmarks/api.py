"""What calls of the API cost, in one run: python benchmarks/api.py [--rounds N].

Three things take turns within each round, so that a machine that slows down slows down all of them; only the ratios
count. The floor of the list is "the grid": one query with its joins, a cached template, a loop over 24 cards, behind no
middleware at all. The floor of a call is an empty view of REST framework behind the project's own middleware.

list      GET listings/, 24 rows, the whole way through the application; CPU of the web process, and p95: as it is
          asked again within seconds, and cold, when nothing of it was kept
checkout  POST checkout/ of one free listing somebody new does not hold yet, each undone afterwards; p95

It needs the demo (manage.py demo), leaves nothing behind, and runs with production settings without a server in front.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HOST = "api.example"
GOAL = 0.6  # of the grid's CPU
GRID = """{% load i18n %}{% load static %}<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Prompts</title>
<link rel="stylesheet" href="{% static "css/base.css" %}"></head><body><header><a href="{% url "home" %}">Promptuary</a>
<nav><a href="{% url "browse" %}">{% translate "Browse" %}</a>
<a href="{% url "cart" %}">{% translate "Cart" %}</a></nav>
</header><main><h1>{% translate "All prompts" %}</h1><div class="grid">{% for listing in listings %}
<article class="card">{% if listing.card.picture %}<img src="/media/{{ listing.card.picture.renditions.0.name }}"
 width="{{ listing.card.picture.width }}" height="{{ listing.card.picture.height }}" alt="{{ listing.title }}"
 loading="lazy">{% else %}<p class="excerpt">{{ listing.summary }}</p>{% endif %}
<h3><a href="{% url "listing" listing.slug %}">{{ listing.title }}</a></h3>
<p><span>{{ listing.model.name }}</span> <span>{{ listing.price|money:listing.currency }}</span></p>
<p><a href="{% url "seller" listing.seller.seller_profile.handle %}">{{ listing.seller.seller_profile.name }}</a>
{% if listing.rating_count %}<span title="{% translate "Rating" %}">{{ listing.rating_average|floatformat:1 }}
 ({{ listing.rating_count }})</span>{% endif %}</p></article>{% endfor %}</div></main>
<footer>{% translate "Terms" %}</footer></body></html>"""

Ask = Callable[[], None]


def prepare() -> None:
    from config import env, services

    env.load()
    services.start()
    secrets = services.var() / "secrets"
    os.environ |= {
        "DEBUG": "off",
        "PROMPTUARY_PROCESS": "web",
        "SITE_URL": f"http://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "SECURE_SSL_REDIRECT": "off",
        "LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    otherwise = {
        "DATABASE_URL": services.database_url(),
        "REDIS_URL": services.redis_url(9),
        "EMAIL_URL": "mailbox:",
        "STRIPE_SECRET_KEY": "sk_test_benchmark",
        "STRIPE_WEBHOOK_SECRET": "whsec_benchmark",
        "SECRET_KEY": (secrets / "secret_key").read_text().strip(),
        "PROMPT_KEYS": (secrets / "prompt_keys").read_text().strip(),
    }
    for name, value in otherwise.items():
        os.environ.setdefault(name, value)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    # Everything happens in one transaction that is undone at the end, so the connection has to stay.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    # Limits are counted as ever; nobody is to be stopped by them here.
    settings.API_WRITES_A_MINUTE = 10_000_000
    from payments import limits

    limits.CHECKOUTS = (10_000_000, 600)
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)


class Calls:
    """The whole way of a call through the application, as a server makes it."""

    def __init__(self) -> None:
        from django.core.handlers.wsgi import WSGIHandler

        self.handler = WSGIHandler()

    def call(self, method: str, path: str, status: int, secret: str = "", body: Any = None) -> Ask:
        from django.test import RequestFactory

        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Host": HOST, "Accept": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        request = RequestFactory().generic(method, path, sent, content_type="application/json", headers=headers)
        environ = request.environ | {"REMOTE_ADDR": "192.0.2.1"}
        environ.pop("wsgi.input")

        def ask() -> None:
            from io import BytesIO

            said: list[str] = []
            answer = self.handler(environ | {"wsgi.input": BytesIO(sent)}, lambda line, _headers: said.append(line))
            content = b"".join(answer)
            answer.close()
            assert said[0].startswith(str(status)), (method, path, said[0], content[:300])

        return ask


def grid() -> Ask:
    from django.http import HttpRequest, HttpResponse
    from django.template import engines

    from marketplace.models import Listing

    template = engines["django"].from_string("{% load ui %}" + GRID)

    def view(request: HttpRequest) -> HttpResponse:
        listings = Listing.objects.filter(status="live").select_related("seller__seller_profile", "model")
        return HttpResponse(template.render({"listings": listings.order_by("-trending", "-pk")[:24]}))

    def ask() -> None:
        assert len(view(HttpRequest()).content) > 4000

    return ask


def cold(ask: Ask) -> Ask:
    """The same with nothing kept of what was answered before."""

    def ask_anew() -> None:
        from django.conf import settings

        kept, settings.PAGE_SECONDS = settings.PAGE_SECONDS, 0
        ask()
        settings.PAGE_SECONDS = kept

    return ask_anew


def empty_view() -> str:
    """An address with a view of REST framework that says nothing, for anybody; behind the project's middleware."""
    from django.urls import path
    from rest_framework.permissions import AllowAny
    from rest_framework.renderers import JSONRenderer
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from config import urls

    class Empty(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)
        throttle_classes = ()
        renderer_classes = (JSONRenderer,)

        def get(self, request: Any) -> Response:
            return Response({})

    urls.urlpatterns.insert(0, path("benchmark/empty/", Empty.as_view()))
    return "/benchmark/empty/"


class Checkout:
    """One free listing bought by somebody who gives it back at once, outside the clock."""

    def __init__(self, calls: Calls) -> None:
        from accounts import security
        from accounts.models import User
        from marketplace.models import Listing

        listing = Listing.objects.live().filter(price=0).order_by("pk").first() or Listing.objects.live().first()
        assert listing is not None, "The demo is not there: run manage.py demo first."
        self.buyer = User.objects.create_user("benchmark@api.example")
        _token, secret = security.issue_token(self.buyer, name="Benchmark", scopes=["read", "library"])
        self.ask = calls.call("POST", "/api/v1/checkout/", 201, secret, {"listings": [listing.slug]})


def measured(asks: dict[str, Ask], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of CPU and of the clock for each call, in turns; every call in a transaction that is undone."""
    from django.db import transaction

    found: dict[str, dict[str, list[float]]] = {name: {"cpu": [], "wall": []} for name in asks}
    for turn in range(rounds + 3):
        for name, ask in asks.items():
            with transaction.atomic():
                before = transaction.savepoint()
                wall, cpu = time.perf_counter(), time.process_time()
                ask()
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                transaction.savepoint_rollback(before)
            if turn >= 3:
                found[name]["cpu"].append(cpu)
                found[name]["wall"].append(wall)
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    prepare()
    from django.db import transaction

    calls = Calls()
    empty = calls.call("GET", empty_view(), 200)
    with transaction.atomic():
        checkout = Checkout(calls)
        asks = {
            "grid": grid(),
            "empty": empty,
            "list": calls.call("GET", "/api/v1/listings/", 200),
            "list, cold": cold(calls.call("GET", "/api/v1/listings/", 200)),
            "checkout": checkout.ask,
        }
        found = measured(asks, rounds)
        transaction.set_rollback(True)
    for name, times in found.items():
        cpu, wall = statistics.median(times["cpu"]), p95(times["wall"])
        print(f"{name:<10} CPU {cpu * 1000:7.2f} ms   p95 {wall * 1000:7.2f} ms")
    for name in ("list", "list, cold"):
        share = statistics.median(found[name]["cpu"]) / statistics.median(found["grid"]["cpu"])
        verdict = "reached" if share <= GOAL else "missed"
        print(f"{name}: {share:.2f} of the grid's CPU (goal {GOAL}: {verdict})")
    floor = p95(found["empty"]["wall"])
    print(f"list: p95 {p95(found['list']['wall']) / floor:.1f} times an empty view of REST framework")
    print(f"checkout: p95 {p95(found['checkout']['wall']) / floor:.1f} times an empty view of REST framework")


if __name__ == "__main__":
    main()
