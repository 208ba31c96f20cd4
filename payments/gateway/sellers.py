"""Sellers' accounts at Stripe (Accounts v2, recipient configuration) and money sent to them."""

from dataclasses import dataclass
from typing import Any

from payments.gateway.client import Refused, ask, client, every

INCLUDE = ["configuration.recipient", "requirements"]


@dataclass(frozen=True)
class SellerAccount:
    id: str
    status: str  # of the transfers capability: active, pending, restricted, rejected, unsupported
    closed: bool
    needs_input: bool


@dataclass(frozen=True)
class Transfer:
    id: str
    intent: str
    amount: int
    currency: str
    reversed: int
    destination: str
    destination_payment: str


@dataclass(frozen=True)
class TransferReversal:
    id: str
    intent: str
    amount: int


def create_account(*, email: str, name: str, country: str, intent: str, key_round: int = 1) -> SellerAccount:
    """An account that receives transfers and nothing else; the house is liable and pays the fees."""
    params: dict[str, Any] = {
        "contact_email": email,
        "display_name": name,
        "dashboard": "express",
        "identity": {"country": country.lower()},
        "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
        "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
        "metadata": {"intent": intent},
        "include": INCLUDE,
    }
    key = {"idempotency_key": f"account-{intent}-{key_round}"}
    return ask(lambda: _account(client().v2.core.accounts.create(params, key)))  # type: ignore[arg-type]


def account_link(account: str, *, return_url: str, refresh_url: str) -> str:
    """A single-use address of Stripe's onboarding pages."""
    use = {"type": "account_onboarding", "account_onboarding": {"refresh_url": refresh_url, "return_url": return_url}}
    params: dict[str, Any] = {"account": account, "use_case": use}
    return ask(lambda: str(client().v2.core.account_links.create(params).url))  # type: ignore[arg-type]


def read_account(account: str) -> SellerAccount:
    return ask(lambda: _account(client().v2.core.accounts.retrieve(account, {"include": INCLUDE})))  # type: ignore[arg-type]


def _account(one: Any) -> SellerAccount:
    recipient = one.configuration.recipient if one.configuration else None
    balance = recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    transfers = balance.stripe_transfers if balance else None
    details = (transfers.status_details or []) if transfers else []
    return SellerAccount(
        id=one.id,
        status=transfers.status if transfers else "unsupported",
        closed=bool(one.closed) if "closed" in one else False,
        needs_input=any(detail.resolution == "provide_info" for detail in details),
    )


# ---- Transfers -----------------------------------------------------------------------------------------------------
def transfer(*, amount: int, currency: str, destination: str, intent: str, key_round: int = 1) -> Transfer:
    """Send money from our balance to a seller's. The key is our own id."""
    params: dict[str, Any] = {
        "amount": amount,
        "currency": currency,
        "destination": destination,
        "metadata": {"intent": intent},
        "transfer_group": f"payout-{intent}",
    }
    key = {"idempotency_key": f"payout-{intent}-{key_round}"}
    return ask(lambda: _transfer(client().v1.transfers.create(params, key)))  # type: ignore[arg-type]


def read_transfer(transfer_id: str) -> Transfer:
    return ask(lambda: _transfer(client().v1.transfers.retrieve(transfer_id)))


def find_transfer(intent: str) -> Transfer | None:
    """The transfer made for a payout of ours, if it was made."""
    page = ask(lambda: client().v1.transfers.list({"transfer_group": f"payout-{intent}", "limit": 10}))
    return next((found for one in every(page) if (found := _transfer(one)).intent == intent), None)


def _transfer(one: Any) -> Transfer:
    metadata = one.metadata
    return Transfer(
        id=one.id,
        intent=metadata["intent"] if metadata and "intent" in metadata else "",
        amount=one.amount,
        currency=one.currency,
        reversed=one.amount_reversed,
        destination=one.destination if isinstance(one.destination, str) else one.destination.id,
        destination_payment=str(one.destination_payment or ""),
    )


def reverse_transfer(transfer_id: str, *, amount: int, intent: str, key_round: int = 1) -> TransferReversal:
    """Take money back from a seller's Stripe balance; Refused when it is not there."""
    params: dict[str, Any] = {"amount": amount, "metadata": {"intent": intent}}
    key = {"idempotency_key": f"reversal-{intent}-{key_round}"}
    return ask(lambda: _reversal(client().v1.transfers.reversals.create(transfer_id, params, key)))  # type: ignore[arg-type]


def reversals_of(transfer_id: str) -> list[TransferReversal]:
    """Everything taken back of a transfer, newest first."""
    page = ask(lambda: client().v1.transfers.reversals.list(transfer_id, {"limit": 100}))
    return [_reversal(one) for one in every(page)]


def find_reversal(transfer_id: str, intent: str) -> TransferReversal | None:
    return next((found for found in reversals_of(transfer_id) if found.intent == intent), None)


def _reversal(one: Any) -> TransferReversal:
    metadata = one.metadata
    return TransferReversal(
        id=one.id, intent=metadata["intent"] if metadata and "intent" in metadata else "", amount=one.amount
    )


@dataclass(frozen=True)
class BankPayout:
    """What a seller's Stripe account sent to their bank."""

    id: str
    status: str
    amount: int
    arrival: int
    failure: str
    created: int


def read_bank_payout(payout_id: str, account: str) -> BankPayout | None:
    """None when it is not there any more."""
    try:
        one: Any = ask(lambda: client().v1.payouts.retrieve(payout_id, None, {"stripe_account": account}))
    except Refused:
        return None
    return _bank_payout(one)


def bank_payouts(account: str) -> list[BankPayout]:
    """What a seller's account sent to their bank lately, newest first."""
    page = ask(lambda: client().v1.payouts.list({"limit": 20}, {"stripe_account": account}))
    return [_bank_payout(one) for one in page.data]


def _bank_payout(one: Any) -> BankPayout:
    return BankPayout(one.id, one.status, one.amount, one.arrival_date, one.failure_code or "", one.created)
