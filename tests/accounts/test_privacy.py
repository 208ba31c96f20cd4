"""Everything held about somebody is given to them, and taken away when they go."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from accounts import activity, consents, notifications, people, privacy, security
from accounts.models import Activity, Consent, User
from tests.factories.accounts import PASSWORD, SellerFactory, UserFactory, sign_in, token

pytestmark = pytest.mark.django_db
OURS = {"accounts", "account", "mfa", "usersessions", "admin"}


def linked_models():
    for model in apps.get_models():
        links = [field for field in model._meta.concrete_fields if field.related_model is get_user_model()]
        if links and model._meta.app_label in OURS:
            yield model._meta.label


def test_the_export_covers_every_table_that_names_somebody():
    exempt = {"account.EmailConfirmation"}

    assert set(linked_models()) - privacy.covered - exempt == set()


@pytest.fixture
def person():
    notifications.register("test-private", title="Private", body="", mail=False)
    user = SellerFactory(password=PASSWORD, name="Ada Lovelace")
    user.seller_profile.bio = "Born in London."
    user.seller_profile.save()
    token(user)
    notifications.tell(user, "test-private")
    consents.give(user, "terms", language="en")
    activity.record(user, "listing.published", ("listing", 7, "A listing"))
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    return user


class TestExport:
    def test_it_holds_what_is_theirs_and_no_secret(self, person):
        secret = token(person)
        other = UserFactory(email="other@example.com")
        token(other)

        exported = privacy.export(person)
        text = json.dumps(exported, default=str)

        assert exported["account"]["email"] == person.email
        assert exported["seller_profile"]["bio"] == "Born in London."
        assert len(exported["tokens"]) == 2
        assert exported["consents"][0]["wording"] == consents.wording("terms", "en").text
        assert secret not in text
        assert person.password not in text
        assert "other@example.com" not in text

    def test_it_comes_as_a_file_after_a_fresh_sign_in(self, client, person):
        sign_in(client, person)

        answer = client.post(reverse("account-export"))

        assert json.loads(answer.content)["account"]["name"] == "Ada Lovelace"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "no-store" in answer.headers["Cache-Control"]

    def test_an_old_session_has_to_confirm_first(self, client, person):
        sign_in(client, person, seconds_ago=3600)

        answer = client.post(reverse("account-export"))

        assert answer.headers["Location"].startswith(reverse("account-confirm"))

    def test_it_is_not_had_by_a_link(self, client, person):
        sign_in(client, person)

        assert client.get(reverse("account-export")).status_code == 405


class TestErasing:
    def test_nothing_names_the_person_any_more(self, person):
        secret = token(person)
        browser = sign_in(Client(), person)

        privacy.erase(person, by=person)

        user = User.objects.get(pk=person.pk)
        assert (user.email, user.name, user.is_active) == (f"erased-{user.pk}@invalid", "", False)
        assert not user.has_usable_password()
        assert security.authenticate_token(secret) is None
        assert browser.get(reverse("account")).status_code == 302
        for rows in (user.api_tokens, user.notifications, user.authenticator_set, user.emailaddress_set):
            assert not rows.exists()
        assert (user.seller_profile.bio, user.seller_profile.name) == ("", "—")

    def test_no_table_of_ours_holds_the_address_any_more(self, person):
        people.suspend(person, by=None, reason=f"Wrote as {person.name}")
        people.restore(person, by=None)
        address = person.email

        privacy.erase(person)

        for model in apps.get_models():
            if model._meta.app_label in OURS:
                assert address not in str(list(model.objects.values())), model

    def test_the_record_of_acts_and_consents_stays(self, person):
        privacy.erase(person, by=person)

        assert Activity.objects.filter(actor=person, verb="listing.published").exists()
        assert Activity.objects.filter(verb="account.erased").exists()
        assert Consent.objects.filter(user=person).exists()

    def test_the_address_may_come_back_as_somebody_new(self, person):
        address = person.email
        privacy.erase(person)

        assert UserFactory(email=address).pk != person.pk

    def test_doing_it_again_changes_nothing(self, person):
        privacy.erase(person)
        first = User.objects.get(pk=person.pk).erased_at
        privacy.erase(person)

        assert User.objects.get(pk=person.pk).erased_at == first

    def test_erasers_run_in_order_and_one_refusal_undoes_all(self, person, monkeypatch):
        monkeypatch.setattr(privacy, "_erasers", list(privacy._erasers))
        ran = []

        @privacy.eraser(order=950)
        def last(user):
            ran.append("last")
            raise privacy.CannotErase("A payout is under way.")

        @privacy.eraser(order=100)
        def first(user):
            ran.append("first")

        with pytest.raises(privacy.CannotErase) as refusal:
            privacy.erase(person)

        person.refresh_from_db()
        assert ran == ["first", "last"]
        assert refusal.value.reasons == ["A payout is under way."]
        assert person.erased_at is None
        assert person.api_tokens.exists()
        assert EmailAddress.objects.filter(user=person).exists()

    def test_what_stands_against_it_is_said_before(self, client, person, monkeypatch):
        monkeypatch.setattr(privacy, "_hindrances", [lambda user: ["A dispute is open."]])
        sign_in(client, person)

        page = client.post(reverse("account-delete"), {"email": person.email})

        assert page.status_code == 422
        assert "A dispute is open." in page.content.decode()
        person.refresh_from_db()
        assert person.erased_at is None

    def test_the_page_wants_the_address_written(self, client, person):
        sign_in(client, person)

        assert client.post(reverse("account-delete"), {"email": "wrong@example.com"}).status_code == 422
        person.refresh_from_db()
        assert person.erased_at is None

        assert client.post(reverse("account-delete"), {"email": person.email}).status_code == 302
        person.refresh_from_db()
        assert person.erased_at is not None
