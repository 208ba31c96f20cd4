"""Addresses and numbers that belong to people."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import SERIOUS, WARNING, Found, Subject

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@((?:[\w-]{1,63}\.){1,5}[a-z]{2,20})\b", re.IGNORECASE)
_INVENTED = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost)(?:$|\.)|^(?:email|domain|company|yourcompany)\.")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)[1-9](?:[ .()-]{0,2}\d){8,13}(?![\w-])|\(\d{3}\) ?\d{3}-\d{4}\b")
_FICTIONAL_PHONE = re.compile(r"555\D?01\d\d\b")
_DIGITS = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?!\d|[.,]\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")


def check(subject: Subject) -> Iterator[Found]:
    for where, text in (("prompt", subject.secret_text), ("page", subject.public_text)):
        counts = {
            "email": sum(1 for match in _EMAIL.finditer(text) if not _INVENTED.search(match[1].lower())),
            "phone": sum(1 for match in _PHONE.finditer(text) if not _FICTIONAL_PHONE.search(match[0])),
            "card": sum(1 for match in _DIGITS.finditer(text) if is_card(match[0])),
            "iban": sum(1 for match in _IBAN.finditer(text) if is_iban(match[0])),
        }
        seen = {name: number for name, number in counts.items() if number}
        if seen:
            severity = SERIOUS if seen.keys() & {"card", "iban"} else WARNING
            evidence = {"where": where, "kinds": sorted(seen), "count": sum(seen.values())}
            yield Found("personal_data", "personal_data", severity, evidence)


def is_card(text: str) -> bool:
    """A number that could be on a payment card: 13 to 19 digits, a known beginning, Luhn's sum."""
    digits = [int(one) for one in text if one.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in {2, 3, 4, 5, 6} or len(set(digits)) == 1:
        return False
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1
