"""The people of the demo: sellers, buyers, and the house's own. Their addresses lead nowhere (example.com)."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts import sellers
from accounts.models import User
from common import clock
from payments import payout_accounts
from payments.demo import catalogue_files
from payments.demo.stripe import Sandbox
from payments.demo.studio import Studio

PASSWORD = "promptuary-demo"  # noqa: S105  of accounts that exist on a developer's machine only
HOUSE = {
    "moderator@example.com": {"name": "Ada from moderation", "is_moderator": True},
    "moderator2@example.com": {"name": "Noor from moderation", "is_moderator": True},
    "admin@example.com": {"name": "The house", "is_staff": True, "is_superuser": True, "is_moderator": True},
}


@dataclass
class People:
    sellers: dict[str, User] = field(default_factory=dict)
    buyers: list[User] = field(default_factory=list)
    moderators: list[User] = field(default_factory=list)


@cache
def _hash() -> str:
    """Hashing is slow on purpose; the demo's accounts share one password, and so one hash."""
    return make_password(PASSWORD)


def person(email: str, *, password: bool = False, **fields: object) -> User:
    """An account whose address is verified; found again when it is there."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, password=_hash() if password else make_password(None), joined_at=clock.now(), **fields)
        user.save()
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def move_in(now: datetime, studio: Studio, stripe: Sandbox) -> People:
    """Make everybody, each on the day they joined."""
    people = People()
    longest = max((listing["days_live"] for listing in catalogue_files.listings()), default=0) + 5
    with clock.at(now - timedelta(days=longest + 30)):
        for email, fields in HOUSE.items():
            user = person(email, password=True, **fields)
            if user.is_moderator and not user.is_staff:
                people.moderators.append(user)
    for index, entry in enumerate(catalogue_files.read("sellers")):
        with clock.at(now - timedelta(days=max(entry["joined_days_ago"], longest))):
            people.sellers[entry["handle"]] = _seller(entry, studio, password=index == 0)
        if entry.get("onboarded", True):
            _onboard(people.sellers[entry["handle"]], stripe)
    for index, entry in enumerate(catalogue_files.read("buyers")):
        with clock.at(now - timedelta(days=max(entry["joined_days_ago"], longest))):
            language = entry.get("locale", "en")[:2]
            people.buyers.append(person(entry["email"], password=index == 0, name=entry["name"], language=language))
    return people


def found() -> People:
    """Everybody who moved in before."""
    known = {user.email: user for user in User.objects.select_related("seller_profile")}
    return People(
        sellers={entry["handle"]: known[entry["email"]] for entry in catalogue_files.read("sellers")},
        buyers=[known[entry["email"]] for entry in catalogue_files.read("buyers")],
        moderators=[known[email] for email in HOUSE if known[email].is_moderator and not known[email].is_staff],
    )


def _seller(entry: dict[str, object], studio: Studio, *, password: bool) -> User:
    user = person(str(entry["email"]), password=password, name=str(entry["name"]))
    if not user.is_seller:
        handle = str(entry["handle"])
        profile = sellers.become(
            user,
            handle=handle,
            name=str(entry["name"]),
            bio=str(entry.get("bio", "")).strip(),
            country=str(entry.get("country", "US")),
        )
        sellers.edit(profile, by=user, picture=io.BytesIO(studio.portrait(handle)))
    return User.objects.select_related("seller_profile").get(pk=user.pk)


def _onboard(user: User, stripe: Sandbox) -> None:
    payout_accounts.set_up(user, return_url=stripe.nowhere, refresh_url=stripe.nowhere)
    account = payout_accounts.current(user)
    if account.state != "active" and account.stripe_id:
        stripe.complete_onboarding(account.stripe_id)
        payout_accounts.refresh_account(account.stripe_id)


def sign_ins() -> str:
    """Who may be signed in as, for the terminal."""
    seller = (catalogue_files.read("sellers") or [{"email": "-"}])[0]["email"]
    buyer = (catalogue_files.read("buyers") or [{"email": "-"}])[0]["email"]
    rows = [
        ("buyer", buyer),
        ("seller", seller),
        ("moderator", "moderator@example.com"),
        ("admin", "admin@example.com"),
    ]
    listed = "\n".join(f"  {role:<10} {email}" for role, email in rows)
    return f"Sign in with the password {PASSWORD}, or with a code (letters are shown at /dev/mail/):\n{listed}\n"
