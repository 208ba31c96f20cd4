"""The Stripe client, and how every call is made: a refusal told from silence, and a breaker before a stuck Stripe."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

import stripe
from django.conf import settings

T = TypeVar("T")
FAILURES_TO_OPEN, SECONDS_OPEN = 5, 10


class Refused(Exception):
    """Stripe refused; nothing happened. `code` is Stripe's, such as balance_insufficient."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


class Away(Exception):
    """Stripe could not be asked, or answered nonsense: whether something happened is unknown.

    `answered` when it was a 5xx, which Stripe keeps under the idempotency key for a day: once the object has been
    looked for and not found, a new try needs a new key. Without an answer the same key must be used again.
    """

    def __init__(self, message: str = "", *, answered: bool = False) -> None:
        self.answered = answered
        super().__init__(message)


class BadSignature(Exception):
    """The webhook was not signed by Stripe with our secret, or is too old."""


class Switched(Exception):
    """The event belongs to the other mode (test or live) than our key."""


TRANSIENT = (Away,)


class Breaker:
    """After several calls without an answer, do not try for a while: a stuck Stripe must not take our threads."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0.0
        self.lock = threading.Lock()

    def before(self) -> None:
        if time.monotonic() < self.open_until:
            raise Away("Stripe did not answer lately.")

    def after(self, *, answered: bool) -> None:
        with self.lock:
            self.failures = 0 if answered else self.failures + 1
            if self.failures >= FAILURES_TO_OPEN:
                self.open_until = time.monotonic() + SECONDS_OPEN
                self.failures = FAILURES_TO_OPEN - 1  # one more failure opens it again


breaker = Breaker()


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=(3, 15)),
    )


def client() -> stripe.StripeClient:
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


def ask(call: Callable[[], T]) -> T:
    """Make a call and tell a refusal from silence."""
    breaker.before()
    try:
        answer = call()
    except stripe.RateLimitError as error:
        breaker.after(answered=True)
        raise Away("Stripe asks us to slow down.") from error
    except (stripe.CardError, stripe.InvalidRequestError, stripe.PermissionError) as error:
        breaker.after(answered=True)
        raise Refused(_code(error), str(error.user_message or "")) from error
    except stripe.StripeError as error:
        # Connection errors, 5xx, conflicts of idempotency keys, a wrong key: none says what happened.
        breaker.after(answered=isinstance(error, stripe.IdempotencyError | stripe.AuthenticationError))
        raise Away(type(error).__name__, answered=(error.http_status or 0) >= 500) from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        breaker.after(answered=False)
        raise Away("Stripe's answer could not be read.") from error
    breaker.after(answered=True)
    return answer


def _code(error: stripe.StripeError) -> str:
    return error.code or (error.error.code if error.error and error.error.code else "") or type(error).__name__


def every(page: Any) -> Iterator[Any]:
    """Every object of a paged list; a page that does not come is Away."""
    rows = page.auto_paging_iter()
    while (row := ask(lambda: next(rows, None))) is not None:
        yield row


def is_live() -> bool:
    return "_live_" in settings.STRIPE_SECRET_KEY
