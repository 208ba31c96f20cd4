"""Paying sellers: reserve in the books, send, settle or void. One payout in flight for each seller and currency.

Available money is reserved under a lock and committed before Stripe is called. A refusal gives it back. No answer
leaves it reserved until Stripe, asked for the transfer by our own id, says what happened; only then is anything sent
again. A payout never takes more than what has matured by the database's clock, less what refunds took.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum

from accounts import activity, notifications, outbox
from accounts.models import User
from common import clock, money
from payments import alerts, fences, gateway, large_payouts, ledger, signals, tasks
from payments.ledger import K, Leg
from payments.models import Account, Entry, Payout, PayoutAccount, PayoutItem, Reversal

log = logging.getLogger(__name__)
IN_FLIGHT = (Payout.State.RESERVED, Payout.State.UNKNOWN)
GIVE_UP_CODES = {"balance_insufficient"}  # our own funds are still on their way: tried again on the next day
HOLD_AFTER_CREDENTIALS = timedelta(hours=72)
CERTAIN_AFTER = timedelta(minutes=10)  # by then a call that was never answered has had its effect, or never will


class PayoutsHeld(Exception):
    """No money goes out: the books are in doubt, or the seller or the account may not be paid now."""


# ---- Choosing ------------------------------------------------------------------------------------------------------
def due() -> list[tuple[int, int]]:
    """(seller id, available minor units) of everybody who reaches the minimum; checked again under the lock."""
    now = clock.database_now()
    rows = (
        Entry.objects.filter(account__kind=K.SELLER, account__currency=settings.CURRENCY)
        .filter(Q(matures_at=None) | Q(matures_at__lte=now))
        .values("account__user")
        .annotate(available=-Sum("amount"))
        .filter(available__gte=settings.MIN_PAYOUT)
        .order_by("account__user")
    )
    return [(row["account__user"], row["available"]) for row in rows]


def start_due() -> int:
    """Hand every due seller to a worker; when the queue is away, nothing is lost: the next run finds them again."""
    if not alerts.payouts_on():
        log.warning("payouts are switched off")
        return 0
    sellers = [seller for seller, _ in due()]
    for seller in sellers:
        tasks.hurry_payout(seller)
    return len(sellers)


def pay(seller_id: int) -> Payout | None:
    """Reserve and send what a seller is due; None when there is nothing or it may not go out now."""
    try:
        payout = reserve(seller_id)
    except PayoutsHeld as reason:
        log.info("payout held: %s", reason)
        return None
    if payout is not None:
        send(payout.pk)
        payout.refresh_from_db()
    return payout


@transaction.atomic
def reserve(seller_id: int) -> Payout | None:
    """Move all that is available from the seller to "on its way". Raises PayoutsHeld with the reason."""
    seller = User.objects.select_for_update(no_key=True).get(pk=seller_id)
    account = PayoutAccount.objects.select_for_update(no_key=True).filter(seller=seller, retired_at=None).first()
    _check(seller, account)
    if account is None or Payout.objects.filter(seller=seller, state__in=IN_FLIGHT).exists():
        return None
    books = (
        Account.objects.select_for_update(no_key=True)
        .filter(user=seller, kind=K.SELLER, currency=settings.CURRENCY)
        .first()
    )
    if books is None:
        return None
    now = clock.database_now()
    ripe = Entry.objects.filter(account=books).filter(Q(matures_at=None) | Q(matures_at__lte=now))
    available = -(ripe.aggregate(sum=Sum("amount"))["sum"] or 0)
    # What refunds took from sales still pending is theirs already: never pay out what they need.
    everything = -(Entry.objects.filter(account=books).aggregate(sum=Sum("amount"))["sum"] or 0)
    amount = min(available, everything)
    if amount < max(1, settings.MIN_PAYOUT):
        return None
    if not large_payouts.may_go(seller, amount):
        return None

    payout = Payout.objects.create(
        seller=seller, account=account, amount=amount, currency=settings.CURRENCY, created_at=now
    )
    large_payouts.use(payout)
    shown = Q(line__isnull=False) | Q(transaction__kind__in=["payout_reversed", "manual"])
    covered = ripe.filter(shown).exclude(payout_items__released=False)
    PayoutItem.objects.bulk_create(
        PayoutItem(payout=payout, entry_id=pk) for pk in covered.values_list("pk", flat=True)
    )
    legs = [Leg(K.SELLER, amount, seller.pk), Leg(K.IN_TRANSIT, -amount, seller.pk)]
    ledger.post("payout_reserved", f"payout:{payout.public_id}", payout.currency, legs, payout=payout)
    return payout


def check(seller: User) -> None:
    """Raises PayoutsHeld with the reason when nothing would be sent to this seller now."""
    _check(seller, PayoutAccount.objects.filter(seller=seller, retired_at=None).first())


def _check(seller: User, account: PayoutAccount | None) -> None:
    now = clock.database_now()
    if not alerts.payouts_on():
        raise PayoutsHeld("payouts are switched off")
    if seller.is_suspended:
        raise PayoutsHeld("the seller is suspended")
    if account is None or account.state != PayoutAccount.State.ACTIVE:
        raise PayoutsHeld("no account ready for payouts")
    if account.held_until and account.held_until > now:
        raise PayoutsHeld("the payout account was changed lately")
    if seller.credentials_changed_at and seller.credentials_changed_at + HOLD_AFTER_CREDENTIALS > now:
        raise PayoutsHeld("the sign-in was changed lately")


def _check_debt(seller: User, currency: str) -> None:
    if ledger.seller_balance(seller, currency).debt:
        raise PayoutsHeld("a refund needs the money")


# ---- Sending -------------------------------------------------------------------------------------------------------
def send(payout_id: int) -> None:
    """Bring a reserved payout to Stripe, after asking whether it is there already. Raises gateway.Away."""
    payout, held = _begin(payout_id)
    if payout is None:
        return
    made = gateway.find_transfer(payout.public_id) if payout.attempts > 1 or held else None
    if made is None and held:
        _let_go(payout.pk, held)
        return
    if made is None:
        with fences.sending(payout.seller_id):
            if User.objects.filter(pk=payout.seller_id, suspended_at__isnull=False).exists():
                _not_called(payout)
                return
            try:
                made = _transfer(payout)
            except gateway.Refused as error:
                # A key that Stripe has pruned or answered before may refuse what exists: look before giving it back.
                made = gateway.find_transfer(payout.public_id)
                if made is None:
                    void(payout.pk, error.code)
                    return
    settle(payout.pk, made)


def _transfer(payout: Payout) -> gateway.Transfer:
    try:
        return gateway.transfer(
            amount=payout.amount,
            currency=payout.currency,
            destination=payout.account.stripe_id or "",
            intent=payout.public_id,
            key_round=payout.key_round,
        )
    except gateway.Away as error:
        # Only the key that was answered is given up: whoever still holds an older one must not skip another.
        if error.answered:
            Payout.objects.filter(pk=payout.pk, key_round=payout.key_round).update(key_round=F("key_round") + 1)
        raise


@transaction.atomic
def _not_called(asked: Payout) -> None:
    """The seller was suspended between our asking and the call, which was not made: back into the balance."""
    payout = Payout.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if payout.state in IN_FLIGHT and payout.attempts == asked.attempts == 1:
        _give_back(payout, Payout.State.CANCELLED, "the seller is suspended")


@transaction.atomic
def _begin(payout_id: int) -> tuple[Payout | None, str]:
    """Mark the payout as asked for; cancelled instead when its seller may not be paid any more and nothing was sent.

    The second value is why nothing more may be sent for a payout that was asked for before.
    """
    seller_id, currency = Payout.objects.values_list("seller_id", "currency").get(pk=payout_id)
    seller = User.objects.select_for_update(no_key=True).get(pk=seller_id)
    ledger.lock_sellers({seller_id}, currency)
    payout = Payout.objects.select_for_update(no_key=True, of=("self",)).select_related("account").get(pk=payout_id)
    if payout.state not in IN_FLIGHT:
        return None, ""
    try:
        _check(seller, payout.account if payout.account.retired_at is None else None)
        if payout.attempts == 0:
            _check_debt(seller, currency)
    except PayoutsHeld as reason:
        if payout.attempts == 0:
            _give_back(payout, Payout.State.CANCELLED, str(reason))
            return None, ""
        return payout, str(reason)
    payout.state = Payout.State.UNKNOWN
    payout.attempts += 1
    payout.asked_at = clock.database_now()
    payout.save(update_fields=["state", "attempts", "asked_at"])
    return payout, ""


@transaction.atomic
def _let_go(payout_id: int, reason: str) -> None:
    """Stripe does not know the transfer, nor may it be sent: cancelled once no call can still be under way."""
    payout = Payout.objects.select_for_update(no_key=True).get(pk=payout_id)
    asked = payout.asked_at or payout.created_at
    if payout.state in IN_FLIGHT and asked < clock.database_now() - CERTAIN_AFTER:
        _give_back(payout, Payout.State.CANCELLED, reason)


@transaction.atomic
def settle(payout_id: int, made: gateway.Transfer) -> None:
    """The transfer exists: the money has left. Once."""
    seller_id, currency = Payout.objects.values_list("seller_id", "currency").get(pk=payout_id)
    ledger.lock_sellers({seller_id}, currency)
    payout = Payout.objects.select_for_update(no_key=True, of=("self",)).select_related("seller").get(pk=payout_id)
    if payout.transfer is not None:
        return
    if made.amount != payout.amount or made.currency != payout.currency:
        alerts.raise_(
            "payout_mismatch", f"payout-mismatch:{payout.public_id}", "A transfer is of another amount than its payout."
        )
        return
    source = K.IN_TRANSIT
    if payout.state not in IN_FLIGHT:
        # Given back to the seller's balance, and made all the same: what left is taken from there again.
        source = K.SELLER
        alerts.raise_(
            "payout_late", f"payout-late:{payout.public_id}", "A payout that had been given up was sent after all."
        )
    legs = [Leg(source, payout.amount, payout.seller_id), Leg(K.STRIPE, -payout.amount)]
    ledger.post("payout_sent", f"payout-sent:{payout.public_id}", payout.currency, legs, payout=payout)
    payout.state, payout.transfer, payout.sent_at = Payout.State.SENT, made.id, clock.database_now()
    payout.destination_payment, payout.failure, payout.settled_at = made.destination_payment, "", None
    payout.save(update_fields=["state", "transfer", "sent_at", "destination_payment", "failure", "settled_at"])
    notifications.tell(
        payout.seller,
        "payout_sent",
        url="/sell/payouts/",
        key=f"payout:{payout.pk}",
        amount=money.as_json(payout.amount, payout.currency),
    )
    activity.record(None, "payout.sent", ("payout", payout.public_id, payout.public_id), amount=payout.amount)
    signals.payout_sent.send(Payout, payout=payout)
    # A refund may have come while it was on its way.
    recover(payout.seller, payout.currency, because=f"payout:{payout.public_id}")


@transaction.atomic
def void(payout_id: int, code: str) -> None:
    """Stripe refused: the money is available again."""
    payout = Payout.objects.select_for_update(no_key=True).get(pk=payout_id)
    if payout.state not in IN_FLIGHT:
        return
    if code not in GIVE_UP_CODES:
        alerts.raise_("payout_refused", f"payout:{payout.public_id}", f"Stripe refused a payout: {code}.")
    _give_back(payout, Payout.State.FAILED, code)


def _give_back(payout: Payout, state: Payout.State, why: str) -> None:
    legs = [Leg(K.IN_TRANSIT, payout.amount, payout.seller_id), Leg(K.SELLER, -payout.amount, payout.seller_id)]
    ledger.post("payout_voided", f"payout-voided:{payout.public_id}", payout.currency, legs, payout=payout)
    payout.items.update(released=True)
    payout.state, payout.failure, payout.settled_at = state, why[:60], clock.now()
    payout.save(update_fields=["state", "failure", "settled_at"])


def sweep() -> int:
    """Payouts whose outcome is not known, and take-backs not done: ask Stripe again."""
    before = clock.now() - timedelta(seconds=30)
    waiting = Payout.objects.filter(state__in=IN_FLIGHT, created_at__lt=before).order_by("pk")
    for pk in (found := list(waiting.values_list("pk", flat=True)[:200])):
        try:
            send(pk)
        except gateway.Away:
            log.warning("payout %s waits for Stripe", pk)
        except Exception:
            log.exception("payout %s could not be brought to an end", pk)
    return len(found)


# ---- Taking back ---------------------------------------------------------------------------------------------------
def recover(seller: User, currency: str, *, because: str) -> None:
    """When a refund leaves a seller in debt after payouts, plan to take the debt back from the newest of them.

    Inside the transaction that booked the refund. What Stripe refuses to reverse stays a debt for the next sales.
    """
    planned = (
        Reversal.objects.filter(
            payout__seller=seller, payout__currency=currency, state=Reversal.State.PLANNED
        ).aggregate(sum=Sum("amount"))["sum"]
        or 0
    )
    debt = ledger.seller_balance(seller, currency).debt - planned
    sent = Payout.objects.filter(seller=seller, currency=currency, state__in=[Payout.State.SENT, Payout.State.PAID])
    for payout in sent.select_for_update(no_key=True).order_by("-sent_at", "-pk")[:10]:
        held = payout.reversals.filter(state=Reversal.State.PLANNED).aggregate(sum=Sum("amount"))["sum"] or 0
        amount = min(debt, payout.amount - payout.reversed_amount - held)
        if amount <= 0:
            continue
        reversal = Reversal.objects.create(payout=payout, amount=amount, because=f"{because}:{payout.pk}")
        outbox.promise("payments.reverse", key=f"reversal:{reversal.pk}", reversal_id=reversal.pk)
        debt -= amount


def reverse(reversal_id: int) -> None:
    """Take a planned amount back from a payout. Raises gateway.Away while what happened is unknown."""
    reversal = Reversal.objects.select_related("payout__seller").get(pk=reversal_id)
    payout = reversal.payout
    if reversal.state != Reversal.State.PLANNED or not payout.transfer:
        return
    made = gateway.find_reversal(payout.transfer, reversal.public_id)
    if made is None:
        if not ledger.seller_balance(payout.seller, payout.currency).debt:
            _not_reversed(reversal.pk)  # a dispute was won, or sales came: nothing is owed any more
            return
        try:
            made = gateway.reverse_transfer(
                payout.transfer, amount=reversal.amount, intent=reversal.public_id, key_round=reversal.key_round
            )
        except gateway.Away as error:
            if error.answered:
                same_key = Reversal.objects.filter(pk=reversal.pk, key_round=reversal.key_round)
                same_key.update(key_round=F("key_round") + 1)
            raise
        except gateway.Refused:
            made = gateway.find_reversal(payout.transfer, reversal.public_id)
            if made is None:
                _not_reversed(reversal.pk)
                return
    _reversed(reversal.pk, made)


def _not_reversed(reversal_id: int) -> None:
    planned = Reversal.objects.filter(pk=reversal_id, state=Reversal.State.PLANNED)
    planned.update(state=Reversal.State.REFUSED, done_at=clock.now())


@transaction.atomic
def _reversed(reversal_id: int, made: gateway.TransferReversal) -> None:
    reversal = (
        Reversal.objects.select_for_update(no_key=True, of=("self",)).select_related("payout").get(pk=reversal_id)
    )
    # One that had been given up and was made all the same has moved the money, too.
    if reversal.state != Reversal.State.DONE:
        _book_reversal(reversal, made)


def take_in_reversals(payout: Payout) -> None:
    """Take-backs of a payout as Stripe has them: ours are settled, those made in its dashboard booked as well."""
    for made in gateway.reversals_of(payout.transfer or ""):
        ours = Reversal.objects.filter(public_id=made.intent).first() if made.intent else None
        if ours is not None:
            _reversed(ours.pk, made)
        elif not Reversal.objects.filter(stripe_id=made.id).exists():
            _take_in_reversal(payout, made)


@transaction.atomic
def _take_in_reversal(payout: Payout, made: gateway.TransferReversal) -> None:
    ledger.lock_sellers({payout.seller_id}, payout.currency)
    reversal, is_new = Reversal.objects.get_or_create(
        because=f"outside:{made.id}", defaults={"payout": payout, "amount": made.amount}
    )
    if is_new:
        _book_reversal(reversal, made)
        about = ("payout", payout.public_id, payout.public_id)
        activity.record(None, "payout.reversed_outside", about, amount=made.amount)


def _book_reversal(reversal: Reversal, made: gateway.TransferReversal) -> None:
    payout = reversal.payout
    legs = [Leg(K.STRIPE, made.amount), Leg(K.SELLER, -made.amount, payout.seller_id)]
    ledger.post("payout_reversed", f"reversal:{reversal.public_id}", payout.currency, legs, payout=payout)
    Payout.objects.filter(pk=payout.pk).update(reversed_amount=F("reversed_amount") + made.amount)
    reversal.state, reversal.stripe_id, reversal.done_at = Reversal.State.DONE, made.id, clock.now()
    reversal.save(update_fields=["state", "stripe_id", "done_at"])
