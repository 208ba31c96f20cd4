"""The moderator's desk: the queue and what a case shows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Activity
from common import clock
from marketplace import listings, moderation
from marketplace.models import Case, Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, approved, submitted, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    found = ModeratorFactory()
    client.force_login(found)
    return found


def screened(listing=None, **changes):
    case = submitted(listing, **changes)
    work()
    return Case.objects.get(pk=case.pk)


def case_page(client, case):
    return client.get(reverse("moderation-case", args=[case.public_id])).content.decode()


def decide(client, case, **values):
    return client.post(reverse("moderation-decide", args=[case.public_id]), {"digest": case.digest} | values)


def titles_in_order(client, cases, **query):
    words = client.get(reverse("moderation"), query).content.decode()
    return sorted((case for case in cases if case.public_id in words), key=lambda case: words.index(case.public_id))


def test_the_queue_is_told_apart_by_who_works_on_what(client, moderator):
    waiting, mine, done = screened(), screened(), screened()
    moderation.claim(mine, moderator)
    moderation.decide(done, by=moderator, decision="approve")
    every = [waiting, mine, done]

    assert titles_in_order(client, every) == [waiting]
    assert titles_in_order(client, every, tab="claimed") == [mine]
    assert titles_in_order(client, every, tab="decided") == [done]


def test_the_riskiest_comes_first_on_demand(client, moderator):
    calm, risky = screened(), screened(description="Write to me at jane.miller@gmail.com or call +1 415 555 0134.")
    assert risky.risk > calm.risk

    assert titles_in_order(client, [calm, risky]) == [calm, risky]
    assert titles_in_order(client, [calm, risky], sort="risk") == [risky, calm]


def test_the_queue_can_be_narrowed_to_a_kind(client, moderator):
    submission = screened()
    report = moderation.report(ListingFactory(live=True), by=UserFactory(), kind="broken", words="It does nothing.")

    assert titles_in_order(client, [submission, report], kind="report") == [report]


def test_the_figures_say_how_the_queue_is_doing(client, moderator):
    done = screened()
    moderation.decide(done, by=moderator, decision="approve")
    Case.objects.filter(pk=done.pk).update(opened_at=clock.now() - timedelta(minutes=30))
    screened()

    words = client.get(reverse("moderation")).content.decode()

    assert "30 min" in words
    assert reverse("moderation-refunds") in words


def test_a_claim_is_for_one_and_can_be_given_back(client, moderator):
    case = screened()
    claim, release = (reverse(f"moderation-{act}", args=[case.public_id]) for act in ("claim", "release"))

    client.post(claim)
    assert "You hold this case." in case_page(client, case)
    other = ModeratorFactory(name="Nia")
    client.force_login(other)
    assert "is working on this." in case_page(client, case)
    assert 'id="decision"' not in case_page(client, case)
    assert "Another moderator is working on this case." in client.post(claim, follow=True).content.decode()
    client.force_login(moderator)
    client.post(release)

    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("open", None)


def test_every_reading_of_a_prompt_is_on_record(client, moderator):
    case = screened()
    moderation.claim(case, moderator)

    case_page(client, case)
    case_page(client, case)

    readings = Activity.objects.filter(verb="prompt.read", actor=moderator)
    assert [(one.reason, one.data["case"]) for one in readings] == [("Review of a submission", case.public_id)] * 2


def test_the_prompt_behind_a_report_is_read_for_a_reason(client, moderator):
    listing = ListingFactory(live=True, prompt={"template": "The heron [waits] beside the seventh lamp, quietly."})
    case = moderation.report(listing, by=UserFactory(), kind="broken", words="It does nothing.")
    moderation.claim(case, moderator)
    assert "seventh lamp" not in case_page(client, case)
    assert not Activity.objects.filter(verb="prompt.read").exists()

    read = client.post(reverse("moderation-read", args=[case.public_id]), {"reason": "To try it with the inputs"})

    assert "seventh lamp" in read.content.decode()
    assert Activity.objects.get(verb="prompt.read").reason == "To try it with the inputs"


def test_a_near_duplicate_stands_beside_the_other(client, moderator):
    words = " ".join(f"word{number}" for number in range(120))
    first = ListingFactory(live=True, title="The one before", prompt={"template": f"About [this]: {words}"})
    case = screened(title="The copy", prompt={"template": f"On [this]: {words}, then"})
    assert case.findings.filter(code="near_duplicate").exists()

    page = case_page(client, case)

    assert f'id="other-{first.slug}"' in page
    assert "of the wording is shared with “The one before”" in page
    assert "word17 word18" not in page


def test_an_edit_shows_what_it_changes_and_only_that(client, moderator):
    listing = ListingFactory(live=True, title="Calm answers", price=499)
    listings.edit(listing, by=listing.seller, title="Calmer answers")
    case = screened(Listing.objects.get(pk=listing.pk))

    page = case_page(client, case)

    changed = page[page.index('id="changes"') : page.index('id="prompt-head"')]
    assert "<b>Calmer</b>" in changed
    assert "Price" not in changed


def test_a_decision_binds_to_what_was_on_the_screen(client, moderator):
    listing = ListingFactory()
    case = screened(listing)
    listings.take_back(listing, by=listing.seller)
    listings.edit(listing, by=listing.seller, title="Something else by now")
    again = screened(Listing.objects.get(pk=listing.pk))

    answer = client.post(
        reverse("moderation-decide", args=[again.public_id]), {"decision": "approve", "digest": case.digest}
    )

    assert answer.status_code == 422
    assert "The seller has changed this since you read it." in answer.content.decode()
    listing.refresh_from_db()
    assert listing.status == "in_review"


def test_a_refused_decision_keeps_reason_and_note(client, moderator):
    case = screened()

    answer = decide(
        client, case, decision="dismiss", reason="quality", note="Two lines for nine dollars"
    ).content.decode()

    assert "This kind of case cannot be decided that way." in answer
    assert 'value="quality" data-key="3" checked' in answer
    assert "Two lines for nine" in answer


@pytest.mark.parametrize(
    ("decision", "expected"), [("dismiss", "live"), ("reject", "rejected"), ("suspend", "suspended")]
)
def test_reports_are_decided_with_their_words_in_view(client, moderator, decision, expected):
    listing = ListingFactory(live=True)
    case = moderation.report(
        listing, by=UserFactory(name="Cleo"), kind="misleading", words="It knows one country only."
    )
    assert "It knows one country only." in case_page(client, case)

    decide(client, case, decision=decision, reason="misleading")

    listing.refresh_from_db()
    assert listing.status == expected


def test_a_listing_is_taken_off_sale_at_once_with_a_reason(client, moderator):
    listing = ListingFactory(live=True)
    address = reverse("moderation-suspend", args=[listing.slug])
    assert listing.title in client.get(address).content.decode()

    without = client.post(address, {"note": ""})
    assert without.status_code == 422
    assert "Give a reason" in without.content.decode()
    done = client.post(address, {"reason": "unsafe", "note": "See the third example."})

    listing.refresh_from_db()
    assert listing.status == "suspended"
    assert done.headers["Location"] == reverse(
        "moderation-case", args=[listing.cases.get(decision="suspend").public_id]
    )
    assert client.get(address).status_code == 404


def test_who_reported_a_listing_does_not_decide_about_it(client, moderator):
    case = moderation.report(ListingFactory(live=True), by=moderator, kind="unsafe", words="This is not safe at all.")

    page = case_page(client, case)

    assert "Another moderator has to decide this one" in page
    assert 'id="decision"' not in page


def test_a_moderator_finds_what_they_decided(client, moderator):
    mine, others = screened(), screened()
    moderation.decide(mine, by=moderator, decision="reject", reason="unclear")
    moderation.decide(others, by=ModeratorFactory(), decision="approve")

    words = client.get(reverse("moderation-history")).content.decode()

    assert mine.public_id in words
    assert others.public_id not in words


def test_the_sellers_past_is_beside_the_case(client, moderator):
    seller = SellerFactory()
    before = screened(ListingFactory(seller=seller, title="The one sent back"))
    moderation.decide(before, by=moderator, decision="reject", reason="quality", note="More, please")
    approved(ListingFactory(seller=seller))

    page = case_page(client, screened(ListingFactory(seller=seller)))

    assert "The one sent back: Sent back" in page
    assert "More, please" in page


def test_a_decided_case_says_who_decided_what(client, moderator):
    case = screened()
    moderation.decide(case, by=moderator, decision="reject", reason="leak", note="The third line quotes it.")

    page = case_page(client, case)

    assert "The public page gives the prompt away" in page
    assert moderator.display_name in page
    assert 'id="decision"' not in page


# ---- Many listings at once -------------------------------------------------------------------------------------------


@pytest.fixture
def seller(client):
    found = SellerFactory()
    client.force_login(found)
    return found


def change(client, *chosen, **values):
    data = {"listing": [listing.slug for listing in chosen]} | values
    return client.post(reverse("sell-change-many"), data, follow=True).content.decode()


def test_prices_change_together_as_drafts(client, seller):
    first, second = (ListingFactory(seller=seller, live=True) for _ in range(2))
    waiting = ListingFactory(seller=seller)
    screened(waiting)

    words = change(client, first, second, waiting, act="price", price="9.99")

    for listing in (first, second):
        listing.refresh_from_db()
        assert (listing.price, listing.working.price) == (499, 999)
    assert "2 listings have their new price as a draft" in words
    assert f"{waiting.title}: This is in review already." in words


def test_states_change_together_and_each_refusal_is_named(client, seller):
    live, draft = ListingFactory(seller=seller, live=True), ListingFactory(seller=seller)

    words = change(client, live, draft, act="withdraw")

    live.refresh_from_db()
    assert live.status == "withdrawn"
    assert "1 listing was changed." in words
    assert f"{draft.title}: This listing is not on sale." in words
    change(client, live, act="put_back")
    live.refresh_from_db()
    assert live.status == "live"


def test_sending_many_to_review_needs_the_affirmation(client, seller):
    draft = ListingFactory(seller=seller)

    assert "Please affirm that you have the right to sell this." in change(client, draft, act="submit")
    change(client, draft, act="submit", rights_affirmed="yes")

    draft.refresh_from_db()
    assert draft.status == "in_review"


def test_nobody_changes_what_is_not_theirs(client, seller):
    other = ListingFactory(live=True)

    assert "Tick the listings you want to change." in change(client, other, act="withdraw")

    other.refresh_from_db()
    assert other.status == "live"


def test_the_shelf_is_narrowed_by_state_and_words(client, seller):
    ListingFactory(seller=seller, title="Rain over the harbour")
    ListingFactory(seller=seller, title="Sun over the hills", live=True)

    by_state = client.get(reverse("sell-listings"), {"state": "live"}).content.decode()
    by_words = client.get(reverse("sell-listings"), {"q": "rain"}).content.decode()

    assert ("Rain over" in by_state, "Sun over" in by_state) == (False, True)
    assert ("Rain over" in by_words, "Sun over" in by_words) == (True, False)
