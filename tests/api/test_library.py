"""What was bought, through the API."""

import json

import pytest

from accounts import people
from marketplace import library, listings
from tests.api.calls import Caller
from tests.factories.marketplace import EntitlementFactory, ListingFactory, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(buyer):
    return EntitlementFactory(owner=buyer.user)


def test_what_was_bought_is_read_with_every_version(buyer, held):
    listings.new_version(
        held.listing,
        by=held.listing.seller,
        prompt={"template": "A better way to answer [letter] kindly."},
        note="Kinder",
        submit=False,
    )
    approved(held.listing)

    line = buyer.get("library/").json()["results"][0]
    whole = buyer.get(f"library/{held.public_id}/")

    assert (line["id"], line["listing"]["slug"], line["version"]) == (held.public_id, held.listing.slug, {"number": 2})
    assert line["has_news"] is True
    assert "prompt" not in line
    assert whole.headers["Cache-Control"] == "no-store, private"
    assert whole.json()["prompt"]["template"] == "A better way to answer [letter] kindly."
    assert [(one["number"], one["note"]) for one in whole.json()["versions"]] == [(2, "Kinder"), (1, "")]
    assert buyer.get("library/").json()["results"][0]["has_news"] is False


def test_the_prompt_is_filled_in(buyer, held):
    answer = buyer.post(f"library/{held.public_id}/render/", variables={"tone": "warm", "colour": "red"})

    assert answer.status_code == 200
    assert "in a warm voice, about [subject]" in answer.json()["text"]
    assert (answer.json()["missing"], answer.json()["unknown"]) == (["subject", "letter"], ["colour"])
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("wrong", [[], "x", 3, {"tone": ["a"]}])
def test_values_that_cannot_be_filled_in_are_named(buyer, held, wrong):
    answer = buyer.post(f"library/{held.public_id}/render/", variables=wrong)

    assert answer.status_code == 400
    assert any(name.startswith("variables") for name in answer.json()["errors"])


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("md", "text/markdown; charset=utf-8"),
        ("json", "application/json"),
        ("txt", "text/plain; charset=utf-8"),
        ("prompt.yml", "application/yaml; charset=utf-8"),
    ],
)
def test_it_is_taken_along_as_a_file(buyer, held, kind, content_type):
    answer = buyer.get(f"library/{held.public_id}/download/", format=kind)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "[tone]" in answer.content.decode()


def test_a_format_that_is_not_there_is_named(buyer, held):
    answer = buyer.get(f"library/{held.public_id}/download/", format="exe")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["format"])
    assert buyer.get(f"library/{held.public_id}/download/", version="99").status_code == 404
    assert buyer.get(f"library/{held.public_id}/download/", version="x").status_code == 400


def test_nobody_else_reads_it(nobody, seller, stranger, moderator, held):
    missing = "01m0000000000000000000000a"
    for path in ("", "render/", "download/"):
        method = "POST" if path == "render/" else "GET"
        assert nobody.send(method, f"library/{held.public_id}/{path}").status_code == 401
        for caller in (seller, stranger, moderator):
            there = caller.send(method, f"library/{held.public_id}/{path}")
            absent = caller.send(method, f"library/{missing}/{path}")
            assert there.status_code in {403, 404}
            assert json.loads(there.content) == json.loads(absent.content)


def test_what_was_given_back_is_gone_at_once(buyer, held):
    library.revoke(held, "refund")

    assert buyer.get(f"library/{held.public_id}/").status_code == 404
    assert buyer.get(f"library/{held.public_id}/download/").status_code == 404
    assert buyer.get("library/").json()["results"] == []


def test_a_token_without_the_right_reads_nothing(buyer, held):
    assert Caller(buyer.user, "read").get(f"library/{held.public_id}/").status_code == 403


def test_the_suspended_keep_what_they_bought(buyer, held, client, moderator):
    people.suspend(buyer.user, by=moderator.user, reason="A test")
    buyer.user.refresh_from_db()

    assert buyer.get(f"library/{held.public_id}/").status_code == 401  # their tokens are dead
    client.force_login(buyer.user)
    assert client.get(f"/api/v1/library/{held.public_id}/").status_code == 200
    refused = client.post("/api/v1/checkout/", {"listings": [ListingFactory(live=True).slug]}, "application/json")
    assert refused.status_code == 403
