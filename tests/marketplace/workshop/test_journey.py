"""A seller and a moderator at work, through their pages and nothing else."""

import re

import pytest
from django.urls import reverse

from accounts.models import Activity, Consent
from marketplace.models import Case, Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import ListingFactory, work
from tests.marketplace.workshop.browser import form_of

pytestmark = pytest.mark.django_db

TEMPLATE = "Write a calm answer to [person] about [subject], in three short paragraphs, without any excuse."


def test_a_seller_writes_mends_and_is_on_sale(client):
    """From a title to a live listing, with one rejection in between."""
    seller, moderator = SellerFactory(name="Ada"), ModeratorFactory()
    client.force_login(seller)

    begun = client.post(reverse("sell-new"), {"title": "Calm answers to angry letters", "model": "chatgpt"})
    listing = Listing.objects.get(seller=seller)
    address = reverse("sell-listing", args=[listing.slug])
    assert begun.headers["Location"] == address

    values = form_of(client.get(address)) | {"template": TEMPLATE, "price": "4.99", "category": "email"}
    saved = client.post(address, values)
    assert saved.status_code == 302
    page = client.get(address)
    assert b"$4.99" in page.content
    assert b"you get $3.99" in page.content
    values = form_of(page)
    assert [values["variable-0-name"], values["variable-1-name"]] == ["person", "subject"]

    submit = reverse("sell-submit", args=[listing.slug])
    too_early = client.post(submit, values | {"summary": "Answers that keep the peace."})
    assert too_early.status_code == 422
    assert "Show at least one example" in too_early.content.decode()
    assert "affirm" in too_early.content.decode()

    values = form_of(too_early) | {
        "description": "You paste the letter, and get an answer that can be sent as it is.",
        "variable-0-label": "Who wrote",
        "example-0-input-0": "a customer",
        "example-0-input-1": "a late parcel",
        "example-0-output": "Thank you for asking after your parcel. It left on Monday and will be there soon.",
        "rights_affirmed": "yes",
    }
    sent = client.post(submit, values)
    assert sent.status_code == 302, sent.content.decode()
    listing.refresh_from_db()
    assert listing.status == "in_review"
    assert Consent.objects.filter(user=seller, kind="right_to_sell").exists()
    work()

    client.force_login(moderator)
    case = Case.objects.get()
    case_page = reverse("moderation-case", args=[case.public_id])
    assert listing.title in client.get(reverse("moderation")).content.decode()
    assert TEMPLATE not in client.get(case_page).content.decode()
    client.post(reverse("moderation-claim", args=[case.public_id]))
    seen = client.get(case_page).content.decode()
    assert TEMPLATE in seen
    assert "Write a calm answer to a customer about a late parcel" in seen
    assert Activity.objects.filter(verb="prompt.read", actor=moderator).count() == 1

    decide = reverse("moderation-decide", args=[case.public_id])
    without_reason = client.post(decide, {"decision": "reject", "digest": case.digest})
    assert without_reason.status_code == 422
    assert "Give a reason" in without_reason.content.decode()
    client.post(decide, {"decision": "reject", "reason": "examples", "note": "One more, please", "digest": case.digest})

    client.force_login(seller)
    rejected = client.get(address)
    words = rejected.content.decode()
    assert "Examples are missing or do not fit the prompt" in words
    assert "Add examples made with exactly this prompt" in words
    assert "One more, please" in words
    more = client.post(reverse("sell-examples", args=[listing.slug]), form_of(rejected))
    values = form_of(more) | {"example-1-output": "A second answer, as calm as the first one was, and as short."}
    client.post(submit, values | {"rights_affirmed": "yes"})
    work()

    client.force_login(moderator)
    case = Case.objects.get(state="open")
    client.post(reverse("moderation-decide", args=[case.public_id]), {"decision": "approve", "digest": case.digest})
    listing.refresh_from_db()
    assert listing.status == "live"
    assert [example["output"][:8] for example in listing.approved.examples] == ["Thank yo", "A second"]
    assert listing.approved.version.variables[0]["label"] == "Who wrote"


def test_an_edit_of_what_is_on_sale_waits_for_approval(client):
    listing = ListingFactory(live=True)
    client.force_login(listing.seller)
    address = reverse("sell-listing", args=[listing.slug])
    page = client.get(address)
    assert "a new revision begins" in page.content.decode()

    client.post(address, form_of(page) | {"title": "Calmer answers", "price": "7"})

    listing.refresh_from_db()
    assert (listing.status, listing.price) == ("live", 499)
    assert (listing.working.title, listing.working.price) == ("Calmer answers", 700)
    assert listing.working.version_id == listing.approved.version_id
    after = client.get(address).content.decode()
    assert "not on sale yet" in after
    client.post(reverse("sell-submit", args=[listing.slug]), form_of(client.get(address)) | {"rights_affirmed": "yes"})
    work()

    moderator = ModeratorFactory()
    client.force_login(moderator)
    case = Case.objects.get(state="open")
    seen = client.get(reverse("moderation-case", args=[case.public_id])).content.decode()
    assert "What this edit changes" in seen
    assert re.search(r"\$.*7\.00", seen)
    client.post(reverse("moderation-decide", args=[case.public_id]), {"decision": "approve", "digest": case.digest})

    listing.refresh_from_db()
    assert (listing.title, listing.price) == ("Calmer answers", 700)


def test_saving_an_untouched_form_changes_nothing(client):
    prompt = {
        "template": "\nSay [thing] twice,\r\nplease, and take your time about it.\n",
        "negative": "haste",
        "parameters": {"temperature": 0.4, "seed": 7},
        "instructions": "Paste.\n\nThen wait.",
        "variables": [{"name": "thing", "choices": ["yes", "no"], "default": "yes", "long": False}],
    }
    listing = ListingFactory(
        live=True, prompt=prompt, examples=[{"inputs": {"thing": "yes"}, "output": "yes\nyes, twice"}]
    )
    client.force_login(listing.seller)
    address = reverse("sell-listing", args=[listing.slug])

    client.post(address, form_of(client.get(address)))

    listing.refresh_from_db()
    assert listing.working_id == listing.approved_id
    assert listing.versions.count() == 1
