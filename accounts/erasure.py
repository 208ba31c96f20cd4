"""What accounts itself holds about a person: its part of the export, and of the erasure."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import notifications, pictures, privacy, security
from accounts.models import Activity, ApiToken, IdempotentCall, Notification, SellerProfile, User
from common import clock


@privacy.exporter("account", covers=["account.EmailAddress"])
def account(user: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=user).order_by("-primary", "email")
    return {
        "email": user.email,
        "addresses": [{"email": each.email, "verified": each.verified, "primary": each.primary} for each in addresses],
        "name": user.name,
        "language": user.language,
        "joined_at": _written(user.joined_at),
        "last_login": _written(user.last_login),
        "roles": roles(user),
        "suspended_at": _written(user.suspended_at),
        "suspension_reason": user.suspension_reason,
        "credentials_changed_at": _written(user.credentials_changed_at),
        "muted_mail": user.muted_mail,
    }


def roles(user: User) -> list[str]:
    held = {"buyer": True, "seller": user.is_seller, "moderator": user.is_moderator, "support": user.is_support}
    return [role for role, is_held in held.items() if is_held]


@privacy.exporter("seller_profile", covers=["accounts.SellerProfile"])
def seller_profile(user: User) -> dict[str, Any] | None:
    if not user.is_seller:
        return None
    profile = user.seller_profile
    return {
        "handle": profile.handle,
        "name": profile.name,
        "bio": profile.bio,
        "website": profile.website,
        "country": profile.country,
        "picture": profile.picture.url if profile.picture else None,
        "began_at": _written(profile.created_at),
    }


@privacy.exporter("tokens", covers=["accounts.ApiToken"])
def tokens(user: User) -> list[dict[str, Any]]:
    return [
        {
            "id": token.public_id,
            "name": token.name,
            "hint": token.hint,
            "scopes": token.scopes,
            "created_at": _written(token.created_at),
            "expires_at": _written(token.expires_at),
            "last_used_at": _written(token.last_used_at),
            "revoked_at": _written(token.revoked_at),
        }
        for token in user.api_tokens.order_by("pk")
    ]


@privacy.exporter("notifications", covers=["accounts.Notification"])
def told(user: User) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "title": notifications.words(each).title,
            "body": notifications.words(each).body,
            "url": each.url,
            "created_at": _written(each.created_at),
            "read_at": _written(each.read_at),
            "mailed_at": _written(each.mailed_at),
        }
        for each in user.notifications.order_by("pk")
    ]


@privacy.exporter("consents", covers=["accounts.Consent"])
def consents(user: User) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "version": each.version,
            "language": each.language,
            "wording": each.wording,
            "subject": each.subject,
            "given_at": _written(each.given_at),
        }
        for each in user.consents.order_by("pk")
    ]


@privacy.exporter("activity", covers=["accounts.Activity", "admin.LogEntry"])
def activity(user: User) -> list[dict[str, Any]]:
    return [
        {
            "verb": each.verb,
            "object": f"{each.object_type}:{each.object_id}",
            "label": each.object_label,
            "reason": each.reason,
            "at": _written(each.created_at),
        }
        for each in user.activities.order_by("pk")
    ]


@privacy.exporter("sign_in", covers=["usersessions.UserSession", "mfa.Authenticator"])
def sign_in(user: User) -> dict[str, Any]:
    """Where the account is signed in and with what; keys and codes themselves are secrets and stay out."""
    return {
        "has_password": user.has_usable_password(),
        "sessions": [
            {
                "address": each.ip,
                "browser": each.user_agent,
                "began_at": _written(each.created_at),
                "seen_at": _written(each.last_seen_at),
            }
            for each in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "second_factors": [
            {"type": each.type, "created_at": _written(each.created_at), "last_used_at": _written(each.last_used_at)}
            for each in Authenticator.objects.filter(user=user).order_by("pk")
        ],
    }


@privacy.exporter("api_calls", covers=["accounts.IdempotentCall"])
def api_calls(user: User) -> list[dict[str, Any]]:
    """Answers kept for a day so that a repeated call gets the same one."""
    calls = IdempotentCall.objects.filter(user=user).order_by("pk")
    return [{"key": each.key, "status": each.status, "created_at": _written(each.created_at)} for each in calls]


@privacy.eraser(order=900)
def erase(user: User) -> None:
    """What was bought, sold and decided keeps pointing at the row; the row no longer says who it was."""
    security.end_sessions(user)
    ApiToken.objects.filter(user=user).delete()
    IdempotentCall.objects.filter(user=user).delete()
    Notification.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    _erase_profile(user)
    Activity.objects.filter(object_type="user", object_id=user.public_id).update(object_label="")
    user.email = f"erased-{user.pk}@invalid"
    user.name = user.suspension_reason = ""
    user.is_moderator = user.is_support = user.is_staff = user.is_superuser = user.is_active = False
    user.muted_mail = []
    user.last_login = None
    # The session's check is bound to the password: whatever session was being made dies with it.
    user.set_unusable_password()
    user.erased_at = clock.now()
    user.save()


def _erase_profile(user: User) -> None:
    profile = SellerProfile.objects.filter(user=user).first()
    if profile is None:
        return
    Activity.objects.filter(object_type="sellerprofile", object_id=str(profile.pk)).update(object_label="")
    pictures.put(profile, None)
    # The handle stays taken, so that nobody can pass for who was here.
    profile.name = profile.bio = profile.website = ""
    profile.name = "—"
    with transaction.atomic():
        profile.save()


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
