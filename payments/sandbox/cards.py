"""The test cards and what happens to a payment made with each of them."""

import re
from typing import NamedTuple

from payments.sandbox.store import Record


class Card(NamedTuple):
    """A card number and its fate; a card with no fate pays."""

    number: str
    label: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    code: str = ""
    decline_code: str = ""
    challenge: bool = False
    dispute: str = ""
    inquiry: bool = False
    warned: bool = False
    refund: str = "succeeded"
    instant: bool = False


CARDS = [
    Card("4242424242424242", "Pays"),
    Card("5555555555554444", "Pays (Mastercard)", brand="mastercard"),
    Card("378282246310005", "Pays (American Express)", brand="amex"),
    Card("4000056655665556", "Pays (Visa debit)", funding="debit"),
    Card("4000002500000003", "Pays (Visa, France)", country="FR"),
    Card("4000000000000077", "Pays, funds available at once", instant=True),
    Card("4000002760003184", "Asks for 3-D Secure", country="DE", challenge=True),
    Card("4000002500003155", "Asks for 3-D Secure unless set up", country="FR", challenge=True),
    Card("4000000000003220", "Requires 3-D Secure", challenge=True),
    Card(
        "4000008400001629",
        "3-D Secure, then declined",
        challenge=True,
        code="card_declined",
        decline_code="generic_decline",
    ),
    Card("4000000000003055", "3-D Secure possible, not asked for"),
    Card("4000000000000002", "Declined", code="card_declined", decline_code="generic_decline"),
    Card("4000000000009995", "Declined: insufficient funds", code="card_declined", decline_code="insufficient_funds"),
    Card("4000000000009987", "Declined: lost card", code="card_declined", decline_code="lost_card"),
    Card("4000000000009979", "Declined: stolen card", code="card_declined", decline_code="stolen_card"),
    Card("4000000000006975", "Declined: too often", code="card_declined", decline_code="card_velocity_exceeded"),
    Card("4000000000000069", "Declined: expired card", code="expired_card"),
    Card("4000000000000127", "Declined: wrong security code", code="incorrect_cvc"),
    Card("4000000000000119", "Declined: processing error", code="processing_error"),
    Card("4242424242424241", "Not a card number", code="incorrect_number"),
    Card("4000000000000259", "Pays, then disputed as fraudulent", dispute="fraudulent"),
    Card("4000000000002685", "Pays, then disputed as not received", dispute="product_not_received"),
    Card("4000000000001976", "Pays, then an inquiry", dispute="product_not_received", inquiry=True),
    Card("4000000000005423", "Pays, then an early fraud warning", warned=True),
    Card("4000000000007726", "Pays; a refund is pending first", refund="pending"),
    Card("4000000000005126", "Pays; a refund fails later", refund="failed"),
]
BY_NUMBER = {card.number: card for card in CARDS}
DECLINED = "Your card was declined."
MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "card_velocity_exceeded": (
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    ),
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
}
REAL_CARD = "Your card was declined. Your request was in test mode, but used a non test card."


def digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def valid(number: str) -> bool:
    """Whether the digits could be a card number (Luhn's check)."""
    if not (12 <= len(number) <= 19 and number.isascii() and number.isdigit()):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def find(number: str) -> Card:
    """The test card with this number; any other valid number is a real card, which the sandbox declines."""
    unknown = Card(number, "A real card", code="card_declined", decline_code="test_mode_live_card")
    return BY_NUMBER.get(number, unknown)


def message(card: Card) -> str:
    if card.decline_code == "test_mode_live_card":
        return REAL_CARD
    return MESSAGES.get(card.decline_code) or MESSAGES.get(card.code, DECLINED)


def fingerprint(number: str) -> str:
    """The same for the same number, as Stripe's is."""
    import hashlib

    return hashlib.sha256(f"sandbox card {number}".encode()).hexdigest()[:16]


def details(card: Card, *, month: int, year: int, challenged: bool, amount: int) -> Record:
    """`payment_method_details` of a charge."""
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05" if card.brand == "visa" else "02",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": fingerprint(card.number + "3ds"),
        "version": "2.2.0",
    }
    return {
        "type": "card",
        "card": {
            "amount_authorized": None if card.code else amount,
            "authorization_code": None if card.code else fingerprint(card.number + str(amount))[:6].upper(),
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "fail" if card.code == "incorrect_cvc" else "pass",
            },
            "country": card.country,
            "electronic_commerce_indicator": None,
            "exp_month": month,
            "exp_year": year,
            "extended_authorization": {"status": "disabled"},
            "fingerprint": fingerprint(card.number),
            "funding": card.funding,
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "last4": card.number[-4:],
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card.brand,
            "network_token": {"used": False},
            "network_transaction_id": fingerprint(card.number + "net")[:15],
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": secure if challenged else None,
            "transaction_link_id": None,
            "wallet": None,
        },
    }


def method_card(card: Card, *, month: int, year: int) -> Record:
    """The `card` part of a payment method."""
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "fail" if card.code == "incorrect_cvc" else "pass",
        },
        "country": card.country,
        "display_brand": {"amex": "american_express"}.get(card.brand, card.brand),
        "exp_month": month,
        "exp_year": year,
        "fingerprint": fingerprint(card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
