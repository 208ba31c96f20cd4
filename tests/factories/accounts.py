"""People for tests."""

import time

import factory
from allauth.account.models import EmailAddress
from django.test import Client
from factory.django import DjangoModelFactory

from accounts import security
from accounts.models import ApiToken, SellerProfile, User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """Somebody with a verified address; a password only when one is given: UserFactory(password=PASSWORD)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person-{}@example.com".format)
    name = factory.Sequence("Person {}".format)

    @classmethod
    def _create(cls, model_class, *args, password=None, **fields):
        return model_class.objects.create_user(*args, password=password, **fields)

    @factory.post_generation
    def verified(self, create, extracted, **_):
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class ModeratorFactory(UserFactory):
    is_moderator = True


class StaffFactory(UserFactory):
    is_staff = True
    is_superuser = True


class SellerProfileFactory(DjangoModelFactory):
    class Meta:
        model = SellerProfile

    user = factory.SubFactory(UserFactory)
    handle = factory.Sequence("seller-{}".format)
    name = factory.Sequence("Seller {}".format)
    country = "FR"


class SellerFactory(UserFactory):
    """An account that sells; its profile is `seller.seller_profile`."""

    seller_profile = factory.RelatedFactory(SellerProfileFactory, factory_related_name="user")


def token(user: User, *scopes: str, name: str = "test") -> str:
    """A bearer token's secret."""
    return security.issue_token(user, name=name, scopes=scopes or ("read", "library"))[1]


def bearer(user: User, *scopes: str) -> dict[str, str]:
    """Headers for the test client: client.get(url, headers=bearer(user, "sell"))."""
    return {"Authorization": f"Bearer {token(user, *scopes)}"}


def sign_in(client: Client, user: User, *, seconds_ago: float = 0) -> Client:
    """Signed in that long ago, as far as grave things are concerned."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds_ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


__all__ = [
    "PASSWORD",
    "ApiToken",
    "ModeratorFactory",
    "SellerFactory",
    "SellerProfileFactory",
    "StaffFactory",
    "UserFactory",
    "bearer",
    "sign_in",
    "token",
]
