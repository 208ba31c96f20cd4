"""Refusals in the shapes in which Stripe gives them."""

from typing import Any

DOCS = "https://docs.stripe.com/error-codes/"


class StripeError(Exception):
    """An answer other than success.

    `executed` tells whether the call had begun its work, in which case Stripe keeps the answer under the
    idempotency key; a wrong parameter or a conflict is never kept.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        headers: dict[str, str] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message, "type": kind}
        if code:
            self.body |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        if param:
            self.body["param"] = param
        self.body |= {name: value for name, value in details.items() if value is not None}

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def message(self) -> str:
        return str(self.body["message"])

    def answer(self, *, version: int = 1) -> dict[str, Any]:
        if version == 2:
            return {"error": {"code": self.code or "invalid_request", **self.body}}
        return {"error": self.body}


def missing_parameter(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_parameter(param: str) -> StripeError:
    return StripeError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def wrong_parameter(param: str, message: str, code: str | None = None) -> StripeError:
    return StripeError(message, code=code, param=param)


def no_such(noun: str, identifier: str, *, param: str = "id", status: int = 400) -> StripeError:
    """`status` is 404 where the id stood in the path, 400 where it was a parameter."""
    return StripeError(f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param)


def refused(message: str, code: str | None = None, param: str | None = None, **details: Any) -> StripeError:
    """A well-formed request that cannot be done in the present state."""
    return StripeError(message, code=code, param=param, executed=True, **details)


def no_key() -> StripeError:
    message = (
        "You did not provide an API key. The sandbox takes any key that starts with sk_test_, "
        "in an Authorization header with the value 'Bearer YOUR_SECRET_KEY'."
    )
    return StripeError(message, status=401)


def wrong_key(key: str) -> StripeError:
    shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * len(key)
    return StripeError(f"Invalid API Key provided: {shown}", status=401)


def no_access(account: str) -> StripeError:
    message = (
        f"The provided key does not have access to account '{account}' (or that account does not exist). "
        "Application access may have been revoked."
    )
    return StripeError(message, status=403, code="account_invalid")


def unknown_url(method: str, path: str) -> StripeError:
    return StripeError(f"Unrecognized request URL ({method}: {path}).", status=404)


def key_in_use(key: str) -> StripeError:
    message = f"There is currently another in-progress request using this Idempotent Key: {key}. Try again later."
    return StripeError(message, status=409, kind="idempotency_error", code="idempotency_key_in_use")


def key_reused(key: str, what: str) -> StripeError:
    message = (
        f"Keys for idempotent requests can only be used with the same {what} they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return StripeError(message, kind="idempotency_error")


def rate_limited(code: str = "rate_limit") -> StripeError:
    message = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests."
    return StripeError(message, status=429, code=code)


def broken(message: str = "An unexpected error occurred in the sandbox.") -> StripeError:
    return StripeError(message, status=500, kind="api_error", executed=True)


def card_error(message: str, code: str, *, decline_code: str | None = None, **details: Any) -> StripeError:
    return StripeError(
        message, status=402, kind="card_error", code=code, executed=True, decline_code=decline_code, **details
    )
