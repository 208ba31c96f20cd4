"""The plumbing of the API: who calls, what they may, how often, and only once."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import people, security
from accounts.api import idempotency
from accounts.models import ApiToken, IdempotentCall, User
from common import clock
from tests.accounts.test_outbox import at_once
from tests.accounts.urls import Counter
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory, bearer, sign_in, token

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


class TestWhoCalls:
    def test_nobody_is_asked_to_sign_in_with_a_problem_document(self, client):
        answer = client.get("/api/v1/me/")

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        assert answer.json()["status"] == 401

    @pytest.mark.parametrize("words", ["Bearer", "Bearer a b", "Bearer ptu_" + "x" * 40, "Bearer \xff", "bearer ptu_"])
    def test_a_bad_token_is_refused(self, client, words):
        assert client.get("/api/v1/me/", headers={"Authorization": words}).status_code == 401

    def test_a_token_says_whose_it_is(self, client):
        user = UserFactory()

        answer = client.get("/api/v1/me/", headers=bearer(user))

        assert answer.json()["email"] == user.email
        assert answer.json()["scopes"] == ["library", "read"]

    def test_the_session_serves_too(self, client):
        user = UserFactory()
        sign_in(client, user)

        assert client.get("/api/v1/me/").json()["id"] == user.public_id

    def test_a_session_changes_nothing_without_the_csrf_token(self):
        client = Client(enforce_csrf_checks=True)
        sign_in(client, UserFactory())

        answer = client.patch("/api/v1/me/", {"name": "Eve"}, content_type="application/json")

        assert answer.status_code == 403
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_the_use_is_noted_once_a_minute(self, client, django_assert_num_queries):
        user = UserFactory()
        headers = bearer(user)
        client.get("/api/v1/me/", headers=headers)
        used = ApiToken.objects.get().last_used_at

        client.get("/api/v1/me/", headers=headers)
        assert ApiToken.objects.get().last_used_at == used

        with clock.at(clock.now() + timedelta(seconds=61)):
            client.get("/api/v1/me/", headers=headers)
        assert ApiToken.objects.get().last_used_at > used

    def test_a_view_that_says_nothing_is_shut(self, client):
        assert client.get("/api/shut/", headers=bearer(UserFactory())).status_code == 403


class TestDeadTokens:
    @pytest.fixture
    def user(self):
        return UserFactory()

    def check(self, client, secret):
        return client.get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code

    def test_revoked(self, client, user):
        secret = token(user)
        assert self.check(client, secret) == 200

        security.revoke_token(user.api_tokens.get())

        assert self.check(client, secret) == 401

    def test_of_the_suspended(self, client, user):
        secret = token(user)

        people.suspend(user, by=None, reason="Fraud.")
        assert self.check(client, secret) == 401

        people.restore(user, by=None)
        assert self.check(client, secret) == 401

    def test_of_the_suspended_even_where_revoking_was_forgotten(self, client, user):
        secret = token(user)
        User.objects.update(suspended_at=clock.now())

        assert self.check(client, secret) == 401

    def test_of_the_inactive(self, client, user):
        secret = token(user)
        User.objects.update(is_active=False)

        assert self.check(client, secret) == 401

    def test_run_out(self, client, user):
        _, secret = security.issue_token(user, name="short", scopes=["read"], days=1)

        with clock.at(clock.now() + timedelta(days=1, seconds=1)):
            assert self.check(client, secret) == 401

    def test_the_table_holds_no_secret(self, user):
        secret = token(user)

        row = ApiToken.objects.values().get()
        assert secret not in str(row)
        assert secret[8:] not in str(row)


class TestWhatTheyMay:
    @pytest.mark.parametrize(
        ("path", "who", "scopes", "status"),
        [
            ("/api/sellers/", UserFactory, ["read"], 403),
            ("/api/sellers/", SellerFactory, ["read"], 403),
            ("/api/sellers/", SellerFactory, ["sell"], 200),
            ("/api/moderators/", UserFactory, ["read"], 403),
            ("/api/moderators/", ModeratorFactory, ["read"], 403),
            ("/api/moderators/", ModeratorFactory, ["moderate"], 200),
        ],
    )
    def test_role_and_right_are_both_needed(self, client, path, who, scopes, status):
        assert client.get(path, headers=bearer(who(), *scopes)).status_code == status

    @pytest.mark.parametrize("path", ["/api/sellers/", "/api/moderators/", "/api/part/"])
    def test_nobody_gets_401(self, client, path):
        assert client.get(path).status_code == 401

    def test_a_moderator_no_longer_is_refused_at_once(self, client):
        user = ModeratorFactory()
        headers = bearer(user, "moderate", "read")

        people.remove_moderator(user, by=None)

        assert client.get("/api/moderators/", headers=headers).status_code == 401

    def test_the_suspended_take_no_part_by_session(self, client):
        user = UserFactory()
        people.suspend(user, by=None, reason="Fraud.")
        sign_in(client, user)

        assert client.get("/api/part/").status_code == 403
        assert client.get("/api/v1/me/").status_code == 200


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


class TestCounting:
    def test_too_many_calls_are_refused_with_the_time_to_wait(self, client):
        headers = bearer(UserFactory())
        answers = [client.get("/api/slow/", headers=headers) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert answers[3].headers["RateLimit-Limit"] == "3"
        assert 0 < int(answers[3].headers["Retry-After"]) <= 62
        assert answers[3].json()["status"] == 429

    def test_every_answer_carries_the_count(self, client):
        answer = client.get("/api/v1/me/", headers=bearer(UserFactory()))

        assert int(answer.headers["RateLimit-Limit"]) > int(answer.headers["RateLimit-Remaining"])


class TestMe:
    def test_only_name_and_language_can_be_changed(self, client):
        user = UserFactory()
        body = {
            "name": "Ada",
            "language": "fr",
            "email": "x@example.com",
            "is_staff": True,
            "is_moderator": True,
            "roles": ["moderator"],
            "suspended_at": None,
        }

        answer = client.patch("/api/v1/me/", body, content_type="application/json", headers=bearer(user))

        after = User.objects.get()
        assert answer.status_code == 200
        assert (after.name, after.language) == ("Ada", "fr")
        assert (after.email, after.is_staff, after.is_moderator) == (user.email, False, False)

    @pytest.mark.parametrize("name", ["a\x00b", "a\nb", "x" * 81])
    def test_a_bad_name_is_refused(self, client, name):
        answer = client.patch(
            "/api/v1/me/", {"name": name}, content_type="application/json", headers=bearer(UserFactory())
        )

        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_a_token_makes_no_token_with_more_rights(self, client):
        seller = SellerFactory()

        answer = client.post(
            "/api/v1/me/tokens/",
            {"name": "x", "scopes": ["sell"]},
            content_type="application/json",
            headers=bearer(seller, "read"),
        )

        assert answer.status_code == 403
        assert answer.json()["code"] == "scope_too_wide"

    def test_nobody_gets_rights_the_account_lacks(self, client):
        sign_in(client, UserFactory())

        answer = client.post(
            "/api/v1/me/tokens/", {"name": "x", "scopes": ["moderate"]}, content_type="application/json"
        )

        assert answer.status_code == 403
        assert not ApiToken.objects.exists()

    def test_an_old_session_has_to_confirm_first(self, client):
        sign_in(client, UserFactory(), seconds_ago=3600)

        answer = client.post("/api/v1/me/tokens/", {"name": "x", "scopes": ["read"]}, content_type="application/json")

        assert answer.json()["code"] == "sign_in_again"
        assert not ApiToken.objects.exists()

    def test_tokens_are_listed_without_secrets_and_revoked(self, client):
        user = UserFactory()
        headers = bearer(user)

        (listed,) = client.get("/api/v1/me/tokens/", headers=headers).json()["results"]
        assert set(listed) == {"id", "name", "hint", "scopes", "created_at", "expires_at", "last_used_at"}

        assert client.delete(f"/api/v1/me/tokens/{listed['id']}/", headers=headers).status_code == 204
        assert client.get("/api/v1/me/", headers=headers).status_code == 401

    def test_nobody_revokes_anothers(self, client):
        token(other := UserFactory())

        answer = client.delete(f"/api/v1/me/tokens/{other.api_tokens.get().public_id}/", headers=bearer(UserFactory()))

        assert answer.status_code == 404
        assert other.api_tokens.valid().exists()

    def test_the_account_can_be_deleted(self, client):
        user = UserFactory()
        headers = bearer(user)

        assert client.delete("/api/v1/me/", headers=headers).status_code == 204

        user.refresh_from_db()
        assert user.erased_at is not None
        assert client.get("/api/v1/me/", headers=headers).status_code == 401

    def test_the_export_is_kept_by_no_cache(self, client):
        answer = client.get("/api/v1/me/export/", headers=bearer(UserFactory()))

        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.json()["account"]["email"]


def test_the_token_page_shows_the_secret_once(client):
    user = UserFactory()
    sign_in(client, user)

    page = client.post(reverse("account-token-new"), {"name": "bot", "scopes": ["read"], "days": "30"})

    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert security.authenticate_token(secret).user == user
    assert secret not in client.get(reverse("account-tokens")).content.decode()
