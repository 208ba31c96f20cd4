"""What happens when the way into an account changes, and the second step."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Activity
from common import clock, encryption
from tests.accounts.test_pages import code_in, last_letter
from tests.factories.accounts import PASSWORD, UserFactory, sign_in

pytestmark = pytest.mark.django_db

LOGIN, CODE = "account_login", "account_confirm_login_code"


@pytest.fixture(autouse=True)
def one_period(monkeypatch):
    """The codes of an app change every half minute; not in the middle of a test."""
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([57_000_000]))


def change_password(client, user):
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"},
    )


def change_address(client, user):
    client.post(reverse("account_email"), {"email": "new@example.com", "action_add": ""})
    client.post(reverse("account_email_verification_sent"), {"code": code_in(last_letter())})


def add_totp(client, user):
    client.get(reverse("mfa_activate_totp"))
    secret = client.session[totp.SECRET_SESSION_KEY]
    client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)})


def current_code(secret: str) -> str:
    counter = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter[len(counter) // 2]))


class TestChangingTheWayIn:
    @pytest.mark.parametrize(
        ("change", "what", "subject"),
        [
            (change_password, "password", "Your password was changed"),
            (change_address, "e-mail", "Your e-mail address was changed"),
            (add_totp, "second factor", "An authenticator app was added"),
        ],
    )
    def test_it_is_noted_told_and_ends_other_sessions(
        self, client, change, what, subject, django_capture_on_commit_callbacks
    ):
        user = UserFactory(password=PASSWORD)
        elsewhere = sign_in(Client(), user)
        sign_in(client, user)
        old_address = user.email

        with django_capture_on_commit_callbacks(execute=True):
            change(client, user)

        user.refresh_from_db()
        outbox.drain()
        assert user.credentials_changed_at is not None
        assert {each.data["what"] for each in Activity.objects.filter(verb="credentials.changed")} == {what}
        assert client.get(reverse("account")).status_code == 200
        assert elsewhere.get(reverse("account")).status_code == 302
        told = next(letter for letter in mail.outbox if letter.subject == subject)
        assert told.to == [old_address]

    def test_the_new_address_is_the_accounts_and_the_old_one_is_dead(self, client):
        user = UserFactory(password=PASSWORD)
        old = user.email
        sign_in(client, user)

        change_address(client, user)

        user.refresh_from_db()
        assert user.email == "new@example.com"
        assert [each.email for each in EmailAddress.objects.filter(user=user)] == ["new@example.com"]
        stranger = Client()
        stranger.post(reverse(LOGIN), {"login": old, "password": PASSWORD})
        assert "_auth_user_id" not in stranger.session

    @pytest.mark.parametrize(
        "name", ["account_set_password", "mfa_activate_totp", "mfa_add_webauthn", "account-delete"]
    )
    def test_an_old_session_without_password_has_to_confirm_by_a_code(self, client, name):
        user = UserFactory()
        sign_in(client, user, seconds_ago=3600)

        asked = client.get(reverse(name))
        assert asked.headers["Location"].startswith(reverse("account-confirm"))

        client.post(asked.headers["Location"])
        done = client.post(asked.headers["Location"], {"code": code_in(last_letter())})
        assert done.headers["Location"] == reverse(name)
        assert client.get(reverse(name)).status_code == 200

    def test_the_confirmation_takes_few_guesses(self, client):
        sign_in(client, UserFactory(), seconds_ago=3600)
        client.post(reverse("account-confirm"))
        code = code_in(last_letter())
        moment = clock.now()
        for minute in range(5):
            with clock.at(moment + timedelta(minutes=minute)):
                client.post(reverse("account-confirm"), {"code": "WRNG-WRNG"})

        with clock.at(moment + timedelta(minutes=6)):
            client.post(reverse("account-confirm"), {"code": code})

        assert client.get(reverse("account-delete")).status_code == 302

    def test_the_confirmation_leads_nowhere_else(self, client):
        sign_in(client, UserFactory())

        assert client.get(reverse("account-confirm"), {"next": "//evil.example"}).headers["Location"] == "/account/"

    def test_an_old_session_with_password_is_asked_for_it(self, client):
        sign_in(client, UserFactory(password=PASSWORD), seconds_ago=3600)

        asked = client.get(reverse("account-delete"), follow=True)

        assert asked.redirect_chain[-1][0].startswith(reverse("account_reauthenticate"))
        done = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
        assert done.headers["Location"] == reverse("account-delete")
        assert client.get(reverse("account-delete")).status_code == 200


class TestSecondStep:
    @pytest.fixture
    def secret(self):
        return totp.generate_totp_secret()

    @pytest.fixture
    def user(self, secret):
        user = UserFactory(password=PASSWORD)
        totp.TOTP.activate(user, secret)
        return user

    def test_a_password_alone_does_not_get_in(self, client, user, secret):
        client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session

        client.post(reverse("mfa_authenticate"), {"code": current_code(secret)})
        assert client.session["_auth_user_id"] == str(user.pk)

    def test_neither_does_a_code_by_mail(self, client, user):
        client.post(reverse(LOGIN), {"login": user.email})
        client.post(reverse(CODE), {"code": code_in(last_letter())})

        assert "_auth_user_id" not in client.session

    def test_nor_a_new_password(self, client, user):
        client.post(reverse("account_reset_password"), {"email": user.email})
        client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(last_letter())})
        new = {"password1": "another long secret", "password2": "another long secret"}
        client.post(reverse("account_complete_password_reset"), new)

        user.refresh_from_db()
        assert user.check_password("another long secret")
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_a_code_works_once(self, user, secret, kind):
        code = current_code(secret) if kind == "app" else RecoveryCodes.activate(user).get_unused_codes()[0]
        signed_in = []
        for _ in range(2):
            client = Client()
            client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD})
            client.post(reverse("mfa_authenticate"), {"code": code})
            signed_in.append("_auth_user_id" in client.session)

        assert signed_in == [True, False]

    def test_guessing_is_slow(self, client, user):
        client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD})

        statuses = [client.post(reverse("mfa_authenticate"), {"code": f"00000{n}"}).status_code for n in range(6)]

        assert statuses[5] == 429

    def test_its_secret_is_kept_encrypted(self, user, secret):
        kept = Authenticator.objects.get().data["secret"]

        assert secret not in kept
        assert encryption.decrypt(bytes.fromhex(kept), context="second factor") == secret


@pytest.mark.parametrize("page", ["/library/", "/api/v1/me/", "/cart/"])
def test_a_session_that_no_database_could_hold_is_nobodys(client, settings, page):
    cookie = rf'{settings.SESSION_COOKIE_NAME}="aaaaaaaaaaaaaaaa\000b"'

    assert client.get(page, headers={"cookie": cookie}).status_code in {200, 302, 401}
