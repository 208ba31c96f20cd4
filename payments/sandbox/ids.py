"""Identifiers that look like Stripe's."""

import os

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def letters(length: int) -> str:
    """Random letters and digits; 62**length possibilities."""
    number = int.from_bytes(os.urandom(length), "big")
    found = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        found.append(ALPHABET[rest])
    return "".join(found)


def make(prefix: str) -> str:
    return f"{prefix}_{letters(24)}"


def session() -> str:
    return f"cs_test_a1{letters(56)}"


def account() -> str:
    return f"acct_1{letters(15)}"


def secret(owner: str) -> str:
    return f"{owner}_secret_{letters(25)}"
