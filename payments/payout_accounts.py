"""A seller's account at Stripe: made, set up on Stripe's pages, looked at again, replaced."""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts import activity, notifications
from accounts.models import User
from common import clock, money
from common.problems import Problem
from payments import alerts, gateway, payouts
from payments.models import Payout, PayoutAccount

log = logging.getLogger(__name__)
HOLD_AFTER_CHANGE = timedelta(hours=72)
LOOK_AFTER = timedelta(hours=1)
LOOKS = 4  # at one account, when others look at it at the same moment
S = PayoutAccount.State
STATES = {
    "active": S.ACTIVE,
    "pending": S.PENDING,
    "restricted": S.RESTRICTED,
    "rejected": S.REJECTED,
    "unsupported": S.REJECTED,
}


class NotASeller(Problem):
    code, status = "not_a_seller", 403


class NoReplacement(Problem):
    code, status = "payout_in_flight", 409


@transaction.atomic
def current(seller: User) -> PayoutAccount:
    """The account in use, made in our books when there is none yet."""
    if not seller.is_seller:
        raise NotASeller
    seller = (
        User.objects.select_for_update(no_key=True, of=("self",)).select_related("seller_profile").get(pk=seller.pk)
    )
    account, _ = PayoutAccount.objects.get_or_create(
        seller=seller, retired_at=None, defaults={"country": seller.seller_profile.country}
    )
    return account


def set_up(seller: User, *, return_url: str, refresh_url: str) -> str:
    """The address of Stripe's pages where the seller sets the account up. Raises gateway.Away or Refused."""
    account = current(seller)
    if account.stripe_id is None:
        try:
            made = gateway.create_account(
                email=seller.email,
                name=seller.seller_profile.name,
                country=account.country,
                intent=account.public_id,
                key_round=account.key_round,
            )
        except gateway.Away as error:
            # An account that was made all the same stays empty at Stripe and harms nobody.
            if error.answered:
                same_key = PayoutAccount.objects.filter(pk=account.pk, key_round=account.key_round)
                same_key.update(key_round=F("key_round") + 1)
            raise
        PayoutAccount.objects.filter(pk=account.pk, stripe_id=None).update(stripe_id=made.id, state=S.PENDING)
        account.refresh_from_db()
    return gateway.account_link(account.stripe_id or "", return_url=return_url, refresh_url=refresh_url)


def refresh_account(stripe_id: str) -> PayoutAccount | None:
    """Ask Stripe how an account stands; coming back from its pages proves nothing.

    An answer that another look overtook may be the older of the two, so Stripe is asked again. Raises gateway.Away.
    """
    for _ in range(LOOKS):
        looked_at = PayoutAccount.objects.filter(stripe_id=stripe_id).values_list("checked_at").first()
        if looked_at is None:
            return None
        found = gateway.read_account(stripe_id)
        with transaction.atomic():
            locked = PayoutAccount.objects.select_for_update(no_key=True, of=("self",))
            account = locked.select_related("seller").get(stripe_id=stripe_id)
            if (account.checked_at,) == looked_at:
                _take_in(account, found)
                return account
    raise gateway.Away("Others kept looking at this account meanwhile.")


def _take_in(account: PayoutAccount, found: gateway.SellerAccount) -> None:
    before = account.state
    account.state = S.REJECTED if found.closed else STATES.get(found.status, S.RESTRICTED)
    if account.state == S.RESTRICTED and not found.needs_input and before in {S.NEW, S.PENDING}:
        account.state = S.PENDING
    account.checked_at = clock.now()
    account.save(update_fields=["state", "checked_at"])
    if account.state != before and account.retired_at is None and account.state in {S.ACTIVE, S.RESTRICTED}:
        notifications.tell(
            account.seller,
            "payout_account_ready" if account.state == S.ACTIVE else "payout_account_restricted",
            url="/sell/payouts/",
            key=f"payout-account:{account.pk}:{account.state}:{clock.now():%Y%m%d%H%M}",
            minimum=money.as_json(settings.MIN_PAYOUT, settings.CURRENCY),
        )


@transaction.atomic
def replace(seller: User) -> PayoutAccount:
    """Retire the account in use and begin a new one; nothing is sent for 72 hours, and the seller is told.

    The caller has made sure of a fresh sign-in. Refused while a payout is on its way.
    """
    seller = (
        User.objects.select_for_update(no_key=True, of=("self",)).select_related("seller_profile").get(pk=seller.pk)
    )
    if Payout.objects.filter(seller=seller, state__in=payouts.IN_FLIGHT).exists():
        raise NoReplacement
    now = clock.database_now()
    PayoutAccount.objects.filter(seller=seller, retired_at=None).update(retired_at=now)
    account = PayoutAccount.objects.create(
        seller=seller, country=seller.seller_profile.country, held_until=now + HOLD_AFTER_CHANGE
    )
    notifications.tell(
        seller, "payout_account_changed", url="/sell/payouts/", key=f"payout-account-changed:{account.pk}"
    )
    activity.record(seller, "payout_account.replaced", ("payout_account", account.public_id, account.public_id))
    return account


# ---- What Stripe tells of money already sent -------------------------------------------------------------------------
def sync_transfer(transfer_id: str) -> None:
    """A transfer was made or reversed: settle the payout it belongs to, or say that we know of none."""
    found = gateway.read_transfer(transfer_id)
    payout = Payout.objects.filter(public_id=found.intent).first() if found.intent else None
    if payout is None:
        alerts.raise_("unknown_transfer", f"transfer:{transfer_id}", "Stripe shows a transfer that we did not plan.")
        return
    payouts.settle(payout.pk, found)
    payout.refresh_from_db()
    if payout.transfer == found.id and found.reversed != payout.reversed_amount:
        payouts.take_in_reversals(payout)


def sync_bank_payout(payout_id: str, account_id: str) -> None:
    """Stripe sent a seller's balance to their bank, or could not: mark what arrived, tell what failed."""
    account = PayoutAccount.objects.filter(stripe_id=account_id).select_related("seller").first()
    found = gateway.read_bank_payout(payout_id, account_id) if account else None
    if account is None or found is None:
        return
    if found.status == "paid":
        _arrived(account, found)
        return
    if found.status not in {"failed", "canceled"}:
        return
    # The money is back in the seller's Stripe balance, which sends it again once the bank details are mended.
    with transaction.atomic():
        _bounced(account, found)
        notifications.tell(
            account.seller,
            "bank_payout_failed",
            url="/sell/payouts/",
            key=f"bank-payout:{payout_id}",
            amount=money.as_json(found.amount, settings.CURRENCY),
            reason=found.failure,
        )
        if account.retired_at is not None:
            alerts.raise_(
                "bank_payout_retired", f"bank-payout:{payout_id}", "A bank refused money sent to a retired account."
            )


def _arrived(account: PayoutAccount, found: gateway.BankPayout) -> None:
    """What had been sent to the account when the bank payout was made came with it; what was sent later did not."""
    made_at = datetime.fromtimestamp(found.created + 1, UTC)
    Payout.objects.filter(account=account, state=Payout.State.SENT, sent_at__lt=made_at).update(
        state=Payout.State.PAID, settled_at=clock.now(), bank_payout=found.id
    )


def _bounced(account: PayoutAccount, found: gateway.BankPayout) -> None:
    """The bank sent it back, though it had arrived perhaps: what came with it is on its way again."""
    Payout.objects.filter(account=account, state=Payout.State.PAID, bank_payout=found.id).update(
        state=Payout.State.SENT, settled_at=None, bank_payout=""
    )


# ---- What Stripe forgot to tell --------------------------------------------------------------------------------------
def sweep() -> int:
    """Accounts with money on its way to a bank, or being checked by Stripe, are looked at though no event came."""
    now = clock.now()
    waiting = Payout.objects.filter(state=Payout.State.SENT, sent_at__lt=now - LOOK_AFTER)
    in_use = PayoutAccount.objects.filter(stripe_id__isnull=False).filter(
        Q(checked_at=None) | Q(checked_at__lt=now - LOOK_AFTER)
    )
    sending = Q(pk__in=waiting.values("account"))
    unsure = Q(state__in=[S.NEW, S.PENDING, S.RESTRICTED], retired_at=None, created_at__lt=now - LOOK_AFTER)
    found = list(in_use.filter(sending | unsure).order_by(F("checked_at").asc(nulls_first=True), "pk")[:50])
    for account in found:
        try:
            look_at(account)
        except gateway.Refused:
            PayoutAccount.objects.filter(pk=account.pk).update(checked_at=now)
            log.warning("Stripe shows nothing of payout account %s", account.public_id)
    return len(found)


def look_at(account: PayoutAccount) -> None:
    """The account as Stripe has it, and what it sent to the bank."""
    refresh_account(account.stripe_id or "")
    for bank_payout in gateway.bank_payouts(account.stripe_id or ""):
        if bank_payout.status == "paid":
            _arrived(account, bank_payout)
        elif bank_payout.status in {"failed", "canceled"}:
            _bounced(account, bank_payout)
