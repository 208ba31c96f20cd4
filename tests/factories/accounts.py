"""People for tests."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import SellerProfile, User


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person{}@example.com".format)
    name = factory.Sequence("Person {}".format)
    password = factory.PostGenerationMethodCall("set_password", None)


class SellerFactory(UserFactory):
    """A person with a shop."""

    name = factory.Sequence("Seller {}".format)

    @factory.post_generation
    def seller_profile(self: Any, create: bool, extracted: Any, **fields: Any) -> None:
        if create and not hasattr(self, "seller_profile"):
            values = {"handle": f"seller-{self.pk}", "name": self.name} | fields
            SellerProfile.objects.create(user=self, **values)


class ModeratorFactory(UserFactory):
    name = factory.Sequence("Moderator {}".format)
    is_moderator = True
