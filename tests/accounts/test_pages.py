"""The account's own pages, as a person meets them."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts import notifications, outbox
from accounts.models import Consent, User
from tests.factories.accounts import PASSWORD, SellerFactory, UserFactory, sign_in

pytestmark = pytest.mark.django_db


def code_in(letter) -> str:
    """The code stands alone on its line."""
    return re.search(r"^ {4}(\S+)$", letter.body, re.MULTILINE)[1]


def last_letter():
    outbox.drain()
    return mail.outbox[-1]


class TestSigningUp:
    def test_an_address_and_a_code_are_enough(self, client):
        answer = client.post(
            reverse("account_signup"), {"email": "Ada@Example.com", "name": "Ada", "terms": "on", "fax_number": ""}
        )
        assert answer.headers["Location"] == reverse("account_email_verification_sent")

        letter = last_letter()
        done = client.post(reverse("account_email_verification_sent"), {"code": code_in(letter)})

        user = User.objects.get()
        assert letter.to == ["ada@example.com"]
        assert done.status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)
        assert (user.email, user.name, user.language) == ("ada@example.com", "Ada", "en")
        assert not user.has_usable_password()

    def test_the_terms_are_kept_as_they_were_shown(self, client):
        page = client.get(reverse("account_signup"), headers={"accept-language": "fr"})
        client.post(
            reverse("account_signup"), {"email": "a@example.com", "terms": "on"}, headers={"accept-language": "fr"}
        )

        consent = Consent.objects.get()
        assert consent.kind == "terms"
        assert consent.language == "fr"
        assert consent.wording in page.content.decode().replace("&#x27;", "'")

    def test_without_the_terms_there_is_no_account(self, client):
        answer = client.post(reverse("account_signup"), {"email": "a@example.com"})

        assert answer.status_code == 200
        assert not User.objects.exists()

    def test_a_machine_that_fills_every_field_gets_no_account(self, client):
        client.post(reverse("account_signup"), {"email": "a@example.com", "terms": "on", "fax_number": "12"})

        assert not User.objects.exists()


class TestSigningIn:
    def test_by_code(self, client):
        user = UserFactory()
        client.post(reverse("account_login"), {"login": user.email})

        letter = last_letter()
        client.post(reverse("account_confirm_login_code"), {"code": code_in(letter)})

        assert client.session["_auth_user_id"] == str(user.pk)
        assert letter.subject == "Your sign-in code"
        assert {kind for _, kind in letter.alternatives} == {"text/html"}

    def test_by_password(self, client):
        user = UserFactory(password=PASSWORD)

        client.post(reverse("account_login"), {"login": user.email.upper(), "password": PASSWORD})

        assert client.session["_auth_user_id"] == str(user.pk)

    def test_an_old_code_is_not_sent_any_more(self, client):
        from datetime import timedelta

        from common import clock

        user = UserFactory()
        client.post(reverse("account_login"), {"login": user.email})

        with clock.at(clock.now() + timedelta(minutes=11)):
            outbox.drain()

        assert mail.outbox == []

    def test_the_suspended_may_still_sign_in(self, client):
        from accounts import people

        user = UserFactory(password=PASSWORD)
        people.suspend(user, by=None, reason="Copied prompts.")

        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

        assert client.session["_auth_user_id"] == str(user.pk)

    def test_the_inactive_may_not(self, client):
        user = UserFactory(password=PASSWORD, is_active=False)

        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

        assert "_auth_user_id" not in client.session

    def test_the_session_changes_its_key(self, client):
        user = UserFactory(password=PASSWORD)
        client.get(reverse("account_login"))
        session = client.session
        session["before"] = 1
        session.save()
        before = session.session_key

        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

        assert client.session.session_key != before

    def test_from_then_on_the_site_speaks_the_accounts_language(self, client):
        user = UserFactory(password=PASSWORD, language="fr")

        answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

        assert answer.cookies["django_language"].value == "fr"


PAGES = [
    "account",
    "account-preferences",
    "account-tokens",
    "account-privacy",
    "account-delete",
    "notifications",
    "sell-start",
    "account_email",
    "account_set_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "usersessions_list",
]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_shows(client, name, language):
    sign_in(client, UserFactory())

    answer = client.get(reverse(name), headers={"accept-language": language})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"]
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "usersessions_list"])
def test_a_stranger_is_sent_to_sign_in(client, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
)
def test_the_doors_show(client, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()
    assert "onclick" not in answer.content.decode()


class TestProfile:
    def test_name_and_language_are_kept(self, client):
        user = UserFactory()
        sign_in(client, user)

        answer = client.post(reverse("account"), {"name": " Ada  Q. ", "language": "fr"})

        user.refresh_from_db()
        assert (user.name, user.language) == ("Ada Q.", "fr")
        assert answer.cookies["django_language"].value == "fr"

    def test_the_language_switch_keeps_on_the_account(self, client):
        user = UserFactory()
        sign_in(client, user)

        answer = client.post(reverse("set_language"), {"language": "fr", "next": "/account/"})

        user.refresh_from_db()
        assert user.language == "fr"
        assert answer.headers["Location"] == "/account/"

    @pytest.mark.parametrize(
        "goal", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_the_language_switch_leads_nowhere_else(self, client, goal):
        assert client.post(reverse("set_language"), {"language": "fr", "next": goal}).headers["Location"] == "/"

    def test_letters_can_be_muted(self, client):
        notifications.register("test-sale", title="A sale", body="You sold something", mail=True)
        user = UserFactory()
        sign_in(client, user)

        client.post(reverse("account-preferences"), {"wanted": []})

        user.refresh_from_db()
        assert "test-sale" in user.muted_mail
        assert "account_suspended" not in user.muted_mail


class TestNotifications:
    @pytest.fixture(autouse=True)
    def kind(self):
        notifications.register("test-sale", title="%(buyer)s bought a prompt", body="For %(price)s.", mail=True)

    def test_they_stand_newest_first_with_their_words(self, client):
        user = UserFactory()
        notifications.tell(user, "test-sale", url="/sell/", buyer="Ada", price={"amount": 499, "currency": "usd"})
        sign_in(client, user)

        page = client.get(reverse("notifications")).content.decode()

        assert "Ada bought a prompt" in page
        assert "For $4.99." in page
        assert "Notifications: 1 new" in page

    def test_opening_one_marks_it_read_and_leads_on(self, client):
        user = UserFactory()
        told = notifications.tell(user, "test-sale", url="/sell/", buyer="Ada", price="3")
        sign_in(client, user)

        answer = client.post(reverse("notification-open", args=[told.public_id]))

        assert answer.headers["Location"] == "/sell/"
        assert notifications.unread(user) == 0

    def test_nobody_opens_anothers(self, client):
        told = notifications.tell(UserFactory(), "test-sale", buyer="Ada", price="3")
        sign_in(client, UserFactory())

        assert client.post(reverse("notification-open", args=[told.public_id])).status_code == 404

    def test_the_list_asks_as_often_for_three_as_for_one(self, client, django_assert_max_num_queries):
        user = UserFactory()
        for _ in range(3):
            notifications.tell(user, "test-sale", buyer="Ada", price="3")
        sign_in(client, user)
        client.get(reverse("notifications"))

        with django_assert_max_num_queries(8):
            client.get(reverse("notifications"))


class TestSelling:
    def test_one_screen_opens_a_shop(self, client):
        user = UserFactory()
        sign_in(client, user)

        answer = client.post(
            reverse("sell-start"), {"name": "Ada Prompts", "handle": "Ada-Prompts", "country": "FR", "bio": "I write."}
        )

        user.refresh_from_db()
        assert answer.status_code == 302
        assert user.seller_profile.handle == "ada-prompts"

    def test_a_taken_handle_is_said_at_its_field(self, client):
        taken = SellerFactory().seller_profile.handle
        sign_in(client, UserFactory())

        answer = client.post(reverse("sell-start"), {"name": "Ada", "handle": taken.upper(), "country": "FR"})

        assert answer.context["form"].errors["handle"] == ["This handle is taken. Please choose another."]

    def test_the_profile_can_be_changed(self, client):
        seller = SellerFactory()
        sign_in(client, seller)

        client.post(
            reverse("sell-profile"),
            {"name": "New name", "handle": seller.seller_profile.handle, "country": "FR", "bio": "", "website": ""},
        )

        seller.seller_profile.refresh_from_db()
        assert seller.seller_profile.name == "New name"
