"""Balances and balance transactions."""

from payments.sandbox import errors, lists, money
from payments.sandbox.api import Given, get
from payments.sandbox.params import PAGING, SPAN, TEXT
from payments.sandbox.store import Record
from payments.sandbox.work import Work


def view(work: Work, account: str) -> Record:
    available, pending = money.balance(work, account)
    currencies = sorted(set(available) | set(pending)) or [default_currency(work, account)]
    return {
        "object": "balance",
        "available": [amount(one, available.get(one, 0)) for one in currencies],
        "livemode": False,
        "pending": [amount(one, pending.get(one, 0)) for one in currencies],
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": one} for one in currencies],
            "pending": [{"amount": 0, "currency": one} for one in currencies],
        },
    }


def amount(currency: str, value: int) -> Record:
    return {"amount": value, "currency": currency, "source_types": {"card": value}}


def default_currency(work: Work, account: str) -> str:
    owner = work.rows.find(account, "account") if account else None
    return str(owner["default_currency"]) if owner else "usd"


@get("/v1/balance")
def retrieve(work: Work, given: Given) -> Record:
    return view(work, work.account)


@get(
    "/v1/balance_transactions",
    {**PAGING, "created": SPAN, "currency": TEXT, "payout": TEXT, "source": TEXT, "type": TEXT},
)
def index(work: Work, given: Given) -> Record:
    return lists.listing(
        work, "balance_transaction", given, "currency", "payout", "source", "type", extra=payout(given)
    )


def payout(given: Given) -> lists.Filters:
    """The transactions of an automatic payout carry its id privately."""
    identifier = given.pop("payout", None)
    return [("json_extract(body, '$._payout') = ?", identifier)] if identifier else []


@get("/v1/balance_transactions/{id}")
def retrieve_transaction(work: Work, given: Given, identifier: str) -> Record:
    transaction = work.rows.find(identifier, "balance_transaction", work.account)
    if transaction is None:
        raise errors.no_such("balance transaction", identifier, status=404)
    return transaction
