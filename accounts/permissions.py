"""Who may do what, as far as it depends on the person alone; the apps above ask here first."""

from typing import Any, TypeGuard

from accounts.models import ApiToken, User


def is_person(user: Any) -> TypeGuard[User]:
    """Somebody signed in, whatever else they may do."""
    return isinstance(user, User) and user.is_active and user.erased_at is None


def in_good_standing(user: Any) -> TypeGuard[User]:
    """May take part: buy, review, report, follow. The suspended keep reading what they bought and no more."""
    return is_person(user) and not user.is_suspended


def may_sell(user: Any) -> TypeGuard[User]:
    return in_good_standing(user) and user.is_seller


def may_become_seller(user: Any) -> TypeGuard[User]:
    return in_good_standing(user) and not user.is_seller


def may_moderate(user: Any) -> TypeGuard[User]:
    return in_good_standing(user) and user.is_moderator


def may_support(user: Any) -> TypeGuard[User]:
    return in_good_standing(user) and (user.is_support or user.is_staff)


def may_suspend(by: User | None, user: User) -> bool:
    """Moderators suspend ordinary people; only staff suspend one another, and nobody themselves. None is the house."""
    if by is None:
        return True
    if by.pk == user.pk or not (may_moderate(by) or (in_good_standing(by) and by.is_staff)):
        return False
    return by.is_superuser or not (user.is_moderator or user.is_staff or user.is_support)


def may_appoint(by: User | None) -> bool:
    """Who makes moderators: those who keep the back office."""
    return by is None or (in_good_standing(by) and by.is_staff)


def scopes(user: User) -> set[str]:
    """What a token of this account can be allowed at most."""
    allowed = {ApiToken.Scope.READ.value, ApiToken.Scope.LIBRARY.value}
    if user.is_seller:
        allowed.add(ApiToken.Scope.SELL.value)
    if user.is_moderator:
        allowed.add(ApiToken.Scope.MODERATE.value)
    return allowed
