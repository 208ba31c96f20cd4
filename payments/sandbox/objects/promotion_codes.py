"""Promotion codes: words that buyers enter to use a coupon."""

from payments.sandbox import errors, events, ids, lists
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import coupons
from payments.sandbox.params import ANY, FLAG, INT, META, PAGING, SPAN, TEXT, Group, Integer, Text, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import Work

RESTRICTIONS = {
    "currency_options": ANY,
    "first_time_transaction": FLAG,
    "minimum_amount": Integer(1),
    "minimum_amount_currency": Text(3),
}


@post(
    "/v1/promotion_codes",
    {
        "promotion*": Group({"coupon": TEXT, "type*": choice("coupon")}),
        "active": FLAG,
        "code": Text(500),
        "customer": TEXT,
        "customer_account": TEXT,
        "expires_at": INT,
        "max_redemptions": Integer(1),
        "metadata": META,
        "restrictions": Group(RESTRICTIONS),
    },
)
def create(work: Work, given: Given) -> Record:
    coupon = given["promotion"].get("coupon")
    if not coupon:
        raise errors.missing_parameter("promotion[coupon]")
    coupons.find(work, coupon, param="promotion[coupon]", status=400)
    text = (given.get("code") or ids.letters(8)).upper()
    if any(code["active"] for code in work.rows.where("promotion_code", code=text)):
        message = "An active promotion code with `code: " + text + "` already exists."
        raise errors.wrong_parameter("code", message, "resource_already_exists")
    limits = given.get("restrictions") or {}
    code = {
        "id": ids.make("promo"),
        "object": "promotion_code",
        "active": given.get("active", True),
        "code": text,
        "created": work.now,
        "customer": given.get("customer"),
        "customer_account": None,
        "expires_at": given.get("expires_at"),
        "livemode": False,
        "max_redemptions": given.get("max_redemptions"),
        "metadata": merged({}, given.get("metadata") or {}),
        "promotion": {"coupon": coupon, "type": "coupon"},
        "restrictions": {
            "first_time_transaction": limits.get("first_time_transaction", False),
            "minimum_amount": limits.get("minimum_amount"),
            "minimum_amount_currency": limits.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    work.rows.add(code, work.account)
    events.emit(work, "promotion_code.created", code)
    return code


def usable(work: Work, code: Record) -> bool:
    late = code["expires_at"] is not None and code["expires_at"] <= work.now
    used_up = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    coupon = work.rows.find(code["promotion"]["coupon"], "coupon")
    return code["active"] and not late and not used_up and coupon is not None and coupons.usable(coupon, work.now)


@presenter("promotion_code")
def view(work: Work, code: Record) -> Record:
    return {**public(code), "active": usable(work, code)}


def find(work: Work, identifier: str) -> Record:
    code = work.rows.find(identifier, "promotion_code", work.account)
    if code is None:
        raise errors.no_such("promotion code", identifier, status=404)
    return code


@get(
    "/v1/promotion_codes",
    {
        **PAGING,
        "created": SPAN,
        "active": FLAG,
        "code": TEXT,
        "coupon": TEXT,
        "customer": TEXT,
        "customer_account": TEXT,
    },
)
def index(work: Work, given: Given) -> Record:
    extra: lists.Filters = []
    if given.get("code"):
        given["code"] = given["code"].upper()
    if "active" in given:
        extra.append(("json_extract(body, '$.active') = ?", int(given["active"])))
    if given.get("coupon"):
        extra.append(("json_extract(body, '$.promotion.coupon') = ?", given["coupon"]))
    return lists.listing(work, "promotion_code", given, "code", "customer", "customer_account", extra=extra)


@get("/v1/promotion_codes/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/promotion_codes/{id}", {"active": FLAG, "metadata": META, "restrictions": Group(RESTRICTIONS)})
def update(work: Work, given: Given, identifier: str) -> Record:
    code = find(work, identifier)
    before = dict(code)
    if "active" in given:
        code["active"] = given["active"]
    if "metadata" in given:
        code["metadata"] = merged(code["metadata"], given["metadata"])
    work.rows.save(code)
    events.emit(work, "promotion_code.updated", code, events.changes(before, code, "active", "metadata"))
    return code
