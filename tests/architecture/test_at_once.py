"""Every call of the API that changes something, sent many times at one instant under one key: one effect, one answer.

PROMPTUARY_DUPLICATES in the environment says how many times; fifty take some minutes. The calls come from the table of
who may, which a call that is not in it fails (test_once.py).
"""

import os

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.api import idempotency
from common import throttle
from tests import plumbing
from tests.accounts.test_outbox import at_once
from tests.architecture import table, world
from tests.architecture.calls import send
from tests.architecture.test_once import acts
from tests.architecture.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
DUPLICATES = int(os.environ.get("PROMPTUARY_DUPLICATES", "3"))
# Who calls leaves a trace there whatever the call does.
ASIDE = {"django_session", "usersessions_usersession", "accounts_idempotentcall"}


@pytest.fixture
def made(sandbox, monkeypatch):
    monkeypatch.setattr(throttle, "_ask", lambda *_args: (1, 1, 0, 0))
    # On a busy machine the first of fifty may take its time; the others are to hear its answer all the same.
    monkeypatch.setattr(idempotency, "PATIENCE", 100)
    return world.make(sandbox)


def test_each_has_one_effect_and_one_answer(made):
    wrong = []
    with psycopg.connect(plumbing.address(connection.settings_dict["NAME"], owner=True), autocommit=True) as keeper:
        kept = Kept(keeper)
        for row, kind in acts():
            with transaction.atomic():
                send(made, kind, row)
                expected = effect(connection.cursor(), kept)
                transaction.set_rollback(True)
            answers = _many(made, row, kind)
            found = effect(keeper, kept)
            different = {(answer.status_code, answer.content) for answer in answers}
            if found != expected or len(different) != 1 or answers[0].status_code >= 300:
                wrong.append((row.verb, row.address, kind, different, expected, found))
            kept.restore()

    assert wrong == []
    # Who is erased hears it, or finds the door shut: there is nobody left to repeat the answer to.
    answers = _many(made, table.Row("DELETE", "/api/v1/me/", ()), "moderator")
    assert 204 in {answer.status_code for answer in answers} <= {204, 401}
    made.people["moderator"].refresh_from_db()
    assert made.people["moderator"].erased_at is not None


def _many(made, row, kind):
    return at_once(DUPLICATES, lambda: send(_twin(made, kind), kind, row, **key(row)))


def key(row):
    return {"Idempotency-Key": f"{row.verb}{row.address}".replace(" ", "")}


def _twin(made, kind):
    """The same person on another connection: test clients are not shared by threads."""
    client = Client(raise_request_exception=False)
    client.cookies = made.clients[kind].cookies.copy()
    return World(made.people, {kind: client}, made.things)


class Kept:
    """The rows of a moment, to go back to; needs a superuser, because the ledger lets nobody else delete."""

    def __init__(self, keeper):
        self.keeper = keeper
        found = keeper.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1"
        )
        self.columns = {name: columns for name, columns in found if name not in ASIDE}
        self.sizes = counted(keeper, self.columns)
        keeper.execute("CREATE SCHEMA before")
        for name in self.columns:
            keeper.execute(f'CREATE UNLOGGED TABLE before."{name}" AS TABLE public."{name}"')
        self.since = self._now()

    def restore(self):
        self.keeper.execute("SET session_replication_role = replica")
        for name in changed(self.keeper, self):
            self.keeper.execute(f'DELETE FROM public."{name}"')
            columns = self.columns[name]
            self.keeper.execute(f'INSERT INTO public."{name}" ({columns}) SELECT {columns} FROM before."{name}"')
        self.since = self._now()

    def _now(self):
        return self.keeper.execute("SELECT txid_current()").fetchone()[0]


def effect(cursor, kept):
    """Table → how many rows came or went, and how many were written, since the moment that is kept."""
    return changed(cursor, kept)


def counted(cursor, tables):
    parts = [f"SELECT '{name}', count(*) FROM public.\"{name}\"" for name in tables]
    return dict(cursor.execute(" UNION ALL ".join(parts)).fetchall())


def changed(cursor, kept):
    parts = [
        f"SELECT '{name}' AS name, count(*) - {kept.sizes[name]} AS more,"
        f' count(*) FILTER (WHERE xmin::text::bigint > {kept.since % 2**32}) AS written FROM public."{name}"'
        for name in kept.columns
    ]
    rows = cursor.execute(" UNION ALL ".join(parts)).fetchall()
    return {name: (more, written) for name, more, written in rows if more or written}
