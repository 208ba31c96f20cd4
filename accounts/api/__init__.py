"""The plumbing every API view of the project stands on: who calls, what they may, how often, and only once.

    class Drafts(IdempotentMixin, APIView):
        permission_classes = (IsSeller, HasScope("sell"))

The names below are loaded when they are asked for: REST framework looks for the authentication classes while its own
views are being loaded, and some of these need those views.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.api.authentication import SessionAuthentication, TokenAuthentication
    from accounts.api.idempotency import IdempotentMixin, idempotent
    from accounts.api.permissions import HasScope, IsModerator, IsSeller, IsSignedIn, TakesPart
    from accounts.api.throttling import CallThrottle, Throttle

__all__ = [
    "CallThrottle",
    "HasScope",
    "IdempotentMixin",
    "IsModerator",
    "IsSeller",
    "IsSignedIn",
    "SessionAuthentication",
    "TakesPart",
    "Throttle",
    "TokenAuthentication",
    "idempotent",
]

_HOMES = {
    "authentication": ("SessionAuthentication", "TokenAuthentication"),
    "idempotency": ("IdempotentMixin", "idempotent"),
    "permissions": ("HasScope", "IsModerator", "IsSeller", "IsSignedIn", "TakesPart"),
    "throttling": ("CallThrottle", "Throttle"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"accounts.api.{home}"), name)
    raise AttributeError(name)
