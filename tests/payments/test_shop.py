"""What cart and checkout show of what is bought."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory

pytestmark = pytest.mark.django_db


def test_cart_and_checkout_show_the_picture_of_each_prompt_or_its_medium(client):
    rendition = {"format": "webp", "width": 320, "height": 256, "name": "pictures/aa/shown/320.webp"}
    picture = {"id": "x", "alt": "A boat", "width": 320, "height": 256, "tone": "#aabbcc", "renditions": [rendition]}
    pictured, plain = ListingFactory(live=True), ListingFactory(live=True)
    type(pictured).objects.filter(pk=pictured.pk).update(card={"picture": picture})
    client.force_login(UserFactory())
    for listing in (pictured, plain):
        client.post(reverse("cart-add", args=[listing.slug]))

    for name in ("cart", "checkout"):
        page = client.get(reverse(name)).content.decode()

        assert page.count('class="line-picture') == 2
        assert page.count("pictures/aa/shown/320.webp 320w") == 1
        assert f"#{plain.medium}" in page, "A prompt without a picture shows the sign of its medium."
