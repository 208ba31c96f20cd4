"""What no honest client sends: always a 4xx with a problem document, never an error of ours, nothing kept."""

import json

import pytest
from django.test import Client

from marketplace.models import Listing
from tests.api.calls import ROOT, Caller
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, submitted

pytestmark = pytest.mark.django_db

VALUES = [
    None, True, False, 0, -1, 2**62, 1.5, "", " ", "x", "x" * 5000, "\u202e", "\ufffe", [], [None], [[]], {}, {"": ""},
    {"slug": None}, {"amount": None}, {"amount": "1", "currency": 3}, [{"a": {"b": []}}],
]  # fmt: skip
BODIES = [
    b"{",
    b"\xff\xfe",
    b'{"title": "\\ud800"}',
    b'{"title": "a\\u0000b"}',
    b'{"title": 1e999}',
    b'{"title": NaN}',
    b'{"title": "a", "title": "b"}',
    b"[" * 100_000,
    b'{"a":' * 40 + b"1" + b"}" * 40,
    b'{"price": 1' + b"0" * 400 + b"}",
    b'"text"',
    b"[]",
    b"null",
    b"12",
]


@pytest.fixture
def everything():
    """Somebody who is seller and moderator and holds something, and the addresses of all that can be changed."""
    user = SellerFactory(is_moderator=True)
    caller = Caller(user, "read", "library", "sell", "moderate")
    draft, live = ListingFactory(seller=user), ListingFactory(live=True)
    held = EntitlementFactory(owner=user)
    case = submitted()
    return caller, {
        "listings/": ("title", "summary", "description", "model", "model_version", "category", "tags", "price",
                      "prompt", "examples", "language", "tested_on"),
        f"listings/{draft.slug}/versions/": ("prompt", "note", "submit"),
        f"listings/{draft.slug}/submit/": ("rights_affirmed",),
        f"listings/{live.slug}/report/": ("kind", "words", "reason"),
        f"listings/{held.listing.slug}/reviews/": ("rating", "text", "output"),
        "checkout/": ("listings", "coupon", "via", "consents"),
        f"library/{held.public_id}/render/": ("variables", "version", "values"),
        f"moderation/cases/{case.public_id}/claim/": ("anything",),
        f"moderation/cases/{case.public_id}/prompt/": ("reason",),
        f"moderation/cases/{case.public_id}/reject/": ("reason", "note", "digest"),
        "me/tokens/": ("name", "scopes", "days"),
    }  # fmt: skip


def test_wrong_kinds_of_values_are_refused_or_harmless(everything, sandbox):
    caller, addresses = everything
    for address, fields in addresses.items():
        for field in fields:
            for value in VALUES:
                good = {"title": "A good title", "words": "Something is wrong here.", "rating": 3} if field else {}
                answer = caller.send("POST", address, {**good, field: value})
                assert answer.status_code < 500, (address, field, value)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_broken_bodies_are_refused(everything, body):
    caller, addresses = everything
    before = Listing.objects.count()
    for address in addresses:
        answer = caller.client.generic(
            "POST", ROOT + address, body, content_type="application/json", headers=caller.headers
        )
        assert 400 <= answer.status_code < 500, (address, answer.content[:200])
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Listing.objects.count() == before


def test_other_formats_are_refused(seller):
    for media in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = seller.client.generic(
            "POST", f"{ROOT}listings/", b'{"title": "A title"}', content_type=media, headers=seller.headers
        )
        assert answer.status_code == 415, media
        assert answer.json()["status"] == 415


def test_a_body_beyond_all_measure_is_refused(seller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = seller.post("listings/", {"title": "x" * 2000})

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ff%fe", "q=" + "a" * 20_000, "q=%F0%9F%98%80", "q=%27%22%3B--", "q=((((((((((a", "q=[[[",
        "q=%25%25", "model=%00", "tag=%ed%a0%80", "seller=../..", "price_min=%D9%A3", "price_min=1e5",
        "rating_min=nan", "rating_min=inf", "sort=-", "cursor=%00",
        "cursor=" + "A" * 5000, "page_size=1e2", "page_size=%D9%A3",
        "facets=2", "free=perhaps", "updated_since=0000-00-00", "updated_since=9999-99-99T99:99", "language=%00",
        "category=" + ",".join("abc" for _ in range(500)),
    ],
)  # fmt: skip
def test_strange_questions_are_answered(nobody, query):
    assert nobody.client.get(f"{ROOT}listings/?{query}&facets=1").status_code in {200, 400, 404}
    assert nobody.client.get(f"{ROOT}suggest/?{query}").status_code == (200 if query.startswith("q=") else 400)


@pytest.mark.parametrize("query", ["price_mx=500", "ordering=-price", "page=2", "seller__email=a", "offset=10"])
def test_a_filter_nobody_knows_is_refused_by_name(nobody, query):
    answer = nobody.get(f"listings/?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("name", ["page_size", "price_min", "rating_min", "updated_since", "sort", "free", "medium"])
def test_a_filter_without_a_value_is_refused(nobody, name):
    assert list(nobody.get(f"listings/?{name}=").json()["errors"]) == [name]
    assert nobody.get("listings/?q=&model=&cursor=").status_code == 200


def test_what_links_and_tools_add_to_addresses_is_passed_over(nobody):
    assert nobody.get("listings/?utm_source=letter&via=ada&_=17").status_code == 200


@pytest.mark.parametrize("name", ["%00", "%ff", "..", "%2e%2e%2f", "a" * 3000, "é", "%0d%0aX: y", "'--", "\u202e"])
def test_strange_names_are_not_found(everything, name):
    caller, _addresses = everything
    for address in (
        "listings/{}/", "library/{}/", "orders/{}/", "moderation/cases/{}/", "follows/{}/", "sellers/{}/",
        "collections/{}/", "me/tokens/{}/", "library/{}/download/",
    ):  # fmt: skip
        answer = caller.client.get(ROOT + address.format(name), headers=caller.headers)
        assert answer.status_code in {404, 405}, address
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_methods_nobody_offers_are_refused_before_anything_else(nobody):
    for method in ("PUT", "TRACE", "OPTIONS", "CONNECT", "BREW"):
        answer = nobody.client.generic(method, f"{ROOT}orders/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
        assert answer.json()["status"] == 405


def test_a_missing_slash_leads_on_with_method_and_body(nobody):
    answer = nobody.client.post(f"{ROOT}checkout?x=1", {}, content_type="application/json")

    assert (answer.status_code, answer.headers["Location"]) == (308, f"{ROOT}checkout/?x=1")
    assert nobody.client.get(f"{ROOT}no-such-thing").status_code == 404


@pytest.mark.parametrize("path", ["", "x", "x/", "%0a", "listings/%0a/", "a%0ab/c%0a", "//", "%00", "../", "../v2/x"])
def test_whatever_is_under_the_address_is_answered_by_us(nobody, settings, path):
    settings.DEBUG = True

    answer = nobody.client.get(ROOT + path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_an_unknown_address_is_a_problem_document_with_debug_on_too(nobody, settings):
    settings.DEBUG = True

    answer = nobody.client.get(f"{ROOT}no-such-thing/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["schema/", "docs/"])
def test_what_is_only_read_refuses_the_rest_as_every_call_does(path):
    client = Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = client.generic(method, ROOT + path)
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
        assert answer["Allow"] == "GET, HEAD"


def test_a_price_without_an_amount_is_not_taken_for_free(seller):
    answer = seller.post("listings/", {"title": "A title", "price": {"currency": "usd"}})

    assert answer.status_code == 400
    assert "price" in answer.json()["errors"]


def test_a_strange_accept_header_changes_nothing(nobody):
    for accept in ("text/html", "application/xml", "*/*;q=0", "nonsense", "application/json; indent=4"):
        answer = nobody.get("listings/", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("key", ["", "é", "x" * 256, "a\tb", "a b"])
def test_a_bad_idempotency_key_is_refused(seller, key):
    assert seller.post("listings/", {"title": "A title"}, headers={"Idempotency-Key": key}).status_code == 400


def test_conditions_nobody_can_read_are_passed_over(nobody):
    listing = ListingFactory(live=True)
    for tag in ('"', "*", 'W/"x"', ",,,", "x" * 5000):
        answer = nobody.get(f"listings/{listing.slug}/", headers={"If-None-Match": tag})
        assert answer.status_code in {200, 304}


def test_the_caller_hears_the_refusal_in_their_language(seller):
    answer = seller.post("listings/", {"title": ""}, headers={"Accept-Language": "fr"})

    assert answer.headers["Content-Language"] == "fr"
    assert "Accept-Language" in answer.headers["Vary"]


def test_limits_are_told_and_kept(nobody, settings):
    settings.API_READS_A_MINUTE = 3
    answers = [nobody.get("models/") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].headers["Content-Type"] == "application/problem+json"


def test_forged_addresses_share_one_limit(nobody, settings):
    settings.API_READS_A_MINUTE = 2
    statuses = [
        nobody.get("models/", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code for number in range(4)
    ]

    assert statuses == [200, 200, 429, 429]


def test_a_moderator_decides_nothing_with_rubbish():
    moderator = Caller(ModeratorFactory())
    case = submitted()

    for body in ({"reason": 5}, {"note": ["a"]}, {"digest": {}}, {"reason": "unclear", "note": "x" * 5000}):
        assert moderator.post(f"moderation/cases/{case.public_id}/reject/", body).status_code == 400

    case.refresh_from_db()
    assert case.decision == ""
    assert json.loads(moderator.get("moderation/cases/").content)["results"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "listings/", 200),
        ("get", "listings/never-was/", 404),
        ("get", "me/", 401),
        ("get", "nothing/at/all/", 404),
        ("get", "schema/", 200),
        ("put", "listings/", 405),
        ("get", "listings/?sort=shuffle", 400),
    ],
)
def test_every_answer_says_how_many_calls_are_left(client, method, path, status):
    answer = getattr(client, method)(ROOT + path)

    assert answer.status_code == status
    assert int(answer["RateLimit-Limit"]) > int(answer["RateLimit-Remaining"])
    assert 0 < int(answer["RateLimit-Reset"]) <= 62


def test_guessing_tokens_is_not_free(client, settings):
    settings.API_STRANGERS_A_MINUTE = 3
    guess = {"Authorization": "Bearer ptu_" + "x" * 40}

    answers = [client.get(f"{ROOT}me/", headers=guess) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert int(answers[3]["Retry-After"]) > 0


def test_a_session_changes_nothing_without_its_csrf_token(seller):
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller.user)

    for method, path in [("post", "listings/"), ("patch", "me/"), ("delete", "me/"), ("put", "favourites/x/")]:
        answer = getattr(client, method)(ROOT + path, "{}", content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_a_form_of_another_site_is_no_call(seller):
    """What a page elsewhere can make a browser send: plain text, a form, a method by header or field."""
    client = Client(headers=seller.headers)

    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        assert client.post(f"{ROOT}listings/", '{"title": "Mine"}', content_type=kind).status_code == 415
    overridden = client.get(f"{ROOT}me/", headers={"X-HTTP-Method-Override": "DELETE"})
    assert overridden.status_code == 200
    assert not Listing.objects.filter(seller=seller.user).exists()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("host", ["evil.example", "non sense!", "a" * 300, "localhost:port", "[::1"])
def test_a_strange_host_is_refused_in_a_problem_document(nobody, settings, host, debug):
    settings.DEBUG, settings.ALLOWED_HOSTS = debug, ["testserver"]

    answer = nobody.client.get("/api/v1/listings/", headers={"host": host})

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert host not in answer.content.decode()
