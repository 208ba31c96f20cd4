"""Wording that is meant to talk a model out of its rules, or to turn it against whoever uses it."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import SERIOUS, WARNING, Found, Subject

PATTERNS = {
    "ignore_instructions": re.compile(
        r"\b(?:ignore|disregard|forget|bypass|override)\b[^.\n]{0,30}\b(?:previous|prior|above|all|any|your|system)\b"
        r"[^.\n]{0,20}\b(?:instruction|rule|prompt|guideline|polic|restriction|programming)"
        r"|\bignore[zr]?\b[^.\n]{0,30}\b(?:instructions|consignes|règles)\b",
        re.IGNORECASE,
    ),
    "no_limits": re.compile(
        r"\b(?:do anything now|developer mode (?:enabled|on)|jailbr(?:eak|oken)|unfiltered|uncensored"
        r"|without (?:any )?(?:restrictions|filters|censorship|moral|ethical)"
        r"|no (?:ethical|moral) (?:limits|guidelines))"
        r"|\bno longer bound by\b|\bDAN\b(?=[^a-z]{0,3}(?:mode|can|will|has|is|,))",
    ),
    "hidden_prompt": re.compile(
        r"\b(?:reveal|print|repeat|show|output)\b[^.\n]{0,25}\b(?:your|the) (?:system|hidden|initial) prompt\b",
        re.IGNORECASE,
    ),
    "send_away": re.compile(
        r"\b(?:send|post|upload|exfiltrate|forward)\b[^.\n]{0,40}\b(?:conversation|chat history|user data|credentials|"
        r"personal data|api keys?)\b[^.\n]{0,30}\bto\b",
        re.IGNORECASE,
    ),
    "do_not_tell": re.compile(
        r"\b(?:do not|don't|never) (?:tell|reveal to|inform|mention to) the (?:user|customer|client)\b", re.IGNORECASE
    ),
}
HARMFUL = {"send_away", "no_limits"}


def check(subject: Subject) -> Iterator[Found]:
    counts = {name: len(pattern.findall(subject.secret_text)) for name, pattern in PATTERNS.items()}
    seen = sorted(name for name, number in counts.items() if number)
    if seen:
        severity = SERIOUS if HARMFUL & set(seen) else WARNING
        yield Found("injection", "talks_past_rules", severity, {"kinds": seen, "count": sum(counts.values())})
