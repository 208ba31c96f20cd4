"""What a bank took while a refund was under way that then failed: who bears it in the end."""

from django.db.models import Q, QuerySet, Sum

from payments import ledger
from payments.ledger import K, Leg
from payments.models import Dispute, Entry, Order, Refund


def entries_of(dispute_id: str) -> QuerySet[Entry]:
    """What was booked when the bank took the money, and when a failed refund was set against that."""
    key = f"dispute:{dispute_id}"
    # Not all that begins so: one dispute's name may be the beginning of another's.
    return Entry.objects.filter(Q(transaction__key=key) | Q(transaction__key__startswith=f"{key}:"))


def take_over(refund: Refund, order: Order, legs: list[Leg]) -> None:
    """What a failed refund gives back to the sides is lost to a dispute that the house had to bear meanwhile."""
    open_or_lost = Dispute.objects.filter(order=order, withdrawn_at__isnull=False, reinstated_at=None)
    # What the house bore for another payment of the order (one made twice, say) is none of this refund's.
    of_it = open_or_lost.filter(payment_intent__in=["", refund.payment_intent]).order_by("pk")
    for dispute in of_it:
        borne = entries_of(dispute.stripe_id).filter(account__kind=K.LOSSES).aggregate(sum=Sum("amount"))["sum"]
        if (borne or 0) >= refund.amount:
            taken = [Leg(leg.kind, -leg.amount, leg.user_id, leg.line_id, leg.matures_at) for leg in legs]
            key = f"dispute:{dispute.stripe_id}:{refund.public_id}"
            whole = [*taken, Leg(K.LOSSES, -refund.amount)]
            ledger.post("dispute_withdrawn", key, refund.currency, whole, order=order)
            return


def take_over_stray(refund: Refund, order: Order) -> None:
    """A payment to be given back cannot be, since the bank took it: what the house bore is what was to go back."""
    for dispute in Dispute.objects.filter(payment_intent=refund.payment_intent, reinstated_at=None).order_by("pk"):
        borne = entries_of(dispute.stripe_id).filter(account__kind=K.LOSSES).aggregate(sum=Sum("amount"))["sum"] or 0
        if amount := min(borne, refund.amount):
            legs = [Leg(K.UNALLOCATED, amount), Leg(K.LOSSES, -amount)]
            key = f"dispute:{dispute.stripe_id}:{refund.public_id}"
            ledger.post("dispute_withdrawn", key, refund.currency, legs, order=order)
