"""Who is signed in: allauth's own way, with the statement that every page of a member asks written once."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from common.prepared import Prepared

_by_key = Prepared[User](lambda key: User.objects.filter(pk=key), -(2**40) - 1)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        user = _by_key.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
