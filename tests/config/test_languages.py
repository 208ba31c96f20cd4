"""Which language is spoken: an address may name it, a reader may choose it, a browser asks for it."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def spoken(answer):
    return answer["Content-Language"]


def test_the_browser_is_followed(client):
    assert spoken(client.get("/guide/")) == "en"
    assert spoken(client.get("/guide/", headers={"accept-language": "fr-CA, en;q=0.5"})) == "fr"
    assert spoken(client.get("/guide/", headers={"accept-language": "de"})) == "en"


def test_a_choice_is_stronger_than_the_browser_and_an_address_stronger_than_both(client):
    client.post(reverse("set_language"), {"language": "fr"})

    assert spoken(client.get("/guide/", headers={"accept-language": "en"})) == "fr"
    assert spoken(client.get("/guide/?lang=en")) == "en"
    assert spoken(client.get("/guide/?lang=nonsense", headers={"accept-language": "en"})) == "en"


def test_whoever_followed_a_french_address_stays_in_french(client):
    client.get("/guide/?lang=fr")

    assert spoken(client.get("/terms/")) == "fr"


def test_choosing_a_language_leaves_an_address_that_names_another(client):
    answer = client.post(
        reverse("set_language"), {"language": "en", "next": "/prompts/?q=logo&lang=fr&sort=newest"}, follow=False
    )

    assert answer["Location"] == "/prompts/?q=logo&sort=newest"


def test_each_public_page_names_itself_in_every_language(client):
    page = client.get("/guide/?lang=fr").text

    assert '<link rel="canonical" href="http://localhost:8000/guide/?lang=fr">' in page
    for language, address in (("en", "?lang=en"), ("fr", "?lang=fr"), ("x-default", "")):
        assert f'hreflang="{language}" href="http://localhost:8000/guide/{address}"' in page
    assert '<link rel="canonical" href="http://localhost:8000/guide/">' in client.get("/guide/").text
