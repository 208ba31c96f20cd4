import pytest

from accounts.models import Activity, Consent, Notification, OutboxEntry
from marketplace import cards, library, listings, moderation, permissions
from marketplace.models import Case, Listing, PromptText, Revision, Version
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, approved, content, submitted

pytestmark = pytest.mark.django_db


def state(listing):
    """Everything that an act could have moved."""
    listing = Listing.objects.get(pk=listing.pk)
    return {
        "listing": (listing.status, listing.title, listing.price, listing.approved_id, listing.working_id),
        "revisions": list(listing.revisions.values_list("number", "state", "title", "price", "digest")),
        "versions": list(listing.versions.values_list("number", "note", "approved_at")),
        "texts": list(PromptText.objects.filter(version__listing=listing).values_list("seal", flat=True)),
        "cases": list(listing.cases.order_by("pk").values_list("kind", "state", "decision")),
        "activity": Activity.objects.count(),
        "promises": OutboxEntry.objects.count(),
        "notices": Notification.objects.count(),
        "consents": Consent.objects.count(),
    }


def refused(problem, listing, act):
    """The act is refused, and nothing moved."""
    before = state(listing)
    with pytest.raises(problem) as caught:
        act()
    assert state(listing) == before
    return caught.value


def test_create_keeps_a_draft_that_only_its_seller_sees():
    listing = ListingFactory(title="  Calm   answers ", tags=["Work", "work", "Ärger & Co"])

    revision = listing.working
    assert (listing.status, listing.title, listing.medium) == ("draft", "Calm answers", "text")
    assert (listing.model.slug, listing.category.slug, listing.price) == ("chatgpt", "email", 499)
    assert revision.tags == ["work", "ärger-co"]
    assert [variable["name"] for variable in revision.version.variables] == ["tone", "subject", "letter"]
    assert permissions.may(listing.seller, "see", listing)
    assert not permissions.may(UserFactory(), "see", listing)
    assert not Listing.objects.live().exists()


def test_two_listings_of_one_title_get_different_addresses():
    one, other = ListingFactory(title="Same title"), ListingFactory(title="Same title")

    assert one.slug == "same-title"
    assert other.slug.startswith("same-title-")


def test_a_title_without_latin_letters_still_gets_an_address():
    assert ListingFactory(title="担任雅思写作考官").slug


def test_create_names_every_field_that_is_wrong():
    sent = content(
        title=7,
        summary="x" * 201,
        model="no such model",
        category=["writing"],
        tags="a,b",
        price="4.99",
        examples=[{"inputs": {"a": 1}, "output": ""}, 5],
        prompt={"template": "a\x00b", "parameters": [1], "variables": [{"name": "1x"}]},
    )

    with pytest.raises(listings.BadContent) as caught:
        listings.create(SellerFactory(), **sent)

    assert set(caught.value.errors) == {
        "title",
        "summary",
        "model",
        "category",
        "price",
        "examples.0",
        "examples.1",
        "prompt.template",
        "prompt.parameters",
        "prompt.variables.1x",
    }
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    "price",
    [299, -300, 1, 2**31, 2**63, 1_000_001, "300", 3.5, True, "１０００", {"amount": 499, "currency": "eur"}, [1]],
)
def test_a_price_outside_the_rule_is_refused(price):
    with pytest.raises(listings.BadContent) as caught:
        ListingFactory(price=price)

    assert list(caught.value.errors) == ["price"]


@pytest.mark.parametrize("price", [0, 300, 1_000_000, {"amount": 300, "currency": "USD"}, {"amount": 0}])
def test_a_price_within_the_rule_is_kept(price):
    listing = ListingFactory(price=price)

    assert listing.price == (price["amount"] if isinstance(price, dict) else price)


def test_the_model_may_name_its_version_by_the_way():
    listing = ListingFactory(model="GPT-5.1")

    assert (listing.model.name, listing.model_version.name) == ("ChatGPT", "GPT-5.1")


def test_a_version_of_another_model_is_refused():
    with pytest.raises(listings.BadContent) as caught:
        ListingFactory(model="claude", model_version="GPT-5")

    assert list(caught.value.errors) == ["model_version"]


def test_somebody_without_a_shop_cannot_create():
    with pytest.raises(permissions.NotASeller):
        listings.create(UserFactory(), **content())


def test_a_suspended_seller_can_do_nothing_to_a_listing():
    listing = ListingFactory(live=True)
    seller = listing.seller
    seller.suspended_at = listing.created_at
    seller.save()

    for act in (
        lambda: listings.create(seller, **content()),
        lambda: listings.edit(listing, by=seller, title="Another title"),
        lambda: listings.withdraw(listing, seller),
        lambda: listings.delete(listing, seller),
        lambda: listings.new_version(listing, by=seller, prompt="A quite different prompt for the same thing"),
    ):
        refused(permissions.NotAllowed, listing, act)


def test_a_strangers_listing_does_not_exist_for_them_until_it_is_live():
    draft, live, stranger = ListingFactory(), ListingFactory(live=True), SellerFactory()

    refused(permissions.NotFound, draft, lambda: listings.edit(draft, by=stranger, title="Mine now"))
    refused(permissions.NotAllowed, live, lambda: listings.edit(live, by=stranger, title="Mine now"))


def test_submit_names_everything_that_is_missing():
    listing = listings.create(SellerFactory(), title="Abc")

    error = refused(
        listings.NotComplete, listing, lambda: listings.submit(listing, by=listing.seller, rights_affirmed=False)
    )

    assert set(error.problems) == {
        "title",
        "summary",
        "description",
        "model",
        "category",
        "prompt.template",
        "examples",
        "rights_affirmed",
    }
    assert [item.name for item in listings.checklist(listing) if item.is_done] == []


def test_submit_opens_one_case_and_keeps_the_consent():
    listing = ListingFactory()

    case = listings.submit(listing, by=listing.seller)

    listing.refresh_from_db()
    assert (listing.status, case.kind, case.state) == ("in_review", "submission", "screening")
    assert case.digest == listing.working.digest != ""
    consent = Consent.objects.get()
    assert (consent.kind, consent.subject) == ("right_to_sell", f"listing:{listing.public_id}@1")
    assert OutboxEntry.objects.filter(handler="marketplace.screen_case", arguments={"case_id": case.pk}).exists()
    refused(listings.AlreadyInReview, listing, lambda: listings.submit(listing, by=listing.seller))


def test_an_approval_puts_it_on_sale_and_tells_the_seller():
    listing = approved(ListingFactory())

    version = listing.approved.version
    assert (listing.status, listing.approved.state, version.number) == ("live", "approved", 1)
    assert version.approved_at is not None
    assert listing.card["excerpt"].startswith("Thank you for asking")
    assert set(listing.tags.values_list("slug", flat=True)) == {"letters", "work"}
    assert Notification.objects.get(user=listing.seller).kind == "listing_approved"
    assert list(Listing.objects.live()) == [listing]


def test_an_edit_of_a_live_listing_changes_nothing_the_public_sees_until_it_is_approved():
    listing = ListingFactory(live=True)

    revision = listings.edit(listing, by=listing.seller, title="A quieter title", price=900)
    case = listings.submit(listing, by=listing.seller)

    listing.refresh_from_db()
    assert (listing.status, listing.price, revision.number, revision.state) == ("live", 499, 2, "draft")
    assert listing.title != "A quieter title"
    moderation.decide(case, by=ModeratorFactory(), decision="approve")
    listing.refresh_from_db()
    assert (listing.status, listing.title, listing.price) == ("live", "A quieter title", 900)


def test_a_rejected_edit_leaves_the_approved_one_on_sale():
    listing = ListingFactory(live=True)
    title = listing.title
    listings.edit(listing, by=listing.seller, title="A worse title")
    case = submitted(listing)

    moderation.decide(case, by=ModeratorFactory(), decision="reject", reason="misleading")

    listing.refresh_from_db()
    assert (listing.status, listing.title, listing.working.state) == ("live", title, "rejected")


def test_an_edit_without_any_difference_begins_no_revision():
    listing = ListingFactory(live=True)

    listings.edit(listing, by=listing.seller, title=listing.title, price=499)

    assert listing.revisions.count() == 1


def test_an_edit_of_what_is_in_review_takes_it_back_first():
    case = submitted()
    listing = case.listing

    revision = listings.edit(listing, by=listing.seller, summary="Something clearer than before.")

    case.refresh_from_db()
    listing.refresh_from_db()
    assert (case.state, listing.status, revision.state, revision.digest) == ("withdrawn", "draft", "draft", "")
    before = state(listing)
    with pytest.raises(moderation.ContentChanged):
        moderation.decide(case, by=ModeratorFactory(), decision="approve", digest=case.digest)
    assert state(listing) == before


def test_an_edit_made_from_an_older_state_is_refused():
    listing = ListingFactory()
    read_at = listing.working.changed_at
    listings.edit(listing, by=listing.seller, title="First come")

    refused(
        listings.ChangedMeanwhile,
        listing,
        lambda: listings.edit(listing, by=listing.seller, expected=read_at.isoformat(), title="Too late"),
    )


def test_a_prompt_is_sent_in_part_and_the_rest_stays():
    listing = ListingFactory(
        prompt={
            "template": "Tell a story about [hero] in twenty sentences.",
            "negative": "dragons",
            "parameters": {"temperature": 0.7},
            "variables": [{"name": "hero", "label": "Hero"}, {"name": "nobody", "label": "Dropped"}],
        }
    )

    listings.edit(listing, by=listing.seller, prompt={"instructions": "Short names work best."})

    listing.refresh_from_db()
    prompt = library.open(listing.seller, listing.working.version)
    assert (prompt.negative, prompt.parameters) == ("dragons", {"temperature": 0.7})
    assert prompt.instructions == "Short names work best."
    assert [variable.label for variable in prompt.variables] == ["Hero"]
    assert listing.versions.count() == 1


def test_a_judged_prompt_is_never_rewritten():
    case = submitted()
    listing = case.listing
    moderation.decide(case, by=ModeratorFactory(), decision="reject", reason="quality")
    seal = PromptText.objects.get(version=case.revision.version).seal

    listings.edit(listing, by=listing.seller, prompt={"template": "Another prompt altogether, of some length."})

    listing.refresh_from_db()
    assert listing.working.version.number == 2
    assert PromptText.objects.get(version__listing=listing, version__number=1).seal == seal
    assert listing.status == "rejected"


def test_a_new_version_is_reviewed_and_then_free_for_owners():
    listing = ListingFactory(live=True)
    held = library.grant(UserFactory(), listing, key="line:1")

    version = listings.new_version(listing, by=listing.seller, prompt="A much better prompt, [name].", note="Shorter")

    listing.refresh_from_db()
    assert (version.number, listing.working.state, listing.approved.version.number) == (2, "submitted", 1)
    assert [each.number for each in library.versions_for(held)] == [1]
    moderation.decide(Case.objects.latest("pk"), by=ModeratorFactory(), decision="approve")
    assert [each.number for each in library.versions_for(held)] == [2, 1]


def test_a_new_version_with_the_same_words_is_refused():
    listing = ListingFactory(live=True)
    prompt = library.open(listing.seller, listing.approved.version)

    refused(
        listings.NothingToSubmit,
        listing,
        lambda: listings.new_version(listing, by=listing.seller, prompt={"template": prompt.template}),
    )


def test_withdrawn_and_put_back():
    listing = ListingFactory(live=True)

    listings.withdraw(listing, listing.seller)
    assert not Listing.objects.live().exists()
    refused(listings.NotOnSale, listing, lambda: listings.withdraw(listing, listing.seller))

    listings.put_back(listing, listing.seller)
    assert Listing.objects.live().get() == listing
    refused(listings.NotWithdrawn, listing, lambda: listings.put_back(listing, listing.seller))


def test_withdrawing_a_live_listing_takes_its_edit_out_of_review():
    listing = ListingFactory(live=True)
    listings.edit(listing, by=listing.seller, title="Another title")
    case = submitted(listing)

    listings.withdraw(listing, listing.seller)

    case.refresh_from_db()
    listing.refresh_from_db()
    assert (case.state, listing.status, listing.working.state) == ("withdrawn", "withdrawn", "draft")


def test_taking_back_is_only_for_what_is_in_review():
    listing = ListingFactory()

    refused(listings.NotInReview, listing, lambda: listings.take_back(listing, listing.seller))


def test_a_draft_nobody_saw_is_deleted_for_good():
    listing = ListingFactory()

    listings.delete(listing, listing.seller)

    assert not Listing.objects.exists()
    assert not any(rows.objects.exists() for rows in (Revision, Version, PromptText))


def test_what_was_sold_is_only_withdrawn_when_deleted():
    listing = ListingFactory(live=True)
    held = library.grant(UserFactory(), listing, key="line:1")

    listings.delete(listing, listing.seller)

    listing.refresh_from_db()
    assert listing.status == "withdrawn"
    assert library.open(held.owner, held.version).template


def test_a_suspended_listing_cannot_be_edited_submitted_or_put_back():
    listing = ListingFactory(live=True)
    moderation.suspend(listing, by=ModeratorFactory(), reason="rights")

    seller = listing.seller
    for act in (
        lambda: listings.edit(listing, by=seller, title="Another title"),
        lambda: listings.submit(listing, by=seller),
        lambda: listings.put_back(listing, seller),
        lambda: listings.delete(listing, seller),
    ):
        refused(listings.IsSuspended, listing, act)


def test_a_card_waits_for_its_picture_and_leaves_tables_out():
    listing = ListingFactory()
    revision = listing.working
    revision.examples = [{"inputs": {}, "output": "| T1 | T2 |\n| --- | --- |\n| + | - |\n\nThe second test fails."}]
    assert listings.card(revision) == {"picture": None, "excerpt": "The second test fails."}
    revision.pictures = [{"id": "not-ready", "alt": "A harbour", "inputs": {}}]
    revision.examples = []

    listing.card = listings.card(revision)

    shown = cards.card(listing)
    assert (shown["excerpt"], shown["excerpt_label"]) == ("", "Picture on its way")
    listing.card = {"picture": None, "excerpt": ""}
    assert cards.card(listing)["excerpt_label"] == "In short"
