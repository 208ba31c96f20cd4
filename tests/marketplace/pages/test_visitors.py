"""What anybody may see, and what nobody but its owner may."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from marketplace import linkcards, listings, reviews, social
from marketplace.models import Collection, Listing
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, work

pytestmark = pytest.mark.django_db
CANARY = "zebra-harmonium-quince"


@pytest.fixture
def listing():
    return ListingFactory(
        live=True, prompt={"template": f"Say {CANARY} to [somebody] about [subject], kindly and at once."}
    )


PUBLIC = [
    "home",
    "browse",
    "collections",
    "guide-how",
    "guide-selling",
    "terms",
    "privacy",
    "refunds-promise",
    "licence",
    "feed",
    "sitemap",
    "robots",
]


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_house_has_its_pages(client, listing, name, language):
    answer = client.get(reverse(name), headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()


def test_browsers_find_a_picture_for_what_has_no_page(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert "icon-192" in answer.headers["Location"]


def test_a_listing_shows_everything_but_the_prompt(client, listing):
    page = client.get(listing.get_absolute_url()).content.decode()

    assert listing.title in page
    assert "What came out" in page
    assert "$4.99" in page
    assert 'name="somebody"' in page
    assert reverse("checkout") + f"?listing={listing.slug}" in page
    assert CANARY not in page


def test_a_listing_speaks_to_search_engines(client, listing):
    page = client.get(listing.get_absolute_url()).content.decode()

    product, trail = (json.loads(text) for text in re.findall(r'ld\+json"[^>]*>(.*?)</script>', page))
    assert product["@type"] == "Product"
    assert product["offers"]["price"] == "4.99"
    assert [item["name"] for item in trail["itemListElement"]] == [
        "Prompts",
        "Writing",
        "E-mail and letters",
        listing.title,
    ]


def test_words_of_a_stranger_cannot_leave_the_script(client):
    evil = ListingFactory(live=True, title="</script><script>alert(1)</script>")

    page = client.get(evil.get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in page


def test_browsing_finds_filters_and_says_when_nothing_is_there(client, listing):
    found = client.get("/prompts/", {"q": listing.title})
    nothing = client.get("/prompts/", {"q": "submarine xylophone"})

    assert listing.title in found.content.decode()
    assert "1 prompt" in found.content.decode()
    assert "Nothing like this is here yet" in nothing.content.decode()


def test_filters_come_as_a_fragment_with_an_address_to_share(client, listing):
    headers = {"HX-Request": "true", "HX-Target": "found"}

    answer = client.get("/prompts/", {"model": "chatgpt", "price_min": "", "sort": "trending"}, headers=headers)

    page = answer.content.decode()
    assert answer["HX-Push-Url"] == "/prompts/?model=chatgpt"
    assert page.lstrip().startswith('<div class="found')
    assert 'hx-swap-oob="true"' in page
    assert "<html" not in page


def test_a_cursor_of_another_list_is_an_error_400(client, listing):
    assert client.get("/prompts/", {"cursor": "nonsense"}).status_code == 400


def test_suggestions_answer_with_links(client, listing):
    answer = client.get(reverse("suggest"), {"q": "calm"})

    assert listing.get_absolute_url() in answer.content.decode()
    assert client.get(reverse("suggest"), {"q": "c"}).content == b""


def test_what_is_not_on_sale_is_there_for_owners_only(client, listing):
    owner = EntitlementFactory(listing=listing).owner
    listings.withdraw(listing, by=listing.seller)

    assert client.get(listing.get_absolute_url()).status_code == 404
    client.force_login(owner)
    page = client.get(listing.get_absolute_url())
    assert page.status_code == 200
    assert "Not on sale" in page.content.decode()
    assert "Buy now" not in page.content.decode()


def test_a_draft_is_nobodys_to_see(client):
    draft = ListingFactory()

    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(UserFactory())
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_seller_sees_their_own_page_with_their_link(client, listing):
    client.force_login(listing.seller)

    page = client.get(listing.get_absolute_url()).content.decode()

    assert f"?via={listing.seller.seller_profile.handle}" in page
    assert "Buy now" not in page


def test_a_seller_has_a_page_until_they_are_suspended(client, listing):
    profile = listing.seller.seller_profile
    assert listing.title in client.get(profile.get_absolute_url()).content.decode()

    listing.seller.suspended_at = listing.created_at
    listing.seller.save()

    assert client.get(profile.get_absolute_url()).status_code == 404
    assert client.get(listing.get_absolute_url()).status_code == 404


def test_models_and_categories_have_pages_of_their_own(client, listing):
    for name, slug in (("model", "chatgpt"), ("category", "email"), ("category", "writing")):
        page = client.get(reverse(name, args=[slug]))
        assert listing.title in page.content.decode()
    assert "still empty" in client.get(reverse("model", args=["suno"])).content.decode()
    assert client.get(reverse("model", args=["nobody"])).status_code == 404


def test_a_private_collection_is_its_owners_alone(client, listing):
    owner = UserFactory()
    collection = social.collect(owner, title="For winter", is_public=False)
    social.put_in(collection, listing, by=owner)

    assert client.get(collection.get_absolute_url()).status_code == 404
    client.force_login(UserFactory())
    assert client.get(collection.get_absolute_url()).status_code == 404
    client.force_login(owner)
    assert listing.title in client.get(collection.get_absolute_url()).content.decode()


def test_the_houses_collections_stand_on_the_home_page(client, listing):
    Collection.objects.create(slug="letters", title_en="Letters that work", title_fr="Des lettres qui marchent")

    assert "Letters that work" in client.get("/").content.decode()
    assert "Des lettres qui marchent" in client.get("/", headers={"Accept-Language": "fr"}).content.decode()


def test_no_review_ever_shows_an_address_for_a_name(client, listing):
    buyer = UserFactory(name="", email="secret.person@example.com")
    EntitlementFactory(owner=buyer, listing=listing)
    reviews.post(buyer, listing, rating=4, text="It kept the peace.")
    work()

    page = client.get(listing.get_absolute_url()).content.decode()

    assert "It kept the peace." in page
    assert "secret.person" not in page


def test_the_picture_for_links_is_drawn_and_kept(client, listing):
    first = client.get(reverse("listing-card", args=[listing.slug]))
    again = client.get(reverse("listing-card", args=[listing.slug]))

    data = b"".join(first.streaming_content)
    assert first["Content-Type"] == "image/png"
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data == b"".join(again.streaming_content)


@pytest.mark.parametrize("title", ["Ж" * 100, "あ" * 110, "m" * 120, "שלום " * 20, "🦊 fox", "a\u0301" * 50])
def test_the_picture_for_links_bears_any_title(client, title):
    listing = ListingFactory(live=True, title=title)

    answer = client.get(reverse("listing-card", args=[listing.slug]))

    assert b"".join(answer.streaming_content)[:4] == b"\x89PNG"


def test_what_no_typeface_knows_is_left_out_of_the_picture_for_links(monkeypatch):
    monkeypatch.setattr(linkcards, "_others", lambda: ())

    assert linkcards._legible("\U0001f469\U0001f3fd\u200d\U0001f680\u2728\ufe0f A fox") == "A fox"
    assert linkcards._legible("O\u00f9 est le renard ?") == "O\u00f9 est le renard ?"


def test_hostile_content_leaves_the_pages_standing(client):
    variables = " ".join(f"[thing{number}]" for number in range(60))
    listing = ListingFactory(
        live=True,
        title="W" * 110,
        summary="\u05e9\u05dc\u05d5\u05dd " * 20,
        description="x" * 300 + "\n\n# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        prompt={"template": f"Do it with {variables}."},
        examples=[{"inputs": {}, "output": "y" * 5000}],
    )
    Listing.objects.filter(pk=listing.pk).update(rating_count=9999, rating_average=4.2, sales_count=99999)

    for path in (
        listing.get_absolute_url(),
        "/",
        "/prompts/",
        reverse("seller", args=[listing.seller.seller_profile.handle]),
    ):
        assert client.get(path).status_code == 200


def test_sitemaps_name_what_is_live(client, listing):
    draft = ListingFactory()
    parts = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())

    pages = "".join(client.get(urlsplit(part).path).content.decode() for part in parts)

    assert f"/prompts/{listing.slug}/" in pages
    assert f'hreflang="fr" href="http://localhost:8000/prompts/{listing.slug}/?lang=fr"' in pages
    assert draft.slug not in pages
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_the_feed_tells_what_is_new(client, listing):
    feed = client.get("/feed.xml")

    assert feed["Content-Type"].startswith("application/atom+xml")
    assert listing.title in feed.content.decode()
    assert (
        listing.title
        in client.get(reverse("seller-feed", args=[listing.seller.seller_profile.handle])).content.decode()
    )
