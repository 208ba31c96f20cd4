"""The plumbing every API view of the project stands on: who calls, what they may, how often, and only once.

class Drafts(IdempotentMixin, APIView):
    permission_classes = [IsSeller, HasScope("sell")]
"""

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
