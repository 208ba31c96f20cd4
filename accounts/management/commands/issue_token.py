from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts import people, permissions, security, sellers
from accounts.models import User
from common.problems import Problem

ROLES = ("buyer", "seller", "moderator")
SCOPES = {
    "buyer": {"read", "library"},
    "seller": {"read", "library", "sell"},
    "moderator": {"read", "library", "moderate"},
}


class Command(BaseCommand):
    help = "Prints an API token for an account, and nothing else; the token is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", default="", help=f"comma-separated: {', '.join(ROLES)}; default: what it has")
        parser.add_argument("--create", action="store_true", help="make the account, its address verified, if missing")
        parser.add_argument("--name", default="issue_token", help="what the token is called on the account's page")
        parser.add_argument("--days", type=int, help="how long it lives; for ever unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        email = User.objects.normalize_email(options["email"])
        roles = [role.strip().lower() for role in options["role"].split(",") if role.strip()]
        if unknown := sorted(set(roles) - set(ROLES)):
            raise CommandError(f"Unknown role: {', '.join(unknown)}. Choose from {', '.join(ROLES)}.")
        try:
            with transaction.atomic():
                user = self._account(email, create=options["create"])
                self._take_on(user, roles)
                scopes = set().union(*(SCOPES[role] for role in roles)) if roles else permissions.scopes(user)
                _token, secret = security.issue_token(user, name=options["name"], scopes=scopes, days=options["days"])
        except Problem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(secret)

    def _account(self, email: str, *, create: bool) -> User:
        if user := User.objects.filter(email=email).first():
            return user
        if not create:
            raise CommandError(f"There is no account with the address {email}. Add --create to make one.")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        user = User.objects.create_user(email)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    def _take_on(self, user: User, roles: list[str]) -> None:
        if "seller" in roles and not user.is_seller:
            stem = user.email.partition("@")[0]
            user.seller_profile = sellers.become(user, handle=sellers.suggest_handle(stem), name=user.name or stem[:60])
        if "moderator" in roles:
            people.make_moderator(user, by=None)
            user.is_moderator = True
