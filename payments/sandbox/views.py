"""Turns stored records into what the API shows, and expands references when asked."""

from collections.abc import Callable
from typing import Any

from payments.sandbox import errors
from payments.sandbox.store import Record
from payments.sandbox.work import Work

Presenter = Callable[[Work, Record], Record]
presenters: dict[str, Presenter] = {}
lazy_fields: dict[tuple[str, str], Presenter] = {}
# Fields that hold an id which `expand` turns into the object.
EXPANDABLE: dict[str, set[str]] = {
    "balance_transaction": {"source"},
    "charge": {
        "application",
        "application_fee",
        "balance_transaction",
        "customer",
        "failure_balance_transaction",
        "on_behalf_of",
        "payment_intent",
        "review",
        "source_transfer",
        "transfer",
    },
    "checkout.session": {"customer", "invoice", "payment_intent", "payment_link", "setup_intent", "subscription"},
    "coupon": set(),
    "customer": {"default_source"},
    "dispute": {"charge", "payment_intent"},
    "payment_intent": {
        "application",
        "customer",
        "latest_charge",
        "on_behalf_of",
        "payment_method",
        "payment_record",
        "review",
        "source",
    },
    "payment_method": {"customer"},
    "payout": {
        "application_fee",
        "balance_transaction",
        "destination",
        "failure_balance_transaction",
        "original_payout",
        "reversed_by",
    },
    "price": {"product"},
    "promotion_code": {"customer"},
    "refund": {
        "balance_transaction",
        "charge",
        "customer",
        "failure_balance_transaction",
        "payment_intent",
        "payment_method",
        "source_transfer_reversal",
        "transfer_reversal",
    },
    "transfer": {"balance_transaction", "destination", "destination_payment", "source_transaction"},
    "transfer_reversal": {"balance_transaction", "destination_payment_refund", "source_refund", "transfer"},
}
# The same inside a part of an object that has no `object` of its own: (field that holds the part, name).
EXPANDABLE_PARTS = {
    ("promotion", "coupon"),
    ("discounts", "coupon"),
    ("discounts", "promotion_code"),
    ("transfer_data", "destination"),
}
DEEPEST = 4


def presenter(kind: str) -> Callable[[Presenter], Presenter]:
    """Names the function that makes the public view of a kind of record."""

    def register(function: Presenter) -> Presenter:
        presenters[kind] = function
        return function

    return register


def lazy(kind: str, field: str) -> Callable[[Presenter], Presenter]:
    """Names the function that fills a field which is left out unless it is expanded."""

    def register(function: Presenter) -> Presenter:
        lazy_fields[kind, field] = function
        return function

    return register


def public(record: Record) -> Record:
    """Without what only the sandbox knows."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def present(work: Work, record: Record) -> Record:
    kind = record.get("object", "")
    if kind == "list":
        return {**record, "data": [present(work, item) for item in record["data"]]}
    if record.get("deleted"):
        return {"id": record["id"], "object": kind, "deleted": True}
    make = presenters.get(kind)
    return make(work, record) if make else public(record)


def answer(work: Work, record: Record, expand: list[str]) -> Record:
    """The whole answer to a v1 call."""
    view = present(work, record)
    for path in expand:
        names = path.split(".")
        if len(names) > DEEPEST + (names[0] == "data"):
            raise errors.wrong_parameter(
                "expand", f"You cannot expand more than {DEEPEST} levels of a property: {path}"
            )
        view = expanded(work, view, names, "", path)
    return view


def expanded(work: Work, view: Any, names: list[str], inside: str, path: str) -> Any:
    if not names:
        return view
    if isinstance(view, list):
        return [expanded(work, item, names, inside, path) for item in view]
    if view is None:
        return None
    if not isinstance(view, dict):
        raise cannot_expand(path)
    name, rest = names[0], names[1:]
    kind = view.get("object", "")
    if name not in view and (kind, name) in lazy_fields:
        view = {**view, name: lazy_fields[kind, name](work, view)}
    elif name not in view:
        raise cannot_expand(path)
    value = view[name]
    if isinstance(value, str):
        if name not in EXPANDABLE.get(kind, ()) and (inside, name) not in EXPANDABLE_PARTS:
            raise cannot_expand(path)
        found = work.rows.find(value)
        if found is None:
            raise errors.no_such(name, value, param="expand")
        value = present(work, found)
    elif not isinstance(value, dict | list) and value is not None:
        raise cannot_expand(path)
    return {**view, name: expanded(work, value, rest, name, path)}


def cannot_expand(path: str) -> errors.StripeError:
    return errors.wrong_parameter("expand", f"This property cannot be expanded ({path}).")
