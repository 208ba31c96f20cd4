"""Money as integer minor units: reading it, showing it, taking a share of it.

An amount never travels without its currency, and never as a float. The minor unit is the one Stripe counts in, which
differs from ISO 4217 for a few currencies (see `exponent`).
"""

import re
from dataclasses import dataclass
from typing import TypedDict

from django.utils.translation import get_language
from django.utils.translation import gettext as _

LARGEST = 2**31 - 1  # what the price columns hold

ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMAL = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])
# Stripe counts these in hundredths although nothing smaller than a whole unit exists.
WHOLE_UNITS_ONLY = frozenset(("isk", "ugx"))

_MORE = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop "
    "crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs "
    "khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab "
    "pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs "
    "uah usd uyu uzs wst xcd yer zar zmw"
)
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS_ONLY | frozenset(_MORE.split())  # what a market can be kept in

SYMBOLS = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "jpy": "¥",
    "inr": "₹",
    "krw": "₩",
    "cad": "CA$",
    "aud": "A$",
    "nzd": "NZ$",
    "brl": "R$",
    "mxn": "MX$",
    "hkd": "HK$",
    "twd": "NT$",
}

_MORE_SYMBOLS = {"usd": ("$US", "US$"), "cad": ("$CA", "C$"), "aud": ("$AU", "AU$")}

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"  # as wide as a digit, and no place to break a line
_PRICE = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,3}))?")


class BadPrice(ValueError):
    """The text is not a price; the message says why, for the person who wrote it."""


class MixedCurrencies(ValueError):
    """Two amounts of different currencies were about to be put together."""


class MoneyJSON(TypedDict):
    """How the API writes money."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units with its currency; adds only to its own kind."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)

    def as_json(self) -> MoneyJSON:
        return as_json(self.amount, self.currency)

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} cannot be put together.")
        return other.amount


def as_json(amount: int, currency: str) -> MoneyJSON:
    return {"amount": amount, "currency": currency.lower()}


def exponent(currency: str) -> int:
    """How many decimal digits the minor unit stands behind the point, as Stripe counts."""
    currency = currency.lower()
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def format_money(amount: int, currency: str, language: str | None = None) -> str:
    """The amount as a reader of the language writes it: $1,234.50 in English, 1 234,50 $ in French."""
    language = (language or get_language() or "en").lower()
    french = language.split("-")[0] == "fr"
    digits = exponent(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    number = f"{whole:,}"
    if french:
        number = number.replace(",", NARROW_NO_BREAK_SPACE)
    if digits and currency.lower() not in WHOLE_UNITS_ONLY:
        number += f"{',' if french else '.'}{rest:0{digits}d}"
    return _placed(number, currency, french=french, sign=MINUS if amount < 0 else "")


def _placed(number: str, currency: str, *, french: bool, sign: str) -> str:
    symbol = SYMBOLS.get(currency.lower(), currency.upper())
    if french:
        return f"{sign}{number}{NO_BREAK_SPACE}{symbol}"
    gap = NO_BREAK_SPACE if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{number}"


def plain_amount(amount: int, currency: str) -> str:
    """The amount as digits with a point, for form fields and CSV files: 499 -> 4.99."""
    digits = exponent(currency)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def parse_price(text: str, currency: str) -> int:
    """Read what a person typed into minor units; refuse whatever could be meant in two ways."""
    matched = _PRICE.fullmatch(_without_symbol(text, currency))
    if matched is None:
        raise BadPrice(_("Write the price in plain digits, such as %(example)s.") % {"example": _example(currency)})
    whole, fraction = matched[1], matched[2] or ""
    amount = _minor_units(whole, fraction, currency)
    if amount > LARGEST:
        raise BadPrice(_("That price is too high."))
    return amount


def _minor_units(whole: str, fraction: str, currency: str) -> int:
    digits = exponent(currency)
    smallest_step = 10 if digits == 3 else 1  # Stripe takes three-decimal amounts only in steps of ten
    if currency.lower() in WHOLE_UNITS_ONLY:
        smallest_step = 100
    if len(fraction) > digits:
        raise BadPrice(_too_precise(currency))
    amount = int(whole + fraction.ljust(digits, "0"))
    if amount % smallest_step:
        raise BadPrice(_too_precise(currency))
    return amount


def _too_precise(currency: str) -> str:
    return _("A price in %(currency)s cannot be that precise: write it like %(example)s.") % {
        "currency": currency.upper(),
        "example": _example(currency),
    }


def _example(currency: str) -> str:
    if exponent(currency) == 0 or currency.lower() in WHOLE_UNITS_ONLY:
        return "500"
    return "4.99"


def _without_symbol(text: str, currency: str) -> str:
    """The text without the currency's own symbol or code, on whichever side it stands."""
    spaces = f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}"
    currency, number = currency.lower(), text.strip(spaces)
    for mark in (*_MORE_SYMBOLS.get(currency, ()), SYMBOLS.get(currency, currency), currency.upper(), currency):
        for shorter in (number.removeprefix(mark), number.removesuffix(mark)):
            if shorter != number:
                return shorter.strip(spaces)
    return number


def share(amount: int, bps: int) -> int:
    """That many basis points of the amount, rounded half to even so that rounding favours nobody over many sales.

    Work out one side this way and the other by subtraction, so that both always add up to the whole.
    """
    quotient, remainder = divmod(amount * bps, 10_000)
    if remainder * 2 > 10_000 or (remainder * 2 == 10_000 and quotient % 2):
        quotient += 1
    return quotient
