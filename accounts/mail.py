"""One way to write a letter: three templates, one language, HTML and plain text."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

GAPS = re.compile(r"\n[ \n]*\n[ \n]*\n")  # what parts of a template leave that had nothing to say


def send(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    message_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send `<template>.subject.txt`, `<template>.txt` and `<template>.html` at once; call it from an outbox handler.

    With a `message_id` derived from what the letter is about, a letter sent twice shows once.
    """
    compose(template=template, to=to, language=language, context=context, message_id=message_id, headers=headers).send()


def compose(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    message_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    with speaking(language) as spoken:
        values = {**surroundings(), "LANGUAGE_CODE": spoken, **context}
        # Subjects and plain text are no HTML: their templates turn escaping off.
        subject = " ".join(render_to_string(f"{template}.subject.txt", values).split())
        text = GAPS.sub("\n\n", render_to_string(f"{template}.txt", values)).strip() + "\n"
        html = render_to_string(f"{template}.html", values | {"subject": subject})
    all_headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken, **(headers or {})}
    if message_id:
        all_headers["Message-ID"] = f"<{message_id}@{urlsplit(settings.SITE_URL).hostname}>"
    letter = EmailMultiAlternatives(subject, text, to=[to], headers=all_headers)
    letter.attach_alternative(html, "text/html")
    return letter


def surroundings() -> dict[str, str]:
    """What every letter may mention; links begin with SITE_URL, never with a host that a request named."""
    return {"site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Inside, texts are in this language, or in the site's own when we do not speak it."""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        yield spoken
