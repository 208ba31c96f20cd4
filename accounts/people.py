"""What happens to accounts: suspended and restored, made moderators and no longer."""

from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity, notifications, permissions, security, signals
from accounts.models import User
from common import clock
from common.problems import Problem


class MayNotSuspend(Problem):
    """This account is not theirs to suspend or restore."""

    status = HTTPStatus.FORBIDDEN
    code = "may_not_suspend"
    default_detail = _("You may not suspend or restore this account.")


class MayNotAppoint(Problem):
    """Only those who keep the back office make moderators."""

    status = HTTPStatus.FORBIDDEN
    code = "may_not_appoint"
    default_detail = _("You may not give or take this role.")


class ReasonMissing(Problem):
    """A suspension is told to the person with its reason."""

    status = HTTPStatus.BAD_REQUEST
    code = "reason_missing"
    default_detail = _("Say why, in words that the person can understand.")


@transaction.atomic
def suspend(user: User, *, by: User | None, reason: str) -> User:
    """From now on they sell, buy, review and moderate nothing; sessions and tokens end at once."""
    if not permissions.may_suspend(by, user):
        raise MayNotSuspend
    if not reason.strip():
        raise ReasonMissing
    user = _locked(user)
    if user.is_suspended:
        return user
    user.suspended_at = clock.now()
    user.suspension_reason = reason.strip()[:200]
    user.save(update_fields=["suspended_at", "suspension_reason"])
    security.end_sessions(user)
    security.revoke_tokens(user)
    activity.record(by, "account.suspended", user, reason=reason)
    notifications.tell(user, "account_suspended", reason=user.suspension_reason)
    signals.suspended.send(User, user=user, by=by, reason=reason)
    return user


@transaction.atomic
def restore(user: User, by: User | None) -> User:
    """They may take part again; tokens stay revoked."""
    if not permissions.may_suspend(by, user):
        raise MayNotSuspend
    user = _locked(user)
    if not user.is_suspended:
        return user
    user.suspended_at = None
    user.suspension_reason = ""
    user.save(update_fields=["suspended_at", "suspension_reason"])
    activity.record(by, "account.restored", user)
    notifications.tell(user, "account_restored")
    signals.restored.send(User, user=user, by=by)
    return user


def make_moderator(user: User, by: User | None) -> User:
    return _appoint(user, by, is_moderator=True, verb="account.made_moderator")


def remove_moderator(user: User, by: User | None) -> User:
    """Their sessions look at the role on each request, so it is gone at once; tokens for it are revoked."""
    return _appoint(user, by, is_moderator=False, verb="account.removed_moderator")


@transaction.atomic
def _appoint(user: User, by: User | None, *, is_moderator: bool, verb: str) -> User:
    if not permissions.may_appoint(by):
        raise MayNotAppoint
    user = _locked(user)
    if user.is_moderator == is_moderator:
        return user
    user.is_moderator = is_moderator
    user.save(update_fields=["is_moderator"])
    if not is_moderator:
        user.api_tokens.filter(scopes__contains=["moderate"], revoked_at=None).update(revoked_at=clock.now())
    activity.record(by, verb, user)
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)
