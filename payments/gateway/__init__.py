"""The only package that talks to Stripe (SDK 16.1.0, separate charges and transfers).

Functions take and return plain values in minor units. What goes wrong is one of these: `Refused` (Stripe said no and
nothing happened), `Away` (no answer or a useless one: what happened is unknown until Stripe is asked), `BadSignature`.
Every object we make carries our own ids in its metadata, so that it can be found again.
"""

from payments.gateway.balance import Movement, available, balance, movements
from payments.gateway.checkout import Charge, Payment, expire_session, open_checkout, read_charge, read_session
from payments.gateway.client import TRANSIENT, Away, BadSignature, Refused, Switched, breaker, is_live
from payments.gateway.disputes import StripeDispute, disputes_of, read_dispute, send_evidence
from payments.gateway.events import Event, event_from, events_since, read_event
from payments.gateway.refunds import StripeRefund, find_refund, read_refund, refund, refunds_of
from payments.gateway.sellers import (
    BankPayout,
    SellerAccount,
    Transfer,
    TransferReversal,
    account_link,
    bank_payouts,
    create_account,
    find_reversal,
    find_transfer,
    read_account,
    read_bank_payout,
    read_transfer,
    reversals_of,
    reverse_transfer,
    transfer,
)

__all__ = [
    "TRANSIENT",
    "Away",
    "BadSignature",
    "BankPayout",
    "Charge",
    "Event",
    "Movement",
    "Payment",
    "Refused",
    "SellerAccount",
    "StripeDispute",
    "StripeRefund",
    "Switched",
    "Transfer",
    "TransferReversal",
    "account_link",
    "available",
    "balance",
    "bank_payouts",
    "breaker",
    "create_account",
    "disputes_of",
    "event_from",
    "events_since",
    "expire_session",
    "find_refund",
    "find_reversal",
    "find_transfer",
    "is_live",
    "movements",
    "open_checkout",
    "read_account",
    "read_bank_payout",
    "read_charge",
    "read_dispute",
    "read_event",
    "read_refund",
    "read_session",
    "read_transfer",
    "refund",
    "refunds_of",
    "reversals_of",
    "reverse_transfer",
    "send_evidence",
    "transfer",
]
