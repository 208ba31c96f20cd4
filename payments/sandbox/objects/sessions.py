"""Checkout sessions: one hosted page on which a buyer pays once."""

from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import alarms, checkout, errors, events, ids, lists, money
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import coupons, items
from payments.sandbox.objects.session_params import CREATE, METHODS, NOT_HERE, UPDATE
from payments.sandbox.params import ANY, PAGING, SPAN, TEXT, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import lazy, presenter, public
from payments.sandbox.work import DAY, Work


def check(given: Given, now: int) -> None:
    """The rules between the parameters."""
    mode = given.get("mode")
    if mode is None:
        raise errors.missing_parameter("mode")
    if mode != "payment":
        raise errors.wrong_parameter("mode", f"The sandbox has no {mode} mode; it knows only payment.")
    for name in NOT_HERE:
        if given.get(name):
            raise errors.wrong_parameter(name, f"The sandbox does not offer {name}.")
    data = given.get("payment_intent_data") or {}
    for name in ("application_fee_amount", "on_behalf_of", "transfer_data"):
        if data.get(name):
            raise errors.wrong_parameter(f"payment_intent_data[{name}]", "The sandbox offers no destination charges.")
    if data.get("capture_method") == "manual":
        raise errors.wrong_parameter("payment_intent_data[capture_method]", "The sandbox captures at once.")
    if not given.get("line_items"):
        raise errors.missing_parameter("line_items")
    if given.get("ui_mode") in (None, "hosted_page"):
        if not given.get("success_url"):
            raise errors.missing_parameter("success_url")
        if given.get("return_url"):
            raise errors.wrong_parameter("return_url", "`return_url` goes with an embedded page only.")
    for name in ("success_url", "cancel_url", "return_url"):
        check_url(given.get(name), name)
    if given.get("discounts") and given.get("allow_promotion_codes") is not None:
        message = "You may only specify one of these parameters: allow_promotion_codes, discounts."
        raise errors.wrong_parameter("allow_promotion_codes", message)
    if given.get("customer") and given.get("customer_email"):
        message = "You may only specify one of these parameters: customer, customer_email."
        raise errors.wrong_parameter("customer_email", message)
    if given.get("customer") and given.get("customer_creation"):
        message = "`customer_creation` can not be used with an existing `customer`."
        raise errors.wrong_parameter("customer_creation", message)
    if (email := given.get("customer_email")) and not plausible_email(email):
        raise errors.wrong_parameter("customer_email", f"Invalid email address: {email}", "email_invalid")
    expires = given.get("expires_at")
    if expires is not None and not now + 1_800 - 60 <= expires <= now + DAY + 60:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise errors.wrong_parameter("expires_at", message)


def check_url(url: str | None, name: str) -> None:
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise errors.wrong_parameter(name, "Not a valid URL", "url_invalid")


def plausible_email(email: str) -> bool:
    name, at, host = email.rpartition("@")
    return bool(name and at and "." in host.strip(".") and not any(letter.isspace() for letter in email))


def offered_methods(given: Given, currency: str) -> list[str]:
    """The ways to pay: card unless the caller allows others that the sandbox has."""
    allowed = given.get("allowed_payment_method_types") or ["card"]
    excluded = given.get("excluded_payment_method_types") or []
    suits = {"card": True, "us_bank_account": currency == "usd", "sepa_debit": currency == "eur"}
    found = [name for name in METHODS if name in allowed and name not in excluded and suits[name]]
    if not found:
        message = "No valid payment method types for this Checkout Session."
        raise errors.wrong_parameter("allowed_payment_method_types", message)
    return found


@post("/v1/checkout/sessions", CREATE)
def create(work: Work, given: Given) -> Record:
    check(given, work.now)
    customer = given.get("customer")
    if customer and not work.rows.find(customer, "customer", work.account):
        raise errors.no_such("customer", customer, param="customer")
    lines = [items.make(work, line, f"line_items[{place}]") for place, line in enumerate(given["line_items"])]
    currency = lines[0]["currency"]
    if any(line["currency"] != currency for line in lines) or (given.get("currency") or currency).lower() != currency:
        raise errors.wrong_parameter("line_items", "All prices on a Checkout Session must have the same currency.")
    session = build(work, given, currency)
    session["_items"] = lines
    if given.get("discounts"):
        coupons.apply_given(work, session, given["discounts"][0])
    checkout.add_up(work, session, None)
    if session["amount_total"] > 0:
        money.check_amount(session["amount_total"], currency)
    work.rows.add(session)
    alarms.put(work, session["expires_at"], "session_expires", session["id"])
    return session


def build(work: Work, given: Given, currency: str) -> Record:
    identifier = ids.session()
    hosted = (given.get("ui_mode") or "hosted_page") == "hosted_page"
    consent = given.get("consent_collection")
    session: dict[str, Any] = {
        "id": identifier,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": bool((given.get("adaptive_pricing") or {}).get("enabled"))},
        "after_expiration": after_expiration(given),
        "allow_promotion_codes": given.get("allow_promotion_codes"),
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "amount_subtotal": 0,
        "amount_total": 0,
        "automatic_tax": automatic_tax(given),
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url") or None,
        "client_reference_id": given.get("client_reference_id") or None,
        "client_secret": None if hosted else f"{identifier}_secret_{ids.letters(32)}",
        "collected_information": None,
        "consent": None,
        "consent_collection": consent
        and {"payment_method_reuse_agreement": None, "promotions": None, "terms_of_service": None, **consent},
        "created": work.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [custom_field(one) for one in given.get("custom_fields") or []],
        "custom_text": {
            name: (given.get("custom_text") or {}).get(name)
            for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        },
        "customer": given.get("customer") or None,
        "customer_account": None,
        "customer_creation": None if given.get("customer") else given.get("customer_creation") or "if_required",
        "customer_details": None,
        "customer_email": given.get("customer_email") or None,
        "discounts": [],
        "expires_at": given.get("expires_at") or work.now + DAY,
        "integration_identifier": given.get("integration_identifier"),
        "invoice": None,
        "invoice_creation": invoice_creation(given),
        "livemode": False,
        "locale": given.get("locale"),
        "managed_payments": {"enabled": bool((given.get("managed_payments") or {}).get("enabled"))},
        "metadata": merged({}, given.get("metadata") or {}),
        "mode": "payment",
        "origin_context": given.get("origin_context"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": offered_methods(given, currency),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": bool((given.get("phone_number_collection") or {}).get("enabled"))},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given.get("success_url") or None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": given.get("ui_mode") or "hosted_page",
        "url": f"{work.config.public_url}/c/pay/{identifier}" if hosted else None,
        "wallet_options": given.get("wallet_options"),
        "_intent_data": given.get("payment_intent_data") or {},
        "_off": 0,
    }
    if tax_ids := given.get("tax_id_collection"):
        session["tax_id_collection"] = {"enabled": tax_ids["enabled"], "required": tax_ids.get("required") or "never"}
    if names := given.get("name_collection"):
        session["name_collection"] = {
            name: {"enabled": part["enabled"], "optional": bool(part.get("optional"))} for name, part in names.items()
        }
    for name in ("excluded_payment_method_types", "return_url", "redirect_on_completion"):
        if given.get(name):
            session[name] = given[name]
    return session


def automatic_tax(given: Given) -> Record:
    asked = given.get("automatic_tax") or {}
    enabled = bool(asked.get("enabled"))
    liability = asked.get("liability") or ({"type": "self"} if enabled else None)
    return {
        "enabled": enabled,
        "liability": liability,
        "provider": "stripe" if enabled else None,
        "status": "requires_location_inputs" if enabled else None,
    }


def after_expiration(given: Given) -> Record | None:
    asked = (given.get("after_expiration") or {}).get("recovery")
    if asked is None:
        return None
    allow = bool(asked.get("allow_promotion_codes"))
    return {
        "recovery": {
            "allow_promotion_codes": allow,
            "enabled": asked["enabled"],
            "expires_at": None,
            "url": None,
        }
    }


def invoice_creation(given: Given) -> Record:
    data = (given.get("invoice_creation") or {}).get("invoice_data") or {}
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "metadata", "rendering_options")
    return {
        "enabled": bool((given.get("invoice_creation") or {}).get("enabled")),
        "invoice_data": {**dict.fromkeys(names), **data, "metadata": data.get("metadata") or {}},
    }


def custom_field(given: dict[str, Any]) -> Record:
    kind = given["type"]
    details = given.get(kind) or {}
    part: Record = {"default_value": details.get("default_value"), "value": None}
    if kind == "dropdown":
        part["options"] = details.get("options") or []
    else:
        part |= {name: details.get(name) for name in ("maximum_length", "minimum_length")}
    label = {"custom": given["label"]["custom"], "type": "custom"}
    return {"key": given["key"], "label": label, "optional": bool(given.get("optional")), "type": kind, kind: part}


@presenter("checkout.session")
def view(work: Work, session: Record) -> Record:
    shown = public(session)
    if session["status"] != "open":
        shown["url"] = None
    return shown


@lazy("checkout.session", "line_items")
def line_items(work: Work, session: Record) -> Record:
    stored = work.rows.find(session["id"]) or session
    return lists.whole(stored["_items"], f"/v1/checkout/sessions/{session['id']}/line_items")


def find(work: Work, identifier: str) -> Record:
    session = work.rows.find(identifier, "checkout.session", work.account)
    if session is None:
        raise errors.no_such("checkout.session", identifier, status=404)
    return session


FILTERS = {
    "created": SPAN,
    "customer": TEXT,
    "customer_account": TEXT,
    "customer_details": ANY,
    "payment_intent": TEXT,
    "payment_link": TEXT,
    "status": choice("complete", "expired", "open"),
    "subscription": TEXT,
}


@get("/v1/checkout/sessions", {**PAGING, **FILTERS})
def index(work: Work, given: Given) -> Record:
    email = (given.get("customer_details") or {}).get("email")
    extra = [("json_extract(body, '$.customer_details.email') = ?", email)] if email else []
    names = ("customer", "customer_account", "payment_intent", "payment_link", "status", "subscription")
    return lists.listing(work, "checkout.session", given, *names, extra=extra)


@get("/v1/checkout/sessions/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@get("/v1/checkout/sessions/{id}/line_items", PAGING)
def index_items(work: Work, given: Given, identifier: str) -> Record:
    found = find(work, identifier)["_items"]
    places = {item["id"]: place for place, item in enumerate(found)}
    start, end = 0, len(found)
    for name in ("starting_after", "ending_before"):
        if given.get(name) and given[name] not in places:
            raise errors.no_such("line item", given[name], param=name)
    if given.get("starting_after"):
        start = places[given["starting_after"]] + 1
    if given.get("ending_before"):
        end = places[given["ending_before"]]
    limit = given.get("limit") or 10
    if given.get("ending_before"):
        shown, more = found[max(start, end - limit) : end], end - limit > start
    else:
        shown, more = found[start : start + limit], start + limit < end
    return {"object": "list", "data": shown, "has_more": more, "url": work.path}


@post("/v1/checkout/sessions/{id}", UPDATE)
def update(work: Work, given: Given, identifier: str) -> Record:
    session = find(work, identifier)
    if given.get("collected_information"):
        raise errors.wrong_parameter("collected_information", "The sandbox does not offer collected_information.")
    if "metadata" in given:
        session["metadata"] = merged(session["metadata"], given["metadata"])
    if data := given.get("payment_intent_data"):
        if session["status"] != "open":
            raise errors.refused("You can only change the payment of a Checkout Session that is open.")
        session["_intent_data"] |= data
    return work.rows.save(session)


@post("/v1/checkout/sessions/{id}/expire")
def expire(work: Work, given: Given, identifier: str) -> Record:
    session = find(work, identifier)
    if session["status"] != "open":
        message = (
            f"Only Checkout Sessions with a status in [open] can be expired. "
            f"This Checkout Session has a status of `{session['status']}`."
        )
        raise errors.refused(message)
    return checkout.expire(work, session)


@alarms.handler("session_expires")
def expire_in_time(work: Work, identifier: str, details: Record) -> None:
    session = work.rows.find(identifier, "checkout.session")
    if session and session["status"] == "open":
        checkout.expire(work, session)


def announce(work: Work, session: Record, what: str) -> None:
    events.emit(work, f"checkout.session.{what}", session)
