"""Customers: who paid, as far as a session was told to remember it."""

from payments.sandbox import errors, events, ids, lists
from payments.sandbox.api import Given, delete, get, post
from payments.sandbox.params import (
    ADDRESS,
    ANY,
    FLAG,
    INT,
    META,
    PAGING,
    SPAN,
    TEXT,
    Group,
    Several,
    Text,
    merged,
    optional,
)
from payments.sandbox.store import Record
from payments.sandbox.work import Work

SHIPPING = Group({"address*": ADDRESS, "name*": TEXT, "phone": TEXT})
FIELDS = {
    "address": ADDRESS,
    "balance": INT,
    "business_name": TEXT,
    "cash_balance": ANY,
    "description": TEXT,
    "email": Text(512),
    "individual_name": TEXT,
    "invoice_prefix": TEXT,
    "invoice_settings": ANY,
    "metadata": META,
    "name": Text(256),
    "next_invoice_sequence": INT,
    "phone": TEXT,
    "preferred_locales": Several(TEXT),
    "shipping": SHIPPING,
    "source": TEXT,
    "tax": ANY,
    "tax_exempt": optional("exempt", "none", "reverse"),
    "validate": FLAG,
}
KEPT = ("address", "business_name", "description", "email", "individual_name", "name", "phone", "shipping")


def build(work: Work, given: Given) -> Record:
    customer = {
        "id": f"cus_{ids.letters(14)}",
        "object": "customer",
        "address": None,
        "balance": given.get("balance") or 0,
        "created": work.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": None,
        "invoice_prefix": given.get("invoice_prefix") or ids.letters(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": merged({}, given.get("metadata") or {}),
        "name": None,
        "next_invoice_sequence": given.get("next_invoice_sequence") or 1,
        "phone": None,
        "preferred_locales": given.get("preferred_locales") or [],
        "shipping": None,
        "tax_exempt": given.get("tax_exempt") or "none",
        "test_clock": None,
    }
    fill(customer, given)
    return work.rows.add(customer, work.account)


def fill(customer: Record, given: Given) -> None:
    for name in KEPT:
        if name in given:
            customer[name] = whole_address(given[name]) if name == "address" else given[name] or None
        if name in ("business_name", "individual_name") and customer.get(name) is None:
            customer.pop(name, None)


def whole_address(given: Record | None) -> Record | None:
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return {name: given.get(name) or None for name in names} if given else None


def from_checkout(work: Work, details: Record) -> Record:
    given = {name: details[name] for name in ("address", "email", "name", "phone")}
    customer = build(work, given)
    events.emit(work, "customer.created", customer)
    return customer


def find(work: Work, identifier: str) -> Record:
    customer = work.rows.find(identifier, "customer", work.account)
    if customer is None:
        raise errors.no_such("customer", identifier, status=404)
    return customer


@post(
    "/v1/customers",
    {**FIELDS, "payment_method": TEXT, "tax_id_data": ANY, "test_clock": TEXT},
)
def create(work: Work, given: Given) -> Record:
    customer = build(work, given)
    events.emit(work, "customer.created", customer)
    return customer


@get("/v1/customers", {**PAGING, "created": SPAN, "email": TEXT, "test_clock": TEXT})
def index(work: Work, given: Given) -> Record:
    extra = [("json_extract(body, '$.deleted') IS ?", None)]
    return lists.listing(work, "customer", given, "email", extra=extra)


@get("/v1/customers/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/customers/{id}", {**FIELDS, "default_source": TEXT})
def update(work: Work, given: Given, identifier: str) -> Record:
    customer = find(work, identifier)
    if customer.get("deleted"):
        raise errors.no_such("customer", identifier, status=404)
    before = dict(customer)
    fill(customer, given)
    for name in ("balance", "invoice_prefix", "next_invoice_sequence", "preferred_locales", "tax_exempt"):
        if given.get(name) is not None:
            customer[name] = given[name]
    if "metadata" in given:
        customer["metadata"] = merged(customer["metadata"], given["metadata"])
    work.rows.save(customer)
    changed = events.changes(before, customer, *KEPT, "balance", "metadata", "preferred_locales", "tax_exempt")
    if changed:
        events.emit(work, "customer.updated", customer, changed)
    return customer


@delete("/v1/customers/{id}")
def remove(work: Work, given: Given, identifier: str) -> Record:
    customer = find(work, identifier)
    if not customer.get("deleted"):
        events.emit(work, "customer.deleted", customer)
    gone = {"id": identifier, "object": "customer", "created": customer["created"], "deleted": True}
    work.rows.save(gone)
    return {"id": identifier, "object": "customer", "deleted": True}
