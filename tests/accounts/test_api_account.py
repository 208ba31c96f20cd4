"""One's own account and tokens through the API."""

import pytest
from django.urls import reverse

from accounts import security
from accounts.models import ApiToken, User
from tests.factories.accounts import SellerFactory, UserFactory, bearer, sign_in, token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


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

    @pytest.mark.parametrize("name", ["a\x00b", "a\nb", "ab\n", "x" * 81, 7, True, ["a"]])
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
