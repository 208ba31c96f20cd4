"""Every call of the API that changes something, from the table of who may: once under one key, whatever happens.

Many at the same instant are test_at_once.py's business.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.api import idempotency
from accounts.api.door import Door
from common import clock, throttle
from config import openapi
from tests.architecture import table, world
from tests.architecture.calls import send

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
KEY = {"Idempotency-Key": "once"}
# They speak to Stripe after their own commit: a repetition after a crash goes on where the first one died.
IN_TWO_PIECES = {"/api/v1/checkout/", "/api/v1/orders/{pending_order}/pay/", "/api/v1/seller/onboarding/"}


class Killed(BaseException):
    """The process is gone at this very point."""


def acts():
    """(row, kind): every mutating call with somebody whom it lets in."""
    for row in table.rows():
        # Whoever is erased has nobody left to repeat the call.
        if row.is_api and row.verb != "GET" and (row.verb, row.address) != ("DELETE", "/api/v1/me/"):
            kind = next((kind for kind, mark in zip(world.KINDS, row.marks, strict=True) if mark[0] == "2"), None)
            if kind is not None:
                yield row, kind


def test_every_mutating_call_is_among_them():
    told = {(verb.upper(), path) for path, verbs in openapi.document()["paths"].items() for verb in verbs}
    known = {(row.verb, openapi_path(row)) for row, _kind in acts()}

    assert {call for call in told - known if call[0] != "GET"} == {("DELETE", "/api/v1/me/")}


def openapi_path(row):
    """The address as the document writes it."""
    from django.urls import resolve

    route = resolve(row.address.format(**world.ABSENT)).route
    return "/" + route.replace("<slug:", "{").replace("<str:", "{").replace("<int:", "{").replace(">", "}")


def test_repeated_killed_and_misused(sandbox, monkeypatch):
    """Killed after the commit: the retry is given the first answer; then again; another body is refused."""
    monkeypatch.setattr(throttle, "_ask", lambda *_args: (1, 1, 0, 0))
    made = world.make(sandbox)
    wrong = []
    for row, kind in acts():
        before, cookies = transaction.savepoint(), made.clients[kind].cookies.copy()
        found = _story(made, row, kind, monkeypatch)
        transaction.savepoint_rollback(before)
        made.clients[kind].cookies = cookies
        if found != (True, True, 422):
            wrong.append((row.verb, row.address, kind, found))

    assert wrong == []


def _story(made, row, kind, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(Door, "finalize_response", _die)
        with pytest.raises(Killed):
            send(made, kind, row, **KEY)
    later = idempotency.LEASE + 1 if row.address in IN_TWO_PIECES else 0
    with clock.at(clock.now() + timedelta(seconds=later)):
        first = send(made, kind, row, **KEY)
        again = send(made, kind, row, **KEY)
        other = send(made, kind, table.Row(row.verb, row.address + "?other=1", ()), **KEY)
    is_same = (again.status_code, again.content) == (first.status_code, first.content)
    is_first = first.status_code < 300 and (later or first.headers.get("Idempotent-Replayed") == "true")
    return bool(is_first), is_same, other.status_code


def _die(*_args, **_kwargs):
    raise Killed
