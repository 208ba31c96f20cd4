"""The sandbox's own controls, which stand in for buyers typing cards and sellers filling in Stripe's forms."""

from datetime import datetime
from typing import Any

import requests
from django.conf import settings


class NoSandbox(Exception):
    """Demo money is made in the sandbox only, never at Stripe."""


class Sandbox:
    def __init__(self) -> None:
        if not settings.STRIPE_SANDBOX or not settings.STRIPE_API_BASE:
            raise NoSandbox
        self._base = f"{settings.STRIPE_API_BASE}/_control/"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between this machine and itself
        self.nowhere = f"{settings.SITE_URL}/sell/payouts/"

    def ask(self, path: str, method: str = "POST", **body: Any) -> Any:
        answer = self._session.request(method, self._base + path, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def quiet(self) -> None:
        """Deliver nothing while the past is being made up: nobody is there to hear it."""
        self.ask("faults", scope="delivery", action="silence")

    def back_to_normal(self) -> None:
        self.ask("clock", reset=True, wait=False)
        self.ask("drain", seconds=5)
        self.ask("faults", "DELETE")

    def set_clock(self, moment: datetime) -> None:
        self.ask("clock", now=int(moment.timestamp()), wait=False)

    def pay(self, session: str, email: str, card: str = "4242424242424242") -> None:
        self.ask(f"sessions/{session}/pay", card=card, email=email)

    def complete_onboarding(self, account: str) -> None:
        self.ask(f"accounts/{account}/complete")

    def dispute(self, charge: str) -> None:
        self.ask(f"charges/{charge}/dispute", reason="product_not_received")
