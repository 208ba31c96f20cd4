"""The hosted checkout page and 3-D Secure. Plain forms; a script that posts them pays as a person does."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from payments.sandbox import cards, checkout, errors, tax
from payments.sandbox.checkout import Buyer, Means, Outcome
from payments.sandbox.objects import coupons
from payments.sandbox.objects.sessions import plausible_email
from payments.sandbox.pages.html import button, field, fill, join, notice, page, see_other, view
from payments.sandbox.pages.words import amount, say, speak
from payments.sandbox.store import Record
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox

ADDRESS = (("line1", "Address"), ("city", "City"), ("postal_code", "Postal code"), ("state", "State or region"))
BANKS = {
    "us_bank_account": [("000123456789", "Debit succeeds after three days"), ("000111111116", "Debit fails")],
    "sepa_debit": [
        ("AT611904300234573201", "Debit succeeds after three days"),
        ("AT861904300235473202111111116", "Debit fails"),
    ],
}
SUBMIT = {"book": "Book", "donate": "Donate", "subscribe": "Subscribe"}


class WrongEntry(Exception):
    """The buyer filled in something that can't be; nothing was tried."""


def find(work: Work, identifier: str) -> Record:
    session = work.rows.find(identifier, "checkout.session")
    if session is None:
        raise NotFound
    return session


def success_url(session: Record) -> str:
    url = session["success_url"] or session.get("return_url") or ""
    return str(url).replace("{CHECKOUT_SESSION_ID}", session["id"])


@view("/c/pay/<identifier>", "GET")
def show(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        session = find(work, identifier)
        return render(work, session, request.args.to_dict())


def render(work: Work, session: Record, entered: dict[str, str], problem: str = "") -> Response:
    speak(session.get("locale"))
    back = say("Return to the shop")
    if session["status"] == "complete":
        text = fill('{} <a href="{}">{}</a>', say("You have paid."), success_url(session), back)
        return page("Paid", fill("<h1>{}</h1><p>{}</p>", say("Thank you"), text))
    if session["status"] == "expired" or session["expires_at"] <= work.now:
        link = fill('<p><a href="{}">{}</a></p>', session["cancel_url"], back) if session["cancel_url"] else ""
        words = say("This checkout has expired"), say("Nothing was charged.")
        return page("Expired", fill("<h1>{}</h1><p>{}</p>{}", *words, link), status=410)
    right = join([notice(problem, "problem") if problem else Markup(""), payment_form(session, entered)])
    left = join([summary(session), discount_form(session)])
    columns = fill(
        '<div class="columns"><div>{}</div><div class="pay">{}</div><div>{}</div></div>',
        left,
        right,
        test_cards(session, entered),
    )
    return page("Checkout", columns, kind="two", status=200)


def summary(session: Record) -> Markup:
    currency = session["currency"]
    lines = [
        fill(
            "<div><dt>{}{}</dt><dd>{}</dd></div>",
            item["description"],
            fill(' <span class="soft">× {}</span>', item["quantity"]) if item["quantity"] > 1 else "",
            amount(item["amount_subtotal"], currency),
        )
        for item in session["_items"]
    ]
    details = session["total_details"]
    if details["amount_discount"]:
        off = amount(-details["amount_discount"], currency)
        lines.append(fill("<div><dt>{}</dt><dd>{}</dd></div>", say("Discount"), off))
    if details["amount_tax"]:
        taxes = amount(details["amount_tax"], currency)
        lines.append(fill("<div><dt>{}</dt><dd>{}</dd></div>", say("Tax"), taxes))
    elif session["automatic_tax"]["enabled"]:
        lines.append(fill("<div><dt>{}</dt><dd>{}</dd></div>", say("Tax"), say("by your country")))
    total = amount(session["amount_total"], currency)
    lines.append(fill("<div><dt>{}</dt><dd>{}</dd></div>", say("Total due"), total))
    return fill(
        '<section class="panel"><h1>{}</h1><p class="total">{}</p><dl class="items">{}</dl>{}</section>',
        say("Pay"),
        total,
        join(lines),
        fill('<p><a href="{}">{}</a></p>', session["cancel_url"], say("Cancel and return to the shop"))
        if session["cancel_url"]
        else "",
    )


def discount_form(session: Record) -> Markup:
    if not session["allow_promotion_codes"]:
        return Markup("")
    return fill(
        '<form class="panel" method="post" action="/c/pay/{}/discount">{}<div class="actions">{}</div></form>',
        session["id"],
        field("promotion_code", "Promotion code"),
        button("Apply"),
    )


def test_cards(session: Record, entered: dict[str, str]) -> Markup:
    """Every test card as a link that fills the form."""
    chosen = entered.get("card_number", "")
    links = [
        fill(
            '<li><a href="/c/pay/{}?card_number={}"{}><span>{}</span><code>{}</code></a></li>',
            session["id"],
            card.number,
            Markup(' aria-current="true"') if card.number == chosen else "",
            say(card.label),
            spaced(card.number),
        )
        for card in cards.CARDS
    ]
    return fill(
        '<section class="panel"><h2>{}</h2><p class="soft">{}</p><ul class="cards">{}</ul></section>',
        say("Test cards"),
        say("Choose one to fill it in; any future date and any code will do."),
        join(links),
    )


def spaced(number: str) -> str:
    return " ".join(re.findall(".{1,4}", number))


def payment_form(session: Record, entered: dict[str, str]) -> Markup:
    parts = [
        field(
            "email",
            "E-mail",
            entered.get("email") or session["customer_email"] or "",
            kind="email",
            autocomplete="email",
        )
    ]
    if session["amount_total"] > 0:
        parts.append(card_fields(entered))
        parts += [bank_fields(kind) for kind in session["payment_method_types"] if kind in BANKS]
    parts.append(field("name", "Name on card", entered.get("name", ""), required=False, autocomplete="name"))
    if session["automatic_tax"]["enabled"] or session["billing_address_collection"] == "required":
        parts.append(address_fields(session, entered))
    if session["phone_number_collection"]["enabled"]:
        parts.append(field("phone", "Phone", entered.get("phone", ""), kind="tel"))
    if (session.get("tax_id_collection") or {}).get("enabled"):
        parts.append(field("business_name", "Business name", entered.get("business_name", ""), required=False))
        parts.append(field("tax_id", "VAT number", entered.get("tax_id", ""), required=False))
    parts += [custom_field(one, entered) for one in session["custom_fields"]]
    parts.append(consent(session))
    total = amount(session["amount_total"], session["currency"])
    label = (
        f"{say(SUBMIT.get(session['submit_type'] or '', 'Pay'))} {total}"
        if session["amount_total"]
        else "Complete order"
    )
    parts.append(button(label, kind="main"))
    if message := session["custom_text"]["submit"]:
        parts.append(fill('<p class="soft">{}</p>', message["message"]))
    return fill('<form class="panel" method="post" action="/c/pay/{}">{}</form>', session["id"], join(parts))


def card_fields(entered: dict[str, str]) -> Markup:
    return join(
        [
            field(
                "card_number",
                "Card number",
                entered.get("card_number", ""),
                inputmode="numeric",
                placeholder="4242 4242 4242 4242",
                autocomplete="cc-number",
            ),
            Markup('<div class="pair"><div>'),
            field("exp", "Expires (MM/YY)", entered.get("exp") or "12/34", autocomplete="cc-exp"),
            Markup("</div><div>"),
            field("cvc", "Security code", entered.get("cvc") or "123", inputmode="numeric", autocomplete="cc-csc"),
            Markup("</div></div>"),
        ]
    )


def bank_fields(kind: str) -> Markup:
    options = [fill('<option value="">{}</option>', say("By card"))]
    options += [
        fill('<option value="{}:{}">{} ({})</option>', kind, number, say(label), number)
        for number, label in BANKS[kind]
    ]
    select = '<label for="bank">{}</label><select id="bank" name="bank">{}</select>'
    return fill(select, say("Or by bank debit"), join(options))


def address_fields(session: Record, entered: dict[str, str]) -> Markup:
    options = [
        fill("<option{}>{}</option>", Markup(" selected") if one == (entered.get("country") or "DE") else "", one)
        for one in tax.RATES_BPS
    ]
    select = '<label for="country">{}</label><select id="country" name="country">{}</select>'
    parts = [fill(select, say("Country"), join(options))]
    if session["billing_address_collection"] == "required":
        parts += [field(name, label, entered.get(name, ""), required=name != "state") for name, label in ADDRESS]
    return join(parts)


def custom_field(one: Record, entered: dict[str, str]) -> Markup:
    name, label = f"custom_{one['key']}", one["label"]["custom"]
    value = entered.get(name) or one[one["type"]]["default_value"] or ""
    if one["type"] == "dropdown":
        options = [
            fill(
                '<option value="{}"{}>{}</option>',
                option["value"],
                Markup(" selected") if option["value"] == value else "",
                option["label"],
            )
            for option in one["dropdown"]["options"]
        ]
        return fill('<label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select>', name, label, join(options))
    kind = "numeric" if one["type"] == "numeric" else "text"
    return field(name, label, value, required=not one["optional"], inputmode=kind)


def consent(session: Record) -> Markup:
    if (session["consent_collection"] or {}).get("terms_of_service") != "required":
        return Markup("")
    text = (session["custom_text"]["terms_of_service_acceptance"] or {}).get("message")
    return fill(
        '<label class="tick"><input type="checkbox" name="terms" value="accepted" required>{}</label>',
        text or say("I agree to the terms of service."),
    )


@view("/c/pay/<identifier>/discount", "POST")
def enter_discount(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    entered = request.form.to_dict()
    with sandbox.store.write() as rows:
        work = sandbox.work(rows)
        session = find(work, identifier)
        try:
            if session["status"] == "open" and session["allow_promotion_codes"]:
                coupons.enter(work, session, entered.get("promotion_code", ""))
                checkout.add_up(work, session, None)
                rows.save(session)
        except errors.StripeError as problem:
            return render(work, session, entered, problem.message)
    return see_other(f"/c/pay/{identifier}")


@view("/c/pay/<identifier>", "POST")
def submit(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    entered = request.form.to_dict()
    with sandbox.store.write() as rows:
        work = sandbox.work(rows)
        session = find(work, identifier)
        if session["status"] == "complete":
            return see_other(success_url(session))
        try:
            buyer, means = read_buyer(session, entered), read_means(session, entered, work.now)
            outcome = checkout.pay(work, session, buyer, means)
        except WrongEntry as problem:
            return render(work, session, entered, str(problem))
        except checkout.Closed:
            return render(work, session, entered)
        if outcome.result == "declined":
            response = render(work, session, entered, outcome.message)
        else:
            response = see_other(where_next(session, outcome))
    sandbox.stir(work)
    return response


def where_next(session: Record, outcome: Outcome) -> str:
    return f"/3ds/{outcome.intent}" if outcome.result == "challenge" else success_url(session)


def read_buyer(session: Record, entered: dict[str, str]) -> Buyer:
    email = entered.get("email", "").strip() or session["customer_email"] or ""
    if not plausible_email(email):
        raise WrongEntry("Your email is incomplete.")
    terms = entered.get("terms") == "accepted"
    if (session["consent_collection"] or {}).get("terms_of_service") == "required" and not terms:
        raise WrongEntry("Please accept the terms of service to continue.")
    names = ("country", "state", *(name for name, _ in ADDRESS))
    address = {name: entered[name].strip() or None for name in names if name in entered}
    if session["automatic_tax"]["enabled"] and not address.get("country"):
        raise WrongEntry("Please choose your country.")
    tax_id = entered.get("tax_id", "").strip()
    return Buyer(
        email=email,
        name=entered.get("name", "").strip() or None,
        phone=entered.get("phone", "").strip() or None,
        address={"country": "US", **address},
        tax_ids=[{"type": "eu_vat", "value": tax_id}] if tax_id else [],
        business=entered.get("business_name", "").strip() or None,
        terms_accepted=terms,
        custom={name.removeprefix("custom_"): value for name, value in entered.items() if name.startswith("custom_")},
    )


def read_means(session: Record, entered: dict[str, str], now: int) -> Means:
    if session["amount_total"] == 0:
        return Means("4242424242424242")
    kind, _, account = entered.get("bank", "").partition(":")
    if kind in session["payment_method_types"] and account:
        return Means(account, kind=kind)
    number = cards.digits(entered.get("card_number", ""))
    if number in cards.BY_NUMBER and cards.BY_NUMBER[number].code == "incorrect_number":
        raise WrongEntry(cards.MESSAGES["incorrect_number"])
    if not cards.valid(number):
        raise WrongEntry("Your card number is invalid.")
    month, year = read_expiry(entered.get("exp", ""), now)
    if not re.fullmatch(r"\d{3,4}", entered.get("cvc", "").strip()):
        raise WrongEntry("Your card's security code is incomplete.")
    return Means(number, month, year)


def read_expiry(text: str, now: int) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{2}|\d{4})\s*", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise WrongEntry("Your card's expiration date is incomplete.")
    month, year = int(match[1]), int(match[2]) + (2000 if len(match[2]) == 2 else 0)
    today = dt.datetime.fromtimestamp(now, dt.UTC)
    if (year, month) < (today.year, today.month):
        raise WrongEntry("Your card's expiration date is in the past.")
    return month, year


# -- 3-D Secure


def find_intent(work: Work, identifier: str) -> Record:
    intent = work.rows.find(identifier, "payment_intent")
    if intent is None:
        raise NotFound
    return intent


@view("/3ds/<identifier>", "GET")
def show_challenge(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    with sandbox.store.read() as rows:
        work = sandbox.work(rows)
        intent = find_intent(work, identifier)
        speak(find(work, intent["_session"]).get("locale"))
    if intent["status"] != "requires_action":
        return see_other(f"/c/pay/{intent['_session']}")
    text = fill(
        '<form class="panel" method="post" action="/3ds/{}"><h1>3-D Secure</h1><p>{}</p>'
        '<div class="actions">{}{}</div></form>',
        identifier,
        say("Your bank would ask here whether you want to pay {}.").format(
            amount(intent["amount"], intent["currency"])
        ),
        button("Complete", name="result", value="complete", kind="main"),
        button("Fail", name="result", value="fail", kind="bad"),
    )
    return page("3-D Secure", text)


@view("/3ds/<identifier>", "POST")
def answer_challenge(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    passed = request.form.get("result") == "complete"
    with sandbox.store.write() as rows:
        work = sandbox.work(rows)
        intent = find_intent(work, identifier)
        session = find(work, intent["_session"])
        try:
            outcome = checkout.answer_challenge(work, intent, passed=passed)
        except checkout.Closed:
            return see_other(f"/c/pay/{session['id']}")
        session = find(work, intent["_session"])
        if outcome.result == "declined":
            response = render(work, session, {}, outcome.message)
        else:
            response = see_other(where_next(session, outcome))
    sandbox.stir(work)
    return response
