"""What can be wrong together."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LIVE = ("sk_live_", "rk_live_")


@register(Tags.security)
def sandbox_beside_live_key(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Real money and a pretend Stripe never meet."""
    host = urlsplit(settings.STRIPE_API_BASE).hostname or "api.stripe.com"
    at_stripe = host == "stripe.com" or host.endswith(".stripe.com")
    live = settings.STRIPE_SECRET_KEY.startswith(LIVE)
    found: list[CheckMessage] = []
    if live and (not at_stripe or settings.STRIPE_SANDBOX):
        found.append(
            Error(
                "STRIPE_SECRET_KEY is a live key, but STRIPE_API_BASE points at a server that is not Stripe.",
                hint="Remove STRIPE_API_BASE, or use a test key.",
                id="promptuary.E001",
            )
        )
    if not settings.DEBUG and settings.STRIPE_SECRET_KEY == settings.STRIPE_SANDBOX_KEY:
        found.append(Error("The Stripe sandbox cannot stand in for Stripe in production.", id="promptuary.E002"))
    if not settings.DEBUG and urlsplit(settings.SITE_URL).scheme != "https":
        found.append(Error("SITE_URL must begin with https:// when DEBUG is off.", id="promptuary.E003"))
    return found
