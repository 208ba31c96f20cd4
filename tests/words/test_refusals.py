"""What programs, and whoever fills in a form, are refused with: in the language they ask for."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from marketplace.models import Category
from tests.factories.accounts import SellerFactory, StaffFactory, bearer, sign_in
from tests.factories.marketplace import ListingFactory
from tests.words import reading

pytestmark = pytest.mark.django_db
# Each asked by nobody and by a seller, most of them wrongly.
ASKED = [
    ("get", "/api/v1/me/"),
    ("get", "/api/v1/nothing/"),
    ("get", "/api/v1/listings/?price_min=x&sort=x&page_size=x&rating_min=x"),
    ("get", "/api/v1/listings/?cursor=x"),
    ("post", "/api/v1/listings/"),
    ("post", "/api/v1/checkout/"),
    ("post", "/api/v1/webhooks/"),
    ("post", "/api/v1/me/tokens/"),
    ("get", "/api/v1/moderation/cases/"),
    ("delete", "/api/v1/listings/"),
]
# The forms, filled in with nothing.
FORMS = ["/account/login/", "/account/signup/", "/account/", "/sell/new/", "/sell/profile/", "/collections/new/"]


def speaking(language, user=None, **headers):
    client = Client(headers={"accept-language": language, **headers})
    return sign_in(client, user) if user else client


def strings(value) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"type", "code", "status"}:
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield reading.plain(value)


def test_problems_are_told_in_the_language_that_a_program_asks_for():
    seller = SellerFactory()
    ways = {"nobody": {}, "seller": bearer(seller, "read", "sell")}

    for headers in ways.values():
        for verb, address in ASKED:
            said = {}
            for language in ("fr", "en"):
                client = speaking(language, **headers)
                answer = getattr(client, verb)(
                    address, **({} if verb == "get" else {"content_type": "application/json"})
                )
                said[language] = (
                    frozenset(strings(json.loads(answer.content))) if answer.status_code >= 400 else frozenset()
                )
                assert reading.foreign_in(said[language], language) == [], (verb, address)
            assert reading.shared(said["fr"], said["en"]) == [], (verb, address)


def test_forms_say_what_is_missing_in_the_readers_language():
    seller = SellerFactory(name="Zz", seller_profile__name="Zzshop", email="zz@example.com")
    draft = ListingFactory(seller=seller, title="Zztitle zz")
    forms = [*FORMS, f"/sell/listings/{draft.slug}/"]

    for address in forms:
        said = {
            language: reading.texts(
                speaking(language, None if "login" in address or "signup" in address else seller).post(address).text
            )
            for language in ("fr", "en")
        }
        for language, texts in said.items():
            assert reading.foreign_in(texts, language) == [], address


def test_the_back_office_speaks_french(settings):
    from django.contrib import admin
    from django.urls import reverse

    client = speaking("fr", StaffFactory(name="Zz", email="zz@example.com"))
    ours = [
        model
        for model in admin.site._registry
        if model.__module__.split(".")[0] in {"accounts", "marketplace", "payments"}
    ]
    addresses = [
        "/admin/",
        *(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist") for model in ours),
    ]

    # Its tables show both names of a category.
    names = set(Category.objects.values_list("name_en", flat=True))
    wrong = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        if foreign := reading.foreign_in(reading.texts(answer.text) - names, "fr"):
            wrong[address] = foreign

    assert wrong == {}
