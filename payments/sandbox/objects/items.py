"""Line items of a checkout session, with their prices and products."""

import itertools
from typing import Any

from payments.sandbox import errors, ids, tax
from payments.sandbox.params import FLAG, INT, META, TEXT, Group, Integer, Number, Several, choice
from payments.sandbox.store import Record
from payments.sandbox.work import Work

PRODUCT_DATA = Group(
    {
        "name*": TEXT,
        "description": TEXT,
        "images": Several(TEXT, 8),
        "metadata": META,
        "tax_code": TEXT,
        "tax_details": Group({"performance_location": TEXT, "tax_code": TEXT}),
        "unit_label": TEXT,
    }
)
PRICE_DATA = Group(
    {
        "currency*": TEXT,
        "product": TEXT,
        "product_data": PRODUCT_DATA,
        "recurring": Group({"interval*": choice("day", "week", "month", "year"), "interval_count": INT}),
        "tax_behavior": choice("exclusive", "inclusive", "unspecified"),
        "unit_amount": Integer(0, 99_999_999),
        "unit_amount_decimal": Number(),
    }
)
LINE_ITEM = Group(
    {
        "adjustable_quantity": Group({"enabled*": FLAG, "maximum": INT, "minimum": INT}),
        "metadata": META,
        "price": TEXT,
        "price_data": PRICE_DATA,
        "quantity": Integer(0, 999_999),
        "tax_rates": Several(TEXT),
    }
)


def make(work: Work, given: dict[str, Any], where: str) -> Record:
    """A line item from its parameters; the totals come later."""
    data = given.get("price_data")
    if given.get("tax_rates"):
        raise errors.wrong_parameter(f"{where}[tax_rates]", "The sandbox has no tax rates; use automatic_tax.")
    if (data is None) == (given.get("price") is None):
        message = f"You must specify either `price` or `price_data` when creating {where}."
        raise errors.wrong_parameter(where, message)
    price = make_price(work, data, f"{where}[price_data]") if data else find_price(work, given["price"], where)
    quantity = given.get("quantity")
    if not quantity:
        raise errors.missing_parameter(f"{where}[quantity]")
    product = work.rows.find(price["product"]) or {}
    item = {
        "id": ids.make("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": price["unit_amount"] * quantity,
        "amount_tax": 0,
        "amount_total": price["unit_amount"] * quantity,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": given.get("metadata") or {},
        "price": price,
        "quantity": quantity,
    }
    if adjustable := given.get("adjustable_quantity"):
        item["adjustable_quantity"] = {"maximum": None, "minimum": None, **adjustable}
    return item


def find_price(work: Work, identifier: str, where: str) -> Record:
    price = work.rows.find(identifier, "price")
    if price is None:
        raise errors.no_such("price", identifier, param=f"{where}[price]")
    return price


def make_price(work: Work, data: dict[str, Any], where: str) -> Record:
    if data.get("recurring"):
        raise errors.wrong_parameter(f"{where}[recurring]", "The sandbox sells one-off prices only.")
    amount = data.get("unit_amount")
    if amount is None and data.get("unit_amount_decimal") is not None:
        amount = round(data["unit_amount_decimal"])
    if amount is None:
        raise errors.missing_parameter(f"{where}[unit_amount]")
    if (data.get("product") is None) == (data.get("product_data") is None):
        raise errors.wrong_parameter(where, "You must specify either `product` or `product_data`.")
    product = data.get("product") or make_product(work, data["product_data"])["id"]
    if not work.rows.find(product, "product"):
        raise errors.no_such("product", product, param=f"{where}[product]")
    price = {
        "id": ids.make("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": work.now,
        "currency": data["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": data.get("tax_behavior") or "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return work.rows.add(price)


def make_product(work: Work, data: dict[str, Any]) -> Record:
    details = data.get("tax_details") or {}
    product = {
        "id": f"prod_{ids.letters(14)}",
        "object": "product",
        "active": False,
        "created": work.now,
        "description": data.get("description"),
        "images": data.get("images") or [],
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata") or {},
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "tax_details": {
            "performance_location": details.get("performance_location"),
            "tax_code": details.get("tax_code") or data.get("tax_code"),
        },
        "type": "service",
        "updated": work.now,
        "url": None,
    }
    if data.get("unit_label"):
        product["unit_label"] = data["unit_label"]
    return work.rows.add(product)


def shares(whole: int, weights: list[int]) -> list[int]:
    """Parts of a sum in proportion, by whole units and exact together."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    bounds, passed = [0], 0
    for weight in weights:
        passed += weight
        bounds.append(whole * passed // total)
    return [after - before for before, after in itertools.pairwise(bounds)]


def add_up(items: list[Record], discount: int, country: str | None, *, taxed: bool) -> tuple[int, int, int, int]:
    """Fills in the amounts of the items; returns subtotal, discount, tax and total."""
    subtotals = [item["price"]["unit_amount"] * item["quantity"] for item in items]
    subtotal = sum(subtotals)
    discount = min(discount, subtotal)
    bps = tax.rate(country) if taxed else 0
    taxes = total = 0
    for item, before, off in zip(items, subtotals, shares(discount, subtotals), strict=True):
        inclusive = item["price"]["tax_behavior"] == "inclusive"
        due = tax.of(before - off, bps, inclusive=inclusive)
        item["amount_subtotal"], item["amount_discount"], item["amount_tax"] = before, off, due
        item["amount_total"] = before - off + (0 if inclusive else due)
        taxes += due
        total += item["amount_total"]
    return subtotal, discount, taxes, total
