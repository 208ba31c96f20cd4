"""Suspending, restoring, appointing; becoming a seller; consents; the record of who did what."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import activity, consents, notifications, outbox, people, security, sellers, signals
from accounts.models import Activity, Consent, Notification, SellerProfile, User
from common import clock
from tests.accounts.test_outbox import at_once
from tests.factories.accounts import ModeratorFactory, SellerFactory, StaffFactory, UserFactory, sign_in, token

pytestmark = pytest.mark.django_db


class TestSuspending:
    def test_sessions_and_tokens_end_at_once(self, client):
        user, other = UserFactory(), UserFactory()
        secret, others = token(user), token(other)
        elsewhere = Client()
        for browser in (client, elsewhere):
            sign_in(browser, user)
            assert browser.get(reverse("account")).status_code == 200

        people.suspend(user, by=ModeratorFactory(), reason="Copied prompts.")

        assert [browser.get(reverse("account")).status_code for browser in (client, elsewhere)] == [302, 302]
        assert security.authenticate_token(secret) is None
        assert security.authenticate_token(others) is not None

    def test_it_is_recorded_announced_and_told(self):
        heard = []
        signals.suspended.connect(listener := lambda user, **_: heard.append(user))
        user, moderator = UserFactory(), ModeratorFactory()

        people.suspend(user, by=moderator, reason="Copied prompts.")
        signals.suspended.disconnect(listener)

        noted = activity.of(user).get()
        assert (noted.actor, noted.verb, noted.reason) == (moderator, "account.suspended", "Copied prompts.")
        assert noted.object_label == ""
        assert heard == [user]
        outbox.drain()
        assert mail.outbox[0].to == [user.email]
        assert "Copied prompts." in mail.outbox[0].body

    def test_doing_it_again_changes_nothing(self):
        user = UserFactory()
        people.suspend(user, by=None, reason="Once.")
        people.suspend(user, by=None, reason="Twice.")

        user.refresh_from_db()
        assert user.suspension_reason == "Once."
        assert activity.of(user).count() == 1

    @pytest.mark.parametrize("by", [UserFactory, SellerFactory])
    def test_ordinary_people_suspend_nobody(self, by):
        user = UserFactory()

        with pytest.raises(people.MayNotSuspend):
            people.suspend(user, by=by(), reason="No.")

        user.refresh_from_db()
        assert not user.is_suspended
        assert not Activity.objects.exists()

    @pytest.mark.parametrize("whom", [ModeratorFactory, StaffFactory])
    def test_moderators_do_not_suspend_their_like(self, whom):
        with pytest.raises(people.MayNotSuspend):
            people.suspend(whom(), by=ModeratorFactory(), reason="No.")

    def test_nobody_suspends_themselves(self):
        moderator = ModeratorFactory()

        with pytest.raises(people.MayNotSuspend):
            people.suspend(moderator, by=moderator, reason="No.")

    def test_a_reason_is_needed(self):
        with pytest.raises(people.ReasonMissing):
            people.suspend(UserFactory(), by=None, reason="  ")

    def test_a_suspended_moderator_moderates_nothing(self):
        moderator = ModeratorFactory()
        people.suspend(moderator, by=None, reason="Sold decisions.")
        moderator.refresh_from_db()

        with pytest.raises(people.MayNotSuspend):
            people.suspend(UserFactory(), by=moderator, reason="No.")

    def test_restoring_opens_the_account_but_not_the_tokens(self):
        user = UserFactory()
        secret = token(user)
        people.suspend(user, by=None, reason="Mistake.")

        people.restore(user, by=None)

        user.refresh_from_db()
        assert (user.is_suspended, user.suspension_reason) == (False, "")
        assert security.authenticate_token(secret) is None


class TestAppointing:
    def test_only_staff_appoint(self):
        user = UserFactory()

        with pytest.raises(people.MayNotAppoint):
            people.make_moderator(user, by=ModeratorFactory())
        people.make_moderator(user, by=StaffFactory())

        user.refresh_from_db()
        assert user.is_moderator
        assert [each.verb for each in activity.of(user)] == ["account.made_moderator"]


class TestSellers:
    def test_a_handle_is_taken_however_it_is_written(self):
        SellerFactory(seller_profile__handle="ada")

        with pytest.raises(sellers.HandleTaken):
            sellers.become(UserFactory(), handle="ADA", name="Ada")

    @pytest.mark.parametrize("handle", ["admin", "moderation", "Promptuary"])
    def test_some_handles_are_the_houses(self, handle):
        with pytest.raises(sellers.HandleTaken):
            sellers.become(UserFactory(), handle=handle, name="Ada")

    @pytest.mark.parametrize("handle", ["a", "ab", "-abc", "abc-", "a b c", "ада", "a" * 31, "abc\n"[:-1] + "/"])
    def test_a_bad_handle_is_refused(self, handle):
        with pytest.raises(sellers.BadProfile) as refusal:
            sellers.become(UserFactory(), handle=handle, name="Ada")

        assert list(refusal.value.errors) == ["handle"]
        assert not SellerProfile.objects.exists()

    def test_a_country_must_exist(self):
        with pytest.raises(sellers.BadProfile):
            sellers.become(UserFactory(), handle="ada", name="Ada", country="XX")

    def test_the_account_at_hand_knows_at_once(self):
        user = UserFactory()
        assert not user.is_seller

        sellers.become(user, handle="ada", name="Ada")

        assert user.is_seller

    def test_the_suspended_open_no_shop(self):
        user = UserFactory(suspended_at=clock.now())

        with pytest.raises(sellers.MayNotSell):
            sellers.become(user, handle="ada", name="Ada")

    def test_the_suspended_change_no_profile(self):
        seller = SellerFactory(suspended_at=clock.now())

        with pytest.raises(sellers.MayNotSell):
            sellers.edit(seller.seller_profile, by=seller, name="Other")

    def test_suggested_handles_are_free_and_good(self):
        SellerFactory(seller_profile__handle="ada-lovelace")

        assert sellers.suggest_handle("Ada Lovelace") == "ada-lovelace-2"
        assert sellers.suggest_handle("Élodie Noël") == "elodie-noel"
        assert sellers.suggest_handle("admin") == "admin-2"
        assert sellers.suggest_handle("李") == "seller-2"
        assert len(sellers.suggest_handle("x" * 200)) <= 30


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_one_opens_the_shop():
    user = UserFactory()

    answers = at_once(10, lambda: sellers.become(User.objects.get(pk=user.pk), handle="ada", name="Ada"))

    assert SellerProfile.objects.count() == 1
    assert sum(isinstance(answer, sellers.AlreadySeller) for answer in answers) == 9


@pytest.mark.django_db(transaction=True)
def test_of_many_people_one_gets_the_handle():
    users = [UserFactory() for _ in range(10)]
    waiting = list(users)

    answers = at_once(10, lambda: sellers.become(waiting.pop(), handle="ada", name="Ada"))

    assert SellerProfile.objects.count() == 1
    assert sum(isinstance(answer, sellers.HandleTaken) for answer in answers) == 9


class TestConsents:
    @pytest.mark.parametrize("kind", Consent.Kind.values)
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_every_kind_has_its_words(self, kind, language):
        words = consents.wording(kind, language)

        assert (words.language, len(words.text) > 60) == (language, True)

    def test_the_exact_words_are_kept(self):
        user = UserFactory()

        given = consents.give(user, "immediate_delivery", subject="order:PR-1", language="fr-CA")

        assert (given.language, given.wording) == ("fr", consents.wording("immediate_delivery", "fr").text)
        assert consents.given(user, "immediate_delivery", subject="order:PR-1") == given

    def test_about_one_order_it_is_given_once(self):
        user = UserFactory()
        for _ in range(2):
            consents.give(user, "withdrawal_lost", subject="order:PR-1", language="en")

        assert user.consents.count() == 1

    def test_another_language_falls_back_to_english(self):
        assert consents.wording("terms", "de").language == "en"


class TestNotifications:
    @pytest.fixture(autouse=True)
    def kind(self):
        notifications.register("test-answer", title="Answer to %(title)s", body="%(name)s answered.", mail=True)

    def test_one_fact_is_told_once(self):
        user = UserFactory()

        assert notifications.tell(user, "test-answer", key="answer:1", title="x") is not None
        assert notifications.tell(user, "test-answer", key="answer:1", title="x") is None

        assert outbox.drain() == 1
        assert len(mail.outbox) == 1

    def test_a_letter_sent_twice_has_one_message_id(self):
        told = notifications.tell(UserFactory(), "test-answer", title="x")

        outbox.drain()
        Notification.objects.update(mailed_at=None)
        notifications.mail_notification(told.pk)

        first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
        assert first == second

    def test_muted_letters_are_not_sent(self):
        user = UserFactory(muted_mail=["test-answer"])

        notifications.tell(user, "test-answer", title="x")

        assert outbox.drain() == 0
        assert notifications.unread(user) == 1

    def test_muting_after_the_telling_counts_too(self):
        user = UserFactory()
        notifications.tell(user, "test-answer", title="x")
        notifications.mute(user, ["test-answer"])

        outbox.drain()

        assert mail.outbox == []

    def test_words_are_in_the_readers_language(self):
        told = notifications.tell(UserFactory(), "account_suspended", reason="R.")

        with clock.at(clock.now()):
            assert notifications.words(told).body.startswith("The reason: R.")

    def test_missing_data_leaves_a_gap(self):
        told = notifications.tell(UserFactory(), "test-answer")

        assert notifications.words(told).title == "Answer to …"

    @pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "javascript:x"])
    def test_they_lead_nowhere_else(self, url):
        with pytest.raises(ValueError, match="page of ours"):
            notifications.tell(UserFactory(), "test-answer", url=url)

    def test_a_letters_subject_keeps_to_its_line(self):
        notifications.tell(UserFactory(), "test-answer", title="x\r\nBcc: eve@example.com")

        outbox.drain()

        assert mail.outbox[0].subject == "Answer to x Bcc: eve@example.com"

    def test_markup_of_others_is_text_in_a_letter(self):
        notifications.tell(UserFactory(), "test-answer", title="<script>alert(1)</script>", name="<b>Eve</b>")

        outbox.drain()

        ((html, _),) = mail.outbox[0].alternatives
        assert "<script>" not in html
        assert "<b>Eve" not in html
        assert "<script>alert(1)</script>" in mail.outbox[0].body


def test_activity_is_newest_first_and_names_the_object():
    user, seller = UserFactory(), SellerFactory()
    activity.record(user, "seller.followed", seller.seller_profile)
    activity.record(None, "seller.counted", seller.seller_profile, sales=3)

    newest, oldest = activity.of(seller.seller_profile)

    assert (newest.verb, newest.actor, newest.data) == ("seller.counted", None, {"sales": 3})
    assert (oldest.actor, oldest.object_label) == (user, str(seller.seller_profile))
