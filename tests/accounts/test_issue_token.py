"""manage.py issue_token: one line, the token."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts import security
from accounts.models import ApiToken, User
from tests.factories.accounts import SellerFactory, UserFactory

pytestmark = pytest.mark.django_db


def issue(*arguments) -> str:
    out, errors = StringIO(), StringIO()
    call_command("issue_token", *arguments, stdout=out, stderr=errors)
    assert errors.getvalue() == ""
    return out.getvalue()


def test_it_prints_the_token_and_nothing_else():
    user = UserFactory()

    printed = issue(user.email)

    assert printed.startswith("ptu_")
    assert printed.count("\n") == 1
    token = security.authenticate_token(printed.strip())
    assert (token.user, token.scopes) == (user, ["library", "read"])


@pytest.mark.parametrize(
    ("role", "scopes", "is_seller", "is_moderator"),
    [
        ("buyer", ["library", "read"], False, False),
        ("seller", ["library", "read", "sell"], True, False),
        ("moderator", ["library", "moderate", "read"], False, True),
        ("buyer,seller,moderator", ["library", "moderate", "read", "sell"], True, True),
    ],
)
def test_roles_are_given_with_their_rights(role, scopes, is_seller, is_moderator):
    printed = issue("New.Person@example.com", "--role", role, "--create")

    user = User.objects.get()
    assert security.authenticate_token(printed.strip()).scopes == scopes
    assert (user.is_seller, user.is_moderator) == (is_seller, is_moderator)
    assert EmailAddress.objects.get().verified
    if is_seller:
        assert user.seller_profile.handle == "new-person"


def test_the_roles_an_account_has_are_the_default():
    assert security.authenticate_token(issue(SellerFactory().email).strip()).scopes == ["library", "read", "sell"]


def test_create_again_takes_the_account_there_is():
    issue("a@example.com", "--create", "--role", "seller")
    issue("A@example.com", "--create", "--role", "seller")

    assert User.objects.count() == 1
    assert ApiToken.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody@example.com"], "There is no account with the address nobody@example.com"),
        (["nobody@example.com", "--role", "king", "--create"], "Unknown role: king"),
        (["not an address", "--create"], "is not an e-mail address"),
    ],
)
def test_what_cannot_be_is_said(arguments, message):
    with pytest.raises(CommandError, match=message):
        issue(*arguments)

    assert not User.objects.exists()
    assert not ApiToken.objects.exists()
