"""Public names for rows: opaque ids that sort by age, and order numbers that people can read out."""

import re
import secrets

from common import clock

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
# Without vowels (no accidental words) and without what looks like something else (0 O, 1 I L, U V).
READABLE = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 26

_ID = re.compile(f"(?:[a-z]+_)?[0-7][{ALPHABET}]{{25}}")
_ORDER_NUMBER = re.compile(f"PR-[{READABLE}]{{4}}-[{READABLE}]{{4}}")


def new_id(prefix: str = "") -> str:
    """128 bits in 26 letters: 48 of milliseconds, so that ids sort by age, and 80 nobody can guess."""
    milliseconds = int(clock.now().timestamp() * 1000)
    number = (milliseconds << 80) | secrets.randbits(80)
    body = "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))
    return f"{prefix}_{body}" if prefix else body


def is_id(text: str) -> bool:
    """Whether the text has the shape of an id, before a query is spent on it."""
    return _ID.fullmatch(text) is not None


def new_order_number() -> str:
    """Such as PR-7K3M-9QXD; the column must be unique and the writer try again in the rare event of a clash."""
    letters = "".join(secrets.choice(READABLE) for _ in range(8))
    return f"PR-{letters[:4]}-{letters[4:]}"


def is_order_number(text: str) -> bool:
    return _ORDER_NUMBER.fullmatch(text) is not None
