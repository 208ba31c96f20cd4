"""Automatic checks of a submission: one module each, run one after the other, none able to stop the others.

A check gets a Subject and answers with findings. A finding names what was seen by a code, a severity and evidence made
of counts, shares and names: a moderator reads it, and sometimes the seller, so it never quotes the prompt.
"""

import logging
from collections.abc import Sequence
from typing import cast

from django.db import transaction

from marketplace import library
from marketplace.models import Case
from marketplace.screening import (
    banned,
    contacts,
    duplicates,
    examples,
    injection,
    language,
    leak,
    personal_data,
    pictures,
    placeholders,
    pricing,
    secrets,
)
from marketplace.screening.subject import NOTE, SERIOUS, WARNING, Check, Found, Subject

__all__ = ["CHECKS", "Found", "Subject", "risk", "run"]

log = logging.getLogger(__name__)

CHECKS = cast(
    "tuple[Check, ...]",
    (
        duplicates,
        secrets,
        personal_data,
        leak,
        examples,
        placeholders,
        language,
        injection,
        banned,
        contacts,
        pricing,
        pictures,
    ),
)
WEIGHTS = {NOTE: 0.03, WARNING: 0.22, SERIOUS: 0.6}


def run(case: Case) -> list[Found]:
    """Everything the checks see in the case's revision."""
    subject = _subject(case)
    if subject is None:
        return []
    return [found for check in CHECKS for found in _tried(check, subject)]


def risk(found: Sequence[Found]) -> int:
    """0 to 100: each finding takes its share of what the others left."""
    rest = 1.0
    for one in found:
        rest *= 1 - WEIGHTS[one.severity]
    return round(100 * (1 - rest))


def _subject(case: Case) -> Subject | None:
    revision = case.revision
    if revision is None or revision.version is None:
        return None
    version = revision.version
    return Subject(case, case.listing, revision, version, library.words_for_checks(version))


def _tried(check: Check, subject: Subject) -> list[Found]:
    """A check that fails on hostile input is a finding of its own; its words are not logged."""
    name = check.__name__.rpartition(".")[2]
    try:
        with transaction.atomic():
            return list(check.check(subject))
    except Exception as problem:  # noqa: BLE001 — whatever it is, a person will look
        error = type(problem).__name__
        log.warning("A check failed", extra={"check": name, "case": subject.case.pk, "error": error})
        return [Found(name, "check_failed", WARNING, {"check": name, "error": error})]
