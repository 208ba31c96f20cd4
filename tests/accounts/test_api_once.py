"""A call with an Idempotency-Key happens once, on a view that counts."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.api import idempotency
from accounts.models import IdempotentCall
from common import clock
from tests.accounts.test_outbox import at_once
from tests.accounts.urls import Counter
from tests.factories.accounts import UserFactory, bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture(autouse=True)
def fresh_counter():
    Counter.ran.clear()
    Counter.wait = Counter.fail = None


def count(client, user, body, key, **headers):
    return client.post(
        "/api/count/",
        json.dumps(body),
        content_type="application/json",
        headers={**bearer_once(user), "Idempotency-Key": key, **headers},
    )


_tokens: dict[int, dict[str, str]] = {}


def bearer_once(user):
    if not user.api_tokens.exists():
        _tokens[user.pk] = bearer(user)
    return _tokens[user.pk]


class TestOnlyOnce:
    def test_the_same_key_gives_the_same_answer(self, client):
        user = UserFactory()

        first = count(client, user, {"a": 1}, "k")
        again = count(client, user, {"a": 1}, "k")

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        assert again.headers["Location"] == "/x"
        assert again.headers["Content-Type"] == first.headers["Content-Type"]
        assert again.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first.headers
        assert Counter.ran == [{"a": 1}]

    def test_another_body_is_refused(self, client):
        user = UserFactory()
        count(client, user, {"a": 1}, "k")

        answer = count(client, user, {"a": 2}, "k")

        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency_key_reused"
        assert Counter.ran == [{"a": 1}]

    def test_keys_of_two_people_are_two_keys(self, client):
        count(client, UserFactory(), {"a": 1}, "k")
        count(client, UserFactory(), {"a": 2}, "k")

        assert Counter.ran == [{"a": 1}, {"a": 2}]

    @pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9"])
    def test_a_bad_key_is_refused(self, client, key):
        assert count(client, UserFactory(), {}, key).status_code == 400
        assert Counter.ran == []

    def test_a_longest_key_is_taken(self, client):
        assert count(client, UserFactory(), {}, "x" * 255).status_code == 201

    def test_without_the_key_each_call_counts(self, client):
        headers = bearer(UserFactory())
        for _ in range(2):
            client.post("/api/count/", "{}", content_type="application/json", headers=headers)

        assert len(Counter.ran) == 2

    def test_a_crash_lets_the_next_attempt_in(self, client):
        user = UserFactory()
        Counter.fail = RuntimeError("broken")
        with pytest.raises(RuntimeError):
            count(client, user, {}, "k")

        Counter.fail = None
        assert count(client, user, {}, "k").status_code == 201

    def test_a_server_killed_in_the_middle_lets_the_next_in_after_the_lease(self, client, monkeypatch):
        monkeypatch.setattr(idempotency, "PATIENCE", 0)
        user = UserFactory()
        Counter.fail = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            count(client, user, {}, "k")
        Counter.fail = None

        waiting = count(client, user, {}, "k")
        assert waiting.status_code == 409
        assert 0 < int(waiting.headers["Retry-After"]) <= idempotency.LEASE + 2

        with clock.at(clock.now() + timedelta(seconds=idempotency.LEASE + 1)):
            assert count(client, user, {}, "k").status_code == 201

    def test_answers_are_kept_encrypted(self, client):
        user = UserFactory()
        answer = count(client, user, {"a": 1}, "k")

        row = IdempotentCall.objects.get()
        assert answer.json()["key"] not in str(row.body)
        assert row.status == 201

    def test_a_secret_in_an_answer_stands_nowhere_in_the_table(self, client):
        user = UserFactory()
        answer = client.post(
            "/api/v1/me/tokens/",
            {"name": "bot", "scopes": ["read"]},
            content_type="application/json",
            headers={**bearer(user), "Idempotency-Key": "k"},
        )

        assert answer.status_code == 201
        assert answer.json()["token"] not in str(list(IdempotentCall.objects.values()))


@pytest.mark.django_db(transaction=True)
class TestFiftyAtOnce:
    @pytest.fixture(autouse=True)
    def patient(self, monkeypatch):
        """A busy machine may need longer for fifty calls than a caller should be kept waiting."""
        monkeypatch.setattr(idempotency, "PATIENCE", 90.0)

    def test_one_runs_and_the_others_get_its_answer(self):
        user = UserFactory()
        headers = {**bearer(user), "Idempotency-Key": "k"}

        def call():
            return Client().post("/api/count/", {"a": 1}, content_type="application/json", headers=headers)

        answers = at_once(50, call)

        statuses = sorted(answer.status_code for answer in answers)
        assert len(Counter.ran) == 1
        assert set(statuses) == {201}
        assert len({answer.content for answer in answers}) == 1
        assert call().headers["Idempotent-Replayed"] == "true"

    def test_without_the_key_all_fifty_run(self):
        headers = bearer(UserFactory())

        def call():
            return Client().post("/api/count/", {}, content_type="application/json", headers=headers)

        answers = at_once(50, call)

        # Each that was answered has run; whom a full database turned away has not.
        ran = [answer for answer in answers if answer.status_code == 201]
        assert len(Counter.ran) == len(ran) > 1
        assert {answer.status_code for answer in answers} <= {201, 503}
