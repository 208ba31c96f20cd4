"""Where mail goes: EMAIL_URL names a server, a provider, or the mailbox of a developer's machine."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from config import env

KEPT = 500
# Anymail providers whose one credential is a key: EMAIL_URL=postmark://KEY (mailgun://KEY@sender.domain).
PROVIDERS = {
    "brevo": ("brevo", "BREVO_API_KEY"),
    "mailersend": ("mailersend", "MAILERSEND_API_TOKEN"),
    "mailgun": ("mailgun", "MAILGUN_API_KEY"),
    "mandrill": ("mandrill", "MANDRILL_API_KEY"),
    "postmark": ("postmark", "POSTMARK_SERVER_TOKEN"),
    "resend": ("resend", "RESEND_API_KEY"),
    "sendgrid": ("sendgrid", "SENDGRID_API_KEY"),
    "sparkpost": ("sparkpost", "SPARKPOST_API_KEY"),
}


def settings_from(url: str) -> dict[str, Any]:
    """Django's EMAIL_* and ANYMAIL settings for one address."""
    parts = urlsplit(url)
    if parts.scheme == "mailbox":
        return {"EMAIL_BACKEND": "config.mail.MailboxBackend"}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if not env.has_port(url):
        raise env.Misconfigured("EMAIL_URL names a port that is not a number.")
    if parts.scheme in {"smtp", "smtp+tls", "smtps"}:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
    if parts.scheme == "ses":
        return {"EMAIL_BACKEND": "anymail.backends.amazon_ses.EmailBackend"}
    if parts.scheme in PROVIDERS:
        module, setting = PROVIDERS[parts.scheme]
        options = {name.upper(): value for name, value in parse_qsl(parts.query)}
        key = unquote(parts.username or "") if "@" in parts.netloc else unquote(parts.netloc)
        if not key:
            raise env.Misconfigured(f"EMAIL_URL names no key: {parts.scheme}://KEY.")
        if parts.scheme == "mailgun" and parts.username:
            options["MAILGUN_SENDER_DOMAIN"] = parts.hostname or ""
        return {"EMAIL_BACKEND": f"anymail.backends.{module}.EmailBackend", "ANYMAIL": {setting: key, **options}}
    known = ", ".join(["smtp", "smtp+tls", "smtps", "ses", "console", *PROVIDERS])
    raise env.Misconfigured(f"EMAIL_URL begins with none of {known}.")


class MailboxBackend(BaseEmailBackend):
    """Keeps each letter as a file, for /dev/mail/ to show; nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020d}-{os.getpid()}"
            draft = folder / f".{name}"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / f"{name}.eml")
        for old in letters()[KEPT:]:
            old.unlink(missing_ok=True)
        return len(email_messages)


def letters() -> list[Path]:
    """Newest first."""
    return sorted(Path(settings.MAILBOX).glob("*.eml"), reverse=True)
