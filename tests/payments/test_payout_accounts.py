"""A payout account shows what Stripe said last, whoever asked first."""

import pytest

from payments import gateway, payout_accounts
from payments.models import PayoutAccount
from tests.factories.accounts import SellerFactory

pytestmark = pytest.mark.django_db
STILL_CHECKED = gateway.SellerAccount(id="acct_1", status="pending", closed=False, needs_input=False)
READY = gateway.SellerAccount(id="acct_1", status="active", closed=False, needs_input=False)


@pytest.fixture
def account():
    return PayoutAccount.objects.create(seller=SellerFactory(), stripe_id="acct_1", country="US")


def test_an_older_answer_never_replaces_a_newer_one(account, monkeypatch):
    answers = [READY, READY]

    def overtaken(_stripe_id):
        """The first answer is read, and before it arrives another process asks and writes down the next."""
        monkeypatch.setattr(gateway, "read_account", lambda _: answers.pop())
        payout_accounts.refresh_account("acct_1")
        return STILL_CHECKED

    monkeypatch.setattr(gateway, "read_account", overtaken)

    found = payout_accounts.refresh_account("acct_1")

    account.refresh_from_db()
    assert (found.state, account.state) == (PayoutAccount.State.ACTIVE, PayoutAccount.State.ACTIVE)
    assert answers == []
    assert account.seller.notifications.filter(kind="payout_account_ready").count() == 1


def test_an_account_that_everybody_looks_at_is_looked_at_later(account, monkeypatch):
    asked = []

    def busy(_stripe_id):
        asked.append(1)
        PayoutAccount.objects.update(checked_at=f"2030-01-01T00:00:{len(asked):02}Z")
        return READY

    monkeypatch.setattr(gateway, "read_account", busy)

    with pytest.raises(gateway.Away):
        payout_accounts.refresh_account("acct_1")

    account.refresh_from_db()
    assert account.state == PayoutAccount.State.NEW
    assert len(asked) == payout_accounts.LOOKS


def test_the_page_of_payouts_opens_though_stripe_does_not_know_the_account(account, client, monkeypatch):
    def refuse(_stripe_id):
        raise gateway.Refused("resource_missing")

    monkeypatch.setattr(gateway, "read_account", refuse)
    client.force_login(account.seller)

    answer = client.get("/sell/payouts/")

    assert answer.status_code == 200
    assert "Stripe does not answer right now" in answer.content.decode()
