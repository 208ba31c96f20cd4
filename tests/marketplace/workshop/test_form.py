"""The long form: what is typed is never lost, and what is wrong is said beside it."""

import pytest
from django.urls import reverse

from accounts.models import Consent
from marketplace import listings
from marketplace.models import Case, Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import ListingFactory, approved, submitted, work
from tests.marketplace.workshop.browser import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client):
    listing = ListingFactory(seller=SellerFactory())
    client.force_login(listing.seller)
    return listing


def at(name, listing):
    return reverse(name, args=[listing.slug])


def page(client, listing):
    return client.get(at("sell-listing", listing))


def fresh(listing):
    return Listing.objects.select_related("working__version", "approved", "seller").get(pk=listing.pk)


def test_everything_typed_is_kept_when_something_is_refused(client, draft):
    values = form_of(page(client, draft)) | {
        "title": "A better title",
        "price": "one dollar",
        "tags": "x, " * 30,
        "parameters": "{not json",
        "example-0-output": "",
        "variable-0-choices": "calm\r\ncalm",
    }

    answer = client.post(at("sell-listing", draft), values)

    assert answer.status_code == 422
    sent_back = form_of(answer)
    changed = ("title", "price", "parameters", "example-0-output", "variable-0-choices", "template")
    assert {name: sent_back[name].strip() for name in changed} == {name: values[name].strip() for name in changed}
    assert "Write the price in plain digits" in answer.content.decode()
    assert fresh(draft).working.title != "A better title"


def test_each_refusal_stands_beside_its_field(client, draft):
    values = form_of(page(client, draft)) | {"example-0-output": "", "variable-0-choices": "calm\ncalm"}

    words = client.post(at("sell-listing", draft), values).content.decode()

    assert "Example 1: Show what came out." in words
    assert "Variable Tone: Each choice can be there only once." in words


def test_an_autosave_keeps_what_is_right_and_says_that_not_all_is(client, draft):
    values = form_of(page(client, draft)) | {"summary": "Kept while typing, at once.", "price": "0.5"}

    answer = client.post(at("sell-autosave", draft), values)

    saved = fresh(draft)
    assert answer.status_code == 422
    assert (saved.working.summary, saved.working.price) == ("Kept while typing, at once.", 499)
    assert client.post(at("sell-autosave", draft), values | {"price": "5"}).status_code == 204
    assert fresh(draft).working.price == 500


def test_an_autosave_does_not_begin_an_edit_of_what_is_on_sale(client, draft):
    approved(draft)
    values = form_of(page(client, draft)) | {"title": "Only typed, not saved"}

    assert client.post(at("sell-autosave", draft), values).status_code == 409
    assert fresh(draft).working_id == fresh(draft).approved_id


def test_a_second_page_does_not_overwrite_the_first(client, draft):
    first, second = form_of(page(client, draft)), form_of(page(client, draft))
    client.post(at("sell-listing", draft), first | {"title": "Written first"})

    answer = client.post(at("sell-listing", draft), second | {"title": "Written second"})

    assert answer.status_code == 422
    assert "Somebody changed this while you were writing." in answer.content.decode()
    assert form_of(answer)["title"] == "Written second"
    assert fresh(draft).working.title == "Written first"
    client.post(at("sell-listing", draft), form_of(answer) | {"overwrite": "on"})
    assert fresh(draft).working.title == "Written second"


def test_a_page_may_be_saved_as_often_as_it_is_autosaved(client, draft):
    values = form_of(page(client, draft))

    for number in range(3):
        assert client.post(at("sell-autosave", draft), values | {"title": f"Title {number}"}).status_code == 204
    answer = client.post(at("sell-listing", draft), values | {"title": "The last title"})

    assert answer.status_code == 302
    assert fresh(draft).working.title == "The last title"


def test_variables_are_recognised_while_typing(client, draft):
    values = form_of(page(client, draft))
    new = values | {"template": values["template"] + "\nIn [city], for [city] people, see [this](https://example.com)."}

    same = client.post(at("sell-variables", draft), values)
    found = client.post(at("sell-variables", draft), new)

    assert same.status_code == 204
    words = found.content.decode()
    assert words.count('value="city"') >= 1
    assert "[this]" not in words
    assert 'hx-swap-oob="true"' in words


def test_what_was_said_about_a_variable_survives_a_new_one(client, draft):
    values = form_of(page(client, draft)) | {"variable-0-label": "Which voice", "variable-0-choices": "warm\r\ncool"}
    client.post(at("sell-listing", draft), values)

    values = form_of(page(client, draft))
    client.post(at("sell-listing", draft), values | {"template": "[letter first]\r\n" + values["template"]})

    described = {one["name"]: one for one in fresh(draft).working.version.variables}
    assert list(described)[:2] == ["letter first", "tone"]
    assert (described["tone"]["label"], described["tone"]["choices"]) == ("Which voice", ["warm", "cool"])


def test_examples_come_and_go_without_javascript(client, draft):
    values = form_of(page(client, draft)) | {"summary": "Typed, but not saved yet."}

    two = client.post(at("sell-examples", draft), values)
    assert form_of(two)["summary"] == "Typed, but not saved yet."
    values = form_of(two) | {"example-1-output": "A second answer.", "example-1-input-0": "cool"}
    one = client.post(at("sell-examples", draft), values | {"drop": "0"})

    sent_back = form_of(one)
    assert sent_back["example-0-output"] == "A second answer."
    assert "example-1-output" not in sent_back
    assert fresh(draft).working.examples == [{"inputs": {"tone": "cool"}, "output": "A second answer."}]


def test_the_price_says_what_the_seller_gets(client, draft):
    words = client.get(reverse("sell-earnings"), {"price": "4.99"}).content.decode()
    free = client.get(reverse("sell-earnings"), {"price": "0"}).content.decode()
    odd = client.get(reverse("sell-earnings"), {"price": "4,9,9"}).content.decode()

    assert "$4.99 · you get $3.99" in words
    assert "Free." in free
    assert odd.strip() == ""


def test_a_description_is_shown_as_it_will_be(client, draft):
    answer = client.post(reverse("sell-describe"), {"description": "**Bold** <script>alert(1)</script>"})

    assert "<strong>Bold</strong>" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_nothing_is_sent_to_review_without_the_affirmation(client, draft):
    answer = client.post(at("sell-submit", draft), form_of(page(client, draft)))

    assert answer.status_code == 422
    assert "Please affirm that you have the right to sell this." in answer.content.decode()
    assert fresh(draft).status == "draft"
    assert not Consent.objects.exists()


def test_the_affirmation_is_kept_in_the_words_that_were_shown(client, draft):
    shown = client.get(at("sell-listing", draft), headers={"accept-language": "fr"})
    client.post(
        at("sell-submit", draft),
        form_of(shown) | {"rights_affirmed": "yes"},
        headers={"accept-language": "fr"},
    )

    kept = Consent.objects.get()
    assert (kept.kind, kept.language) == ("right_to_sell", "fr")
    assert kept.wording in shown.content.decode().replace("&#x27;", "'")


def test_a_new_version_says_what_changed(client, draft):
    approved(draft)
    values = form_of(page(client, draft))
    values |= {"template": values["template"] + "\nAnd be brief about it.", "rights_affirmed": "yes"}

    without = client.post(at("sell-submit", draft), values)
    assert without.status_code == 422
    assert "Say in one line what changed in the prompt" in without.content.decode()
    client.post(at("sell-submit", draft), form_of(without) | {"note": "Shorter answers.", "rights_affirmed": "yes"})
    work()
    from marketplace import moderation

    moderation.decide(Case.objects.get(state="open"), by=ModeratorFactory(), decision="approve")

    approved_version = fresh(draft).approved.version
    assert (approved_version.number, approved_version.note) == (2, "Shorter answers.")
    history = client.get(at("sell-history", draft)).content.decode()
    assert "Shorter answers." in history
    assert "And be brief about it." in history


def test_what_is_in_review_is_shown_but_not_changed(client, draft):
    values = form_of(page(client, draft)) | {"title": "Changed behind the back"}
    submitted(draft)
    work()

    shown = page(client, draft).content.decode()
    client.post(at("sell-listing", draft), values)

    assert "Yours is the next in the queue." in shown
    assert 'id="listing-form"' not in shown
    assert fresh(draft).working.title != "Changed behind the back"
    assert fresh(draft).status == "in_review"
    client.post(at("sell-take-back", draft))
    assert fresh(draft).status == "draft"


def test_withdrawing_putting_back_and_deleting(client, draft):
    approved(draft)

    client.post(at("sell-withdraw", draft))
    assert fresh(draft).status == "withdrawn"
    client.post(at("sell-put-back", draft))
    assert fresh(draft).status == "live"

    other = listings.create(draft.seller, title="Never shown to anybody")
    assert client.post(at("sell-delete", other)).headers["Location"] == reverse("sell-listings")
    assert not Listing.objects.filter(pk=other.pk).exists()


def test_an_appeal_is_read_by_somebody_else(client, draft):
    from marketplace import moderation

    case = submitted(draft)
    work()
    moderator, other = ModeratorFactory(), ModeratorFactory()
    moderation.decide(case, by=moderator, decision="reject", reason="quality", note="Too short")
    shown = page(client, draft).content.decode()
    assert "Let the prompt do more than its title" in shown

    client.post(at("sell-appeal", draft), {"case": case.public_id, "words": "It is short on purpose."})

    appeal = Case.objects.get(kind="appeal")
    assert "Your appeal is waiting for another moderator." in page(client, draft).content.decode()
    client.force_login(moderator)
    refused = client.post(reverse("moderation-decide", args=[appeal.public_id]), {"decision": "restore"})
    assert "Another moderator has to decide this one" in refused.content.decode()
    client.force_login(other)
    client.post(reverse("moderation-decide", args=[appeal.public_id]), {"decision": "restore", "digest": appeal.digest})
    assert fresh(draft).status == "live"


def test_the_preview_shows_the_page_and_never_the_prompt(client, draft):
    listings.edit(draft, by=draft.seller, prompt={"template": "Say [what] as the heron would say it, at dusk."})

    words = client.get(at("sell-preview", draft)).content.decode()

    assert fresh(draft).working.title in words
    assert "What" in words
    assert "heron" not in words


@pytest.mark.parametrize("language", ["en", "fr"])
def test_hostile_content_does_not_break_the_page(client, draft, language):
    long = "x" * 200
    listings.edit(
        draft,
        by=draft.seller,
        title="<b>" + "ש" * 100,
        description="[a](javascript:alert(1)) " + long,
        prompt={
            "template": " ".join(f"[variable {letter * 50}]" for letter in "abcdefghijklmnopqrstuvwxyz") + "</textarea>"
        },
    )

    for name in ("sell-listing", "sell-preview", "sell-history"):
        words = client.get(at(name, draft), headers={"accept-language": language}).content.decode()
        assert "<b>ש" not in words
        assert "javascript:alert" not in words.replace("(javascript:alert(1))", "")
