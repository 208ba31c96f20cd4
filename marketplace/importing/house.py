"""Whose listings imports become when nobody is named."""

from accounts import sellers
from accounts.models import User

EMAIL = "librarian@promptuary.example"
NAME = "The Librarian"


def librarian() -> User:
    """The house's own account, made when first needed; nobody can sign in to it."""
    user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, name=NAME)
    return with_shop(user)


def with_shop(user: User) -> User:
    """The account, with a seller profile if it had none. Raises sellers.MayNotSell."""
    if user.is_suspended:
        raise sellers.MayNotSell
    if not user.is_seller:
        name = user.display_name[:60]
        sellers.become(user, handle=sellers.suggest_handle(name), name=name)
        user = User.objects.get(pk=user.pk)
    return user
