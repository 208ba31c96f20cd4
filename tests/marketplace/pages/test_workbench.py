"""The library and the workbench of an owned prompt."""

import logging

import pytest
from django.core.cache import cache
from django.urls import reverse

from marketplace import library, listings, moderation
from marketplace.models import Preset
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory

pytestmark = pytest.mark.django_db
SECRET = "zebra-harmonium-quince"
TEMPLATE = f"Draw {SECRET} as [subject] in [light], a \\[real bracket] and a [link](https://example.com/)."


@pytest.fixture
def listing():
    return ListingFactory(
        live=True,
        model="midjourney",
        category="photography",
        prompt={
            "template": TEMPLATE,
            "negative": "text, [subject] twice",
            "parameters": {"ar": "3:2"},
            "instructions": "Keep **still**.",
            "variables": [{"name": "light", "label": "Kind of light", "choices": ["dusk", "noon"]}],
        },
    )


@pytest.fixture
def held(client, listing):
    entitlement = EntitlementFactory(listing=listing)
    client.force_login(entitlement.owner)
    return entitlement


def bench(held, name="library-item", **params):
    pairs = "&".join(f"{key}={value}" for key, value in params.items())
    return reverse(name, args=[held.public_id]) + (f"?{pairs}" if pairs else "")


def test_the_owner_reads_everything(client, held):
    page = client.get(bench(held)).content.decode()

    assert SECRET in page
    assert "Kind of light" in page
    assert "<strong>still</strong>" in page
    assert 'data-slot="subject"' in page
    assert "[real bracket]" in page
    assert 'data-slot="real bracket"' not in page


def test_values_are_filled_in_without_javascript(client, held):
    page = client.post(bench(held), {"subject": "<b>a fox</b>", "light": "noon"}).content.decode()

    assert "&lt;b&gt;a fox&lt;/b&gt;</span> in <span" in page
    assert "<b>a fox</b>" not in page


def test_a_value_that_is_no_choice_is_refused_and_kept(client, held):
    answer = client.post(bench(held), {"subject": "a fox", "light": "midnight"})

    assert answer.status_code == 422
    assert "a fox" in answer.content.decode()


@pytest.mark.parametrize("who", ["anonymous", "stranger", "seller"])
def test_it_is_nobody_elses(client, held, who):
    client.logout()
    if who != "anonymous":
        client.force_login(UserFactory() if who == "stranger" else held.listing.seller)
    expected = 302 if who == "anonymous" else 404

    for name in ("library-item", "library-download", "library-changes"):
        answer = client.get(bench(held, name))
        assert answer.status_code == expected
        assert SECRET not in answer.content.decode()
    for name in ("library-item", "library-copy", "library-note", "library-presets", "library-preset-drop"):
        assert client.post(bench(held, name, target="midjourney"), {"note": "mine"}).status_code == expected


def test_what_was_given_back_is_closed(client, held):
    library.revoke(held, "refund")

    assert client.get(bench(held)).status_code == 404
    assert client.get(bench(held, "library-download", format="md")).status_code == 404


def test_it_is_written_as_a_model_wants_it(client, held):
    sent = {"subject": "a fox", "light": "dusk"}

    midjourney = client.post(bench(held, "library-copy", target="midjourney"), sent, headers={"HX-Request": "true"})
    diffusion = client.post(bench(held, "library-copy", target="stable-diffusion"), sent)

    assert "as a fox in dusk" in midjourney.content.decode()
    assert "--no text, a fox twice --ar 3:2" in midjourney.content.decode()
    assert "<html" not in midjourney.content.decode()
    assert "Negative prompt: text, a fox twice" in diffusion.content.decode()
    assert client.post(bench(held, "library-copy", target="nobody"), sent).status_code == 404


@pytest.mark.parametrize("kind", ["md", "json", "txt", "prompt.yml"])
def test_it_is_taken_home_as_a_file(client, held, kind):
    answer = client.get(bench(held, "library-download", format=kind))

    assert SECRET in answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]


def test_there_is_no_other_kind_of_file(client, held):
    assert client.get(bench(held, "library-download", format="exe")).status_code == 404


def test_a_later_version_comes_with_what_changed(client, held):
    listing = held.listing
    changed = {"template": TEMPLATE.replace("Draw", "Paint slowly")}
    listings.new_version(listing, by=listing.seller, prompt=changed, note="Slower")
    moderation.decide(listing.cases.get(decided_at=None), by=ModeratorFactory(), decision="approve")

    shelf = client.get(reverse("library")).content.decode()
    first = client.get(bench(held)).content.decode()
    again = client.get(bench(held)).content.decode()
    old = client.get(bench(held, version=1)).content.decode()
    changes = client.get(bench(held, "library-changes")).content.decode()

    assert "Version 2 is new" in shelf
    assert "Version 2 is here" in first
    assert "Version 2 is here" not in again
    assert "Draw" in old
    assert "You are looking at version 1" in old
    assert "Paint slowly" in changes
    assert client.get(bench(held, version=3)).status_code == 404
    assert client.get(bench(held, version="x")).status_code == 404


def test_a_version_that_is_not_approved_stays_closed(client, held):
    listing = held.listing
    listings.new_version(listing, by=listing.seller, prompt={"template": "Not yet [approved] by anybody."}, note="Soon")

    assert "Not yet" not in client.get(bench(held)).content.decode()
    assert client.get(bench(held, version=2)).status_code == 404


def test_values_are_kept_under_a_name(client, held):
    client.post(bench(held, "library-presets"), {"_preset": "Foxes", "subject": "a fox", "light": "noon", "other": "x"})
    preset = Preset.objects.get()

    assert preset.values == {"subject": "a fox", "light": "noon"}
    page = client.get(bench(held, preset=preset.pk)).content.decode()
    assert 'value="a fox"' in page
    client.post(bench(held, "library-preset-drop"), {"name": "Foxes"})
    assert not Preset.objects.exists()


def test_a_set_without_a_name_loses_nothing(client, held):
    answer = client.post(bench(held, "library-presets"), {"_preset": " ", "subject": "a fox"})

    assert "Give the set a name." in answer.content.decode()
    assert "a fox" in answer.content.decode()


def test_notes_are_kept(client, held):
    assert (
        client.post(bench(held, "library-note"), {"note": "Use dusk."}, headers={"X-Autosave": "1"}).status_code == 204
    )

    assert "Use dusk." in client.get(bench(held)).content.decode()


def test_the_shelf_is_searched_and_sorted(client, held):
    other = EntitlementFactory(owner=held.owner, listing=ListingFactory(live=True, title="Ledger of small repairs"))

    everything = client.get(reverse("library")).content.decode()
    found = client.get(reverse("library"), {"q": "ledger"}).content.decode()
    images = client.get(reverse("library"), {"medium": "image"}).content.decode()

    assert held.listing.title in everything
    assert other.listing.title in everything
    assert held.listing.title not in found
    assert other.listing.title not in images
    assert client.get(reverse("library"), {"sort": "nonsense", "medium": "smell", "news": "1"}).status_code == 200


def test_an_empty_shelf_suggests_three_cheap_ones(client, listing):
    dear = ListingFactory(live=True, price=5000, title="Dear one")
    client.force_login(UserFactory())

    page = client.get(reverse("library")).content.decode()

    assert "Your library is empty" in page
    assert listing.title in page
    assert dear.title not in page


def test_hidden_nothing_of_it_stays_anywhere(client, held, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = client.post(bench(held), {"subject": "a very private fox", "light": "dusk"})
        client.post(bench(held, "library-presets"), {"_preset": "Foxes", "subject": "a very private fox"})
        client.get(bench(held, version="nothing"))

    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    keys = cache._cache.get_client(None).keys("*")
    values = b"".join(cache._cache.get_client(None).dump(key) or b"" for key in keys)
    for secret in (SECRET, "a very private fox"):
        assert secret not in caplog.text
        assert secret not in headers
        assert secret.encode() not in values
