"""What a stranger learns at the door, and how often they may knock."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import limits, outbox
from accounts.models import OutboxEntry, User
from common import clock, throttle
from tests.accounts.test_pages import code_in, last_letter
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in

pytestmark = pytest.mark.django_db

LOGIN, CODE = "account_login", "account_confirm_login_code"


def without_tokens(page: str, address: str) -> str:
    """The page as everybody sees it: CSRF tokens, nonces and the address that was typed are taken out."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    page = re.sub(r'nonce="[\w-]+"', "", page)
    return page.replace(address, "ADDRESS")


DOORS = {
    "code": (LOGIN, {"login": "{}"}),
    "password": (LOGIN, {"login": "{}", "password": "a wrong password"}),
    "code page": ("account_request_login_code", {"email": "{}"}),
    "reset": ("account_reset_password", {"email": "{}"}),
    "sign-up": ("account_signup", {"email": "{}", "terms": "on"}),
}


class TestWhatAStrangerLearns:
    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize("known", ["ordinary", "without password", "staff", "suspended"])
    def test_known_and_unknown_addresses_get_the_same_answer(self, door, known):
        user = {
            "ordinary": lambda: UserFactory(password=PASSWORD),
            "without password": UserFactory,
            "staff": lambda: StaffFactory(password=PASSWORD),
            "suspended": lambda: UserFactory(password=PASSWORD, suspended_at=clock.now()),
        }[known]()

        assert knock(door, user.email) == knock(door, "nobody-here@example.com")

    @pytest.mark.parametrize("door", ["code", "reset"])
    def test_a_guess_of_the_code_gets_the_same_answer(self, door):
        user = UserFactory()
        confirm = {"code": CODE, "reset": "account_confirm_password_reset_code"}[door]

        answers = []
        for address in (user.email, "nobody-here@example.com"):
            client = Client()
            name, form = DOORS[door]
            client.post(reverse(name), {key: value.format(address) for key, value in form.items()})
            page = client.post(reverse(confirm), {"code": "AAAA-AAAA"})
            answers.append((page.status_code, without_tokens(page.content.decode(), address)))

        assert answers[0] == answers[1]

    def test_nobody_unknown_gets_a_letter(self):
        for door in DOORS:
            if door != "sign-up":
                knock(door, "nobody-here@example.com")

        outbox.drain()

        assert mail.outbox == []

    def test_somebody_known_who_signs_up_again_is_told_by_letter_only(self):
        user = UserFactory()

        knock("sign-up", user.email)

        assert last_letter().subject == "You already have an account"
        assert User.objects.count() == 1

    def test_asking_for_a_code_takes_as_long_for_both(self, monkeypatch):
        monkeypatch.setattr(throttle, "hit", lambda *_, **__: throttle.Verdict(True, 9, 0, 0))
        user = UserFactory()
        client = Client()

        def timed(address: str) -> float:
            started = time.perf_counter()
            client.post(reverse(LOGIN), {"login": address})
            return time.perf_counter() - started

        timed(user.email)
        pairs = [(timed(user.email), timed("nobody-here@example.com")) for _ in range(25)]
        known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))

        assert abs(known - unknown) < 0.010

    def test_the_outbox_shows_neither_address_nor_code(self):
        user = UserFactory()
        Client().post(reverse(LOGIN), {"login": user.email})

        entry = OutboxEntry.objects.get()
        outbox.run(entry.pk)
        code = code_in(mail.outbox[0])
        assert user.email not in str(entry.arguments)
        assert code not in str(entry.arguments)


def knock(door: str, address: str) -> tuple[object, ...]:
    name, form = DOORS[door]
    client = Client()
    answer = client.post(reverse(name), {key: value.format(address) for key, value in form.items()})
    shown = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    body = without_tokens(shown.content.decode(), address)
    return answer.status_code, answer.headers.get("Location"), shown.status_code, body


class TestHowOften:
    def test_five_wrong_passwords_a_minute(self, client):
        user = UserFactory(password=PASSWORD)
        answers = [client.post(reverse(LOGIN), {"login": user.email, "password": "wrong"}) for _ in range(6)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[5].headers["Retry-After"]) > 0

    def test_the_right_one_does_not_help_before_the_time_is_over(self, client):
        user = UserFactory(password=PASSWORD)
        for _ in range(5):
            client.post(reverse(LOGIN), {"login": user.email, "password": "wrong"})

        assert client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD}).status_code == 429
        with clock.at(clock.now() + timedelta(seconds=65)):
            assert client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD}).status_code == 302

    def test_a_stranger_elsewhere_locks_nobody_out(self, client):
        user = UserFactory(password=PASSWORD)
        for _ in range(8):
            client.post(reverse(LOGIN), {"login": user.email, "password": "wrong"}, REMOTE_ADDR="203.0.113.9")

        answer = client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.7")

        assert answer.status_code == 302

    def test_one_account_from_everywhere(self, client):
        user = UserFactory(password=PASSWORD)
        statuses = [
            client.post(
                reverse(LOGIN), {"login": user.email, "password": "wrong"}, REMOTE_ADDR=f"203.0.113.{n}"
            ).status_code
            for n in range(25)
        ]

        assert statuses.count(200) == 20

    def test_a_forged_forwarding_header_changes_nothing(self, client):
        statuses = [
            client.post(
                reverse(LOGIN),
                {"login": "a@example.com", "password": "wrong"},
                headers={"x-forwarded-for": f"203.0.113.{n}"},
            ).status_code
            for n in range(7)
        ]

        assert statuses == [200] * 5 + [429] * 2

    def test_three_letters_an_hour_to_one_address_by_whatever_door(self):
        user = UserFactory(password=PASSWORD)
        statuses = [
            Client().post(reverse(LOGIN), {"login": user.email}).status_code,
            Client().post(reverse("account_reset_password"), {"email": user.email}).status_code,
            Client().post(reverse("account_request_login_code"), {"email": user.email.upper()}).status_code,
            Client().post(reverse("account_signup"), {"email": user.email, "terms": "on"}).status_code,
            Client().post(reverse(LOGIN), {"login": user.email}).status_code,
        ]

        assert statuses == [302, 302, 302, 429, 429]
        outbox.drain()
        assert len(mail.outbox) == 3

    @pytest.mark.parametrize("door", ["code page", "reset", "sign-up", "code"])
    def test_a_field_the_page_does_not_read_changes_nobody_s_count(self, door):
        user = UserFactory()
        name, form = DOORS[door]
        sent = {key: value.format(user.email) for key, value in form.items()}
        other = "email" if "login" in sent else "login"

        statuses = [
            Client().post(reverse(name), {**sent, other: f"somebody-{n}@example.com"}).status_code for n in range(5)
        ]

        assert statuses == [302, 302, 302, 429, 429]

    def test_sending_again_is_counted_for_whom_it_goes_to(self, client):
        user = UserFactory()
        client.post(reverse(LOGIN), {"login": user.email})

        for n in range(6):
            client.post(reverse(CODE), {"action": "resend", "email": f"somebody-{n}@example.com"})

        outbox.drain()
        assert len(mail.outbox) <= 3

    def test_sending_again_counts_as_well_and_the_same_for_nobody(self):
        user = UserFactory()
        results = []
        for address in (user.email, "nobody-here@example.com"):
            client = Client()
            client.post(reverse(LOGIN), {"login": address})
            results.append([client.post(reverse(CODE), {"action": "resend"}).status_code for _ in range(4)])

        assert results[0] == results[1]
        outbox.drain()
        assert len(mail.outbox) <= 3

    def test_without_redis_the_doors_are_closed(self, client, settings, monkeypatch):
        user = UserFactory(password=PASSWORD)
        monkeypatch.setattr(throttle, "_ask", lambda *_: None)

        assert client.post(reverse(LOGIN), {"login": user.email, "password": PASSWORD}).status_code == 429
        assert client.post(reverse(LOGIN), {"login": user.email}).status_code == 429
        assert client.get(reverse(LOGIN)).status_code == 200

    def test_many_tokens_in_an_hour_are_too_many(self, client):
        sign_in(client, UserFactory())
        form = {"name": "bot", "scopes": ["read"], "days": "30"}

        statuses = [client.post(reverse("account-token-new"), form).status_code for _ in range(limits.TOKENS[0] + 1)]

        assert statuses == [200] * limits.TOKENS[0] + [429]


class TestCodes:
    def test_a_code_works_once(self):
        user = UserFactory()
        first, second = Client(), Client()
        first.post(reverse(LOGIN), {"login": user.email})
        code = code_in(last_letter())
        first.post(reverse(CODE), {"code": code})
        first.post(reverse("account_logout"))

        first.post(reverse(CODE), {"code": code})
        second.post(reverse(CODE), {"code": code})

        assert "_auth_user_id" not in first.session
        assert "_auth_user_id" not in second.session

    def test_after_three_wrong_guesses_the_code_is_dead(self, client):
        user = UserFactory()
        client.post(reverse(LOGIN), {"login": user.email})
        code = code_in(last_letter())
        for _ in range(3):
            client.post(reverse(CODE), {"code": "WRONG"})

        client.post(reverse(CODE), {"code": code})

        assert "_auth_user_id" not in client.session
