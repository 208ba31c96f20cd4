"""Stripe's answers, played: what the gateway says where a test needs a turn that the sandbox takes seldom."""

from payments import gateway, ledger, orders, payouts
from payments.ledger import K, Leg
from payments.models import Alert, PayoutAccount
from tests.factories.accounts import SellerFactory
from tests.factories.payments import PendingOrder


def says(monkeypatch, **answers):
    """What the gateway's functions answer; an exception is raised."""

    def answer(value):
        def call(*_args, **_named):
            if isinstance(value, BaseException):
                raise value
            return value

        return call

    for name, value in answers.items():
        monkeypatch.setattr(gateway, name, answer(value))


def fails(kind):
    def call(*_args, **_named):
        raise kind

    return call


def payment(order, **how):
    known = {"session": f"cs_{order.number}", "status": "complete", "paid": True, "currency": "usd", "tax": 0}
    known |= {"amount": order.total, "order": order.number, "payment_intent": f"pi_{order.pk}"}
    return gateway.Payment(**known | {"charge": f"ch_{order.pk}", "fee": 44} | how)


def charge(order="", fee=44):
    known = {"id": "ch_1", "payment_intent": "pi_1", "amount": 499, "refunded": 0, "currency": "usd"}
    return gateway.Charge(**known, order=order, disputed=False, fee=fee)


def paid(*listings, **how):
    order = PendingOrder(*listings)
    orders.mark_paid(order.pk, payment(order, **how))
    return orders.fulfil(order.pk)


def taken(order, amount=499, **how):
    known = {"id": "dp_1", "status": "needs_response", "reason": "general", "charge": "ch_1", "currency": "usd"}
    known |= {"amount": amount, "withdrawn": amount, "reinstated": 0, "fee": 0, "payment_intent": order.payment_intent}
    return gateway.StripeDispute(**known | how)


def refund_made(**how):
    known = {"id": "re_1", "status": "succeeded", "amount": 499, "currency": "usd", "payment_intent": "pi_1"}
    return gateway.StripeRefund(**known | {"charge": "ch_1", "intent": "", "failure": ""} | how)


def alerts():
    return set(Alert.objects.values_list("kind", flat=True))


def rich(amount=5000):
    """A seller with matured money and an account at Stripe."""
    seller = SellerFactory()
    legs = [Leg(K.STRIPE, amount), Leg(K.SELLER, -amount, seller.pk)]
    ledger.post("manual", f"given:{seller.pk}", "usd", legs)
    PayoutAccount.objects.create(seller=seller, country="US", stripe_id=f"acct_{seller.pk}", state="active")
    return seller


def owed():
    return payouts.reserve(rich().pk)
