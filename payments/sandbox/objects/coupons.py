"""Coupons, and what they take off a checkout session."""

from typing import Any

from payments.sandbox import errors, events, ids, lists
from payments.sandbox.api import Given, delete, get, post
from payments.sandbox.params import (
    ANY,
    INT,
    META,
    PAGING,
    SPAN,
    TEXT,
    Group,
    Integer,
    Number,
    Several,
    Text,
    choice,
    merged,
)
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import Work

CREATE = {
    "amount_off": Integer(1),
    "applies_to": Group({"products": Several(TEXT)}),
    "currency": Text(3),
    "currency_options": ANY,
    "duration": choice("forever", "once", "repeating"),
    "duration_in_months": INT,
    "id": Text(200),
    "max_redemptions": Integer(1),
    "metadata": META,
    "name": Text(40),
    "percent_off": Number(),
    "redeem_by": INT,
}


@post("/v1/coupons", CREATE)
def create(work: Work, given: Given) -> Record:
    percent, amount = given.get("percent_off"), given.get("amount_off")
    if (percent is None) == (amount is None):
        message = "You must pass exactly one of percent_off or amount_off."
        raise errors.wrong_parameter("percent_off", message)
    if percent is not None and not 0 < percent <= 100:
        raise errors.wrong_parameter("percent_off", "Invalid percentage: must be greater than 0 and at most 100.")
    if amount is not None and not given.get("currency"):
        raise errors.missing_parameter("currency")
    identifier = given.get("id") or ids.letters(8)
    if work.rows.find(identifier):
        raise errors.wrong_parameter("id", f"Coupon already exists: {identifier}", "resource_already_exists")
    coupon = {
        "id": identifier,
        "object": "coupon",
        "amount_off": amount,
        "created": work.now,
        "currency": given["currency"].lower() if amount is not None else None,
        "duration": given.get("duration") or "once",
        "duration_in_months": given.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": given.get("max_redemptions"),
        "metadata": merged({}, given.get("metadata") or {}),
        "name": given.get("name"),
        "percent_off": percent,
        "redeem_by": given.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    work.rows.add(coupon, work.account)
    events.emit(work, "coupon.created", coupon)
    return coupon


def usable(coupon: Record, now: int) -> bool:
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    used_up = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    return not late and not used_up


@presenter("coupon")
def view(work: Work, coupon: Record) -> Record:
    return {**public(coupon), "valid": usable(coupon, work.now)}


def find(work: Work, identifier: str, *, param: str = "id", status: int = 404) -> Record:
    coupon = work.rows.find(identifier, "coupon", work.account)
    if coupon is None or coupon.get("deleted"):
        raise errors.no_such("coupon", identifier, param=param, status=status)
    return coupon


@get("/v1/coupons", {**PAGING, "created": SPAN})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "coupon", given, extra=[("json_extract(body, '$.deleted') IS ?", None)])


@get("/v1/coupons/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/coupons/{id}", {"currency_options": ANY, "metadata": META, "name": Text(40)})
def update(work: Work, given: Given, identifier: str) -> Record:
    coupon = find(work, identifier)
    before = dict(coupon)
    if "name" in given:
        coupon["name"] = given["name"] or None
    if "metadata" in given:
        coupon["metadata"] = merged(coupon["metadata"], given["metadata"])
    work.rows.save(coupon)
    events.emit(work, "coupon.updated", coupon, events.changes(before, coupon, "name", "metadata"))
    return coupon


@delete("/v1/coupons/{id}")
def remove(work: Work, given: Given, identifier: str) -> Record:
    coupon = find(work, identifier)
    events.emit(work, "coupon.deleted", coupon)
    coupon["deleted"] = True
    return work.rows.save(coupon)


# -- at checkout


def worth(work: Work, session: Record) -> int:
    """What the session's discount takes off, before it is capped at the subtotal."""
    if not session["discounts"]:
        return 0
    coupon = work.rows.find(session["discounts"][0]["coupon"], "coupon")
    if coupon is None:
        return 0
    if coupon["amount_off"] is not None:
        return int(coupon["amount_off"])
    subtotal = sum(item["price"]["unit_amount"] * item["quantity"] for item in session["_items"])
    return int(subtotal * coupon["percent_off"] / 100 + 0.5)


def apply_given(work: Work, session: Record, given: dict[str, Any]) -> None:
    """The discount that the caller put on the session."""
    if given.get("promotion_code"):
        code = work.rows.find(given["promotion_code"], "promotion_code", work.account)
        if code is None:
            raise errors.no_such("promotion code", given["promotion_code"], param="discounts[0][promotion_code]")
        use(work, session, code)
    elif given.get("coupon"):
        coupon = find(work, given["coupon"], param="discounts[0][coupon]", status=400)
        check(work, session, coupon)
        session["discounts"] = [{"coupon": coupon["id"], "promotion_code": None}]


def enter(work: Work, session: Record, text: str) -> None:
    """The code that the buyer wrote on the page."""
    for code in work.rows.where("promotion_code", code=text.strip().upper()):
        if code["active"]:
            use(work, session, code)
            return
    raise errors.refused("This code is invalid.", "resource_missing", "promotion_code")


def use(work: Work, session: Record, code: Record) -> None:
    from payments.sandbox.objects import promotion_codes

    if not promotion_codes.usable(work, code):
        raise errors.refused("This promotion code cannot be redeemed: it is expired or used up.", "coupon_expired")
    restrictions = code["restrictions"]
    subtotal = sum(item["amount_subtotal"] for item in session["_items"])
    if restrictions["minimum_amount"] and subtotal < restrictions["minimum_amount"]:
        raise errors.refused("This promotion code needs a larger order.", param="promotion_code")
    if code["customer"] and code["customer"] != session["customer"]:
        raise errors.refused("This promotion code belongs to another customer.", param="promotion_code")
    coupon = find(work, code["promotion"]["coupon"], param="promotion_code", status=400)
    check(work, session, coupon)
    session["discounts"] = [{"coupon": coupon["id"], "promotion_code": code["id"]}]


def check(work: Work, session: Record, coupon: Record) -> None:
    if not usable(coupon, work.now):
        raise errors.refused(f"Coupon {coupon['id']} is expired or used up.", "coupon_expired", "discounts[0][coupon]")
    if coupon["currency"] and coupon["currency"] != session["currency"]:
        raise errors.refused("The coupon is in another currency than the prices.", param="discounts[0][coupon]")


def redeem(work: Work, session: Record) -> None:
    """Counts the use of a discount when the session completes."""
    for discount in session["discounts"]:
        for identifier in (discount["coupon"], discount["promotion_code"]):
            if identifier and (record := work.rows.find(identifier)) and not record.get("deleted"):
                record["times_redeemed"] += 1
                work.rows.save(record)
