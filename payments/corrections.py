"""What two people decide together: corrections of the books by hand, and payouts above the limit.

One proposes with a reason, another approves; never oneself, and never for one's own account. The database holds the
same rule.
"""

from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity
from accounts.models import User
from common import clock, money
from common.problems import Problem
from payments import ledger
from payments.ledger import K, Leg
from payments.models import Account, LargePayout, ManualEntry, Transaction

BY_HAND = "payments.add_manualentry"
Proposal = TypeVar("Proposal", ManualEntry, LargePayout)


class MayNotCorrect(Problem):
    code, status = "may_not_correct", 403
    default_detail = _("Only bookkeepers of the house may do this.")


class SecondPersonNeeded(Problem):
    code, status = "second_person_needed", 409
    default_detail = _("Somebody else has to decide: neither who proposed it, nor whose money it is.")


class DecidedAlready(Problem):
    code, status = "already_decided", 409
    default_detail = _("This has been decided already.")


class NotBalanced(Problem):
    code, status = "not_balanced", 400
    default_detail = _("The amounts must sum to zero, on at least two accounts of one currency.")


class ReasonMissing(Problem):
    code, status = "reason_missing", 400
    default_detail = _("Give the reason; it stays in the books.")


def may(user: User) -> bool:
    return user.is_active and user.is_staff and not user.is_suspended and user.has_perm(BY_HAND)


# ---- Corrections of the books ----------------------------------------------------------------------------------------
@transaction.atomic
def propose(by: User, *, reason: str, legs: Sequence[tuple[Account, int]]) -> ManualEntry:
    """Ask for a correction: (account, amount in minor units, debit positive), summing to zero. Books nothing yet."""
    _check_proposer(by, reason)
    accounts = {account.pk for account, amount in legs if amount}
    one_currency = len({account.currency for account, _amount in legs}) == 1
    if sum(amount for _account, amount in legs) != 0 or len(accounts) < 2 or not one_currency:
        raise NotBalanced
    if any(account.user_id == by.pk for account, _amount in legs):
        raise SecondPersonNeeded
    entry = ManualEntry.objects.create(
        proposed_by=by,
        reason=reason.strip(),
        legs=[{"account": account.pk, "amount": amount} for account, amount in legs if amount],
    )
    activity.record(by, "correction.proposed", ("manual_entry", str(entry.pk), entry.reason), reason=entry.reason)
    return entry


@transaction.atomic
def approve(entry: ManualEntry, *, by: User) -> ManualEntry:
    """Book a correction that somebody else proposed."""
    entry = _taken(ManualEntry, entry, by)
    accounts = Account.objects.in_bulk([leg["account"] for leg in entry.legs])
    if by.pk in {account.user_id for account in accounts.values()}:
        raise SecondPersonNeeded
    sellers = {account.user_id for account in accounts.values() if account.kind == K.SELLER and account.user_id}
    currency = next(iter(accounts.values())).currency
    ledger.lock_sellers(sellers, currency)
    legs = [Leg(accounts[leg["account"]].kind, leg["amount"], accounts[leg["account"]].user_id) for leg in entry.legs]
    key = f"manual:{entry.pk}"
    ledger.post("manual", key, currency, legs, note=entry.reason[:200])
    entry.approved_by, entry.decided_at = by, clock.now()
    entry.transaction = Transaction.objects.get(key=key)
    entry.save(update_fields=["approved_by", "decided_at", "transaction"])
    activity.record(by, "correction.approved", ("manual_entry", str(entry.pk), entry.reason), reason=entry.reason)
    return entry


@transaction.atomic
def refuse(entry: ManualEntry | LargePayout, *, by: User) -> None:
    """Nothing comes of it; whoever proposed it may take it back so, too."""
    if not may(by):
        raise MayNotCorrect
    kept = type(entry)._default_manager.select_for_update(no_key=True).get(pk=entry.pk)
    if kept.decided_at is not None:
        raise DecidedAlready
    kept.refused, kept.decided_at = True, clock.now()
    kept.save(update_fields=["refused", "decided_at"])
    activity.record(by, "correction.refused", (kept._meta.label_lower, str(kept.pk), kept.reason), reason=kept.reason)


# ---- Payouts above the limit -----------------------------------------------------------------------------------------
@transaction.atomic
def propose_payout(by: User, seller: User, *, amount: int, reason: str) -> LargePayout:
    """Ask for leave to send one payout above the limit, up to an amount in minor units."""
    _check_proposer(by, reason)
    if by.pk == seller.pk:
        raise SecondPersonNeeded
    leave = LargePayout.objects.create(
        seller=seller, amount=amount, currency=settings.CURRENCY, reason=reason.strip(), proposed_by=by
    )
    shown = money.as_json(amount, leave.currency)
    activity.record(by, "large_payout.proposed", ("user", str(seller.pk), str(seller)), reason=reason, amount=shown)
    return leave


@transaction.atomic
def approve_payout(leave: LargePayout, *, by: User) -> LargePayout:
    """Let it go; the next run of payouts sends it."""
    leave = _taken(LargePayout, leave, by)
    if by.pk == leave.seller_id:
        raise SecondPersonNeeded
    leave.approved_by, leave.decided_at = by, clock.now()
    leave.save(update_fields=["approved_by", "decided_at"])
    about = ("user", str(leave.seller_id), str(leave.seller))
    activity.record(by, "large_payout.approved", about, reason=leave.reason)
    return leave


def _check_proposer(by: User, reason: str) -> None:
    if not may(by):
        raise MayNotCorrect
    if not reason.strip():
        raise ReasonMissing


def _taken(model: type[Proposal], proposal: Proposal, by: User) -> Proposal:
    """The proposal, locked and open, for somebody who may decide it."""
    if not may(by):
        raise MayNotCorrect
    kept: Proposal = model._default_manager.select_for_update(no_key=True).get(pk=proposal.pk)
    if kept.decided_at is not None:
        raise DecidedAlready
    if kept.proposed_by_id == by.pk:
        raise SecondPersonNeeded
    return kept
