"""The letters that money promises: kept by the outbox, sent once as far as a mailbox shows (one Message-ID)."""

from django.conf import settings

from accounts import mail, outbox
from accounts.models import Consent
from payments import papers
from payments.models import Claim, Order, Refund

MAIL_ATTEMPTS = 200


@outbox.handler("payments.send_receipt", attempts=MAIL_ATTEMPTS)
def send_receipt(order_id: int) -> None:
    """The receipt, the link to what was bought, and the wording agreed to at checkout, on a durable medium."""
    order = Order.objects.select_related("buyer").get(pk=order_id)
    number = papers.of_order(order).number
    if not order.email:
        return
    mail.send(
        template="payments/mail/receipt",
        to=order.email,
        language=order.language,
        context={
            "order": order,
            "number": number,
            "lines": list(order.lines.select_related("entitlement").order_by("pk")),
            "consents": list(Consent.objects.filter(subject=f"order:{order.number}").order_by("pk")),
            "refund_days": settings.REFUND_DAYS,
        },
        message_id=f"receipt-{order.number}",
    )


@outbox.handler("payments.send_credit_note", attempts=MAIL_ATTEMPTS)
def send_credit_note(refund_id: int) -> None:
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    number = papers.of_refund(refund).number if refund.lines.exists() else ""
    if not refund.order.email:
        return
    mail.send(
        template="payments/mail/credit_note",
        to=refund.order.email,
        language=refund.order.language,
        context={
            "refund": refund,
            "number": number,
            "order": refund.order,
            "lines": list(refund.lines.select_related("line").order_by("pk")),
        },
        message_id=f"refund-{refund.public_id}",
    )


@outbox.handler("payments.confirm_withdrawal", attempts=MAIL_ATTEMPTS)
def confirm_withdrawal(claim_id: int) -> None:
    """The receipt of a withdrawal from the contract (Directive 2023/2673)."""
    claim = Claim.objects.select_related("line__order", "buyer").get(pk=claim_id)
    if not claim.line.order.email:
        return
    mail.send(
        template="payments/mail/withdrawal",
        to=claim.line.order.email,
        language=claim.line.order.language,
        context={"claim": claim, "order": claim.line.order, "line": claim.line},
        message_id=f"withdrawal-{claim.public_id}",
    )
