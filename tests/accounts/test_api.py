"""The plumbing of the API: who calls, what they may, how often."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import people, security
from accounts.models import ApiToken, User
from common import clock
from tests.accounts.urls import Counter
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory, bearer, sign_in, token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture(autouse=True)
def fresh_counter():
    Counter.ran.clear()
    Counter.wait = Counter.fail = None


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
