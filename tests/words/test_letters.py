"""Every letter, in both languages: subject, plain text and HTML."""

import pytest

from accounts import letters, notifications, outbox
from payments import claims, refunds
from tests.factories.accounts import UserFactory
from tests.factories.payments import PaidOrder
from tests.words import reading, world

pytestmark = pytest.mark.django_db
FACTS = {
    "code": "ZZ12ZZ",
    "ip": "192.0.2.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "timestamp": "2026-05-04T10:20:30+00:00",
    "from_email": "zzold@example.com",
    "to_email": "zznew@example.com",
    "deleted_email": "zzold@example.com",
}


def said(mails):
    """Everything in them, in pieces."""
    texts = set()
    for mail in mails:
        assert "\n\n\n" not in mail.body
        texts |= {mail.subject, *(" ".join(line.split()) for line in mail.body.splitlines())}
        for html, kind in mail.alternatives:
            assert kind == "text/html"
            texts |= reading.texts(html)
    return frozenset(text.replace("\u202f", " ").replace("\u00a0", " ") for text in texts if text)


def check(french, english):
    assert len(french) == len(english) > 0
    french, english = said(french), said(english)
    assert reading.foreign_in(french, "fr") == []
    assert reading.foreign_in(english, "en") == []
    assert reading.shared(french, english) == []


def written(mailoutbox, language):
    """The letters written in a language since the last look."""
    mine = [mail for mail in mailoutbox if mail.extra_headers["Content-Language"] == language]
    return sorted(mine, key=lambda mail: mail.subject)


@pytest.mark.parametrize("name", sorted(letters.LETTERS))
def test_letters_of_the_account(name, mailoutbox):
    for language in ("fr", "en"):
        letters.send(letters.LETTERS[name], "zz@example.com", FACTS, language=language, message_id="zz")

    check(mailoutbox[:1], mailoutbox[1:])


def test_notifications_by_mail(mailoutbox):
    values = {
        "title": "Zztitle",
        "reason": "Zzreason.",
        "note": "Zznote.",
        "amount": {"amount": 499, "currency": "usd"},
    }
    for language in ("fr", "en"):
        reader = UserFactory(name="Zzreader", language=language)
        for kind in notifications._kinds.values():
            if kind.mail:
                notifications.tell(reader, kind.name, url="/zz/", **values)
    outbox.drain()

    check(written(mailoutbox, "fr"), written(mailoutbox, "en"))


def test_receipts_credit_notes_and_withdrawals(sandbox, mailoutbox):
    buyers = [
        UserFactory(name="Zzbuyer", email=f"zz{language}@example.com", language=language) for language in ("fr", "en")
    ]
    seller, moderator = world.SellerFactory(name="Zz", seller_profile__name="Zzshop"), world.ModeratorFactory(name="Zz")
    shelf = [
        world.approved(world.listings.create(seller, **world.content(title)), moderator)
        for title in ("one", "two", "three")
    ]
    outbox.drain()
    mailoutbox.clear()
    for buyer in buyers:
        orders = [
            PaidOrder(sandbox, shelf[0], buyer=buyer, consented=True, language=buyer.language),
            PaidOrder(sandbox, shelf[1], buyer=buyer, consented=False, language=buyer.language),
            PaidOrder(sandbox, shelf[2], buyer=buyer, consented=False, language=buyer.language),
        ]
        refunds.give(orders[0], None, cause="promise", key=f"zz:{buyer.pk}")
        claims.withdraw(orders[1], by=buyer)
    outbox.drain()
    mine = {buyer.language: [mail for mail in mailoutbox if mail.to == [buyer.email]] for buyer in buyers}

    assert {mail.extra_headers["Content-Language"] for mail in mine["fr"]} == {"fr"}
    check(mine["fr"], mine["en"])
