import datetime as dt

import pytest

from accounts.models import Activity, Notification
from common import clock
from marketplace import library, listings, moderation, permissions
from marketplace.models import Case, Listing, Report
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted, work

pytestmark = pytest.mark.django_db


def decided(case, **how):
    return moderation.decide(case, by=how.pop("by", None) or ModeratorFactory(), **how)


def test_a_submission_is_screened_and_then_waits_for_a_person():
    case = submitted()

    moderation.screen(case)

    case.refresh_from_db()
    assert (case.state, case.screened_at is not None) == ("open", True)
    assert list(moderation.queue()) == [case]


def test_the_workers_screen_what_was_submitted():
    case = submitted()

    work()

    case.refresh_from_db()
    assert case.state == "open"


def test_screening_again_keeps_one_set_of_findings():
    case = submitted(description="Send 20 euros to someone@mail-provider.net and I will send you the rest of it.")
    moderation.screen(case)
    before = list(case.findings.values_list("code", "evidence"))

    moderation.screen(case)
    Case.objects.filter(pk=case.pk).update(screened_at=None)
    moderation.screen(Case.objects.get(pk=case.pk))

    assert list(case.findings.values_list("code", "evidence")) == before != []


def test_the_queue_is_sorted_by_age_or_risk():
    calm, risky = submitted(), submitted(description="Write to me on WhatsApp or at trader@mail-provider.net for less.")
    for case in (calm, risky):
        moderation.screen(case)

    assert list(moderation.queue()) == [calm, risky]
    assert list(moderation.queue(sort="risk")) == [risky, calm]


def test_a_claim_keeps_others_away_for_an_hour():
    case, one, other = submitted(), ModeratorFactory(), ModeratorFactory()
    moderation.claim(case, one)

    with pytest.raises(moderation.AlreadyClaimed):
        moderation.claim(case, other)
    with pytest.raises(moderation.AlreadyClaimed):
        decided(case, by=other, decision="approve")

    with clock.at(clock.now() + dt.timedelta(minutes=61)):
        assert moderation.claim(case, other).claimed_by == other


def test_claiming_again_renews_the_hour():
    case, one = submitted(), ModeratorFactory()
    first = moderation.claim(case, one).claimed_at

    with clock.at(first + dt.timedelta(minutes=50)):
        assert moderation.claim(case, one).claimed_at == first + dt.timedelta(minutes=50)


def test_a_released_case_goes_back_to_the_queue():
    case, one = submitted(), ModeratorFactory()
    moderation.claim(case, one)

    assert moderation.release(case, one).state == "open"
    with pytest.raises(moderation.NotClaimed):
        moderation.release(case, one)


def test_only_moderators_in_good_standing_decide():
    case, suspended = submitted(), ModeratorFactory(suspended_at=clock.now())

    for person in (UserFactory(), UserFactory(is_staff=True, is_superuser=True), suspended):
        with pytest.raises(permissions.NotAllowed):
            decided(case, by=person, decision="approve")

    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("screening", None)


def test_nobody_decides_about_their_own_listing():
    seller = SellerFactory(is_moderator=True)
    case = submitted(seller=seller)

    for act in (
        lambda: moderation.claim(case, seller),
        lambda: decided(case, by=seller, decision="approve"),
        lambda: moderation.suspend(case.listing, by=seller, reason="quality"),
    ):
        with pytest.raises(moderation.OwnListing):
            act()
    assert Listing.objects.get().status == "in_review"


def test_an_approval_of_other_content_than_was_seen_is_refused():
    case = submitted()

    with pytest.raises(moderation.ContentChanged):
        decided(case, decision="approve", digest="0" * 64)

    assert Listing.objects.get().status == "in_review"


def test_an_approval_notices_a_prompt_changed_behind_its_back():
    case = submitted()
    text = case.revision.version.text
    text.seal = "0" * 64
    text.save()

    with pytest.raises(moderation.ContentChanged):
        decided(case, decision="approve")

    case.refresh_from_db()
    assert case.state != "decided"


def test_a_rejection_needs_a_reason_and_tells_what_to_mend():
    case = submitted()

    with pytest.raises(moderation.ReasonNeeded):
        decided(case, decision="reject")
    decided(case, decision="reject", reason="leak", note="The second paragraph quotes it.")

    listing = Listing.objects.get()
    notice = Notification.objects.get(user=listing.seller)
    assert (listing.status, listing.working.state) == ("rejected", "rejected")
    assert (notice.kind, notice.data["note"]) == ("listing_rejected", "The second paragraph quotes it.")
    assert notice.data["mend"].startswith("Describe the prompt without quoting it")


def test_a_reason_in_own_words_becomes_the_note():
    case = decided(submitted(), decision="reject", reason="The picture shows another product.")

    assert (case.reason, case.note) == ("other", "The picture shows another product.")


def test_a_decided_case_stays_decided():
    case = decided(submitted(), decision="approve")

    for decision in ("approve", "reject", "suspend"):
        with pytest.raises(moderation.AlreadyDecided):
            decided(case, decision=decision, reason="quality")
    assert Listing.objects.get().status == "live"


def test_nothing_of_a_suspended_seller_is_approved():
    case = submitted()
    case.listing.seller.suspended_at = clock.now()
    case.listing.seller.save()

    with pytest.raises(moderation.SellerSuspended):
        decided(case, decision="approve")

    case.refresh_from_db()
    assert (case.state, case.decision) != ("decided", "approve")


def test_a_suspension_takes_the_listing_and_its_edit_down():
    listing = ListingFactory(live=True)
    listings.edit(listing, by=listing.seller, title="Another title")
    case = submitted(listing)

    moderation.suspend(listing, by=ModeratorFactory(), reason="rights", note="It is somebody else's.")

    case.refresh_from_db()
    listing.refresh_from_db()
    assert (listing.status, listing.working.state, case.state) == ("suspended", "draft", "withdrawn")


def test_a_suspended_submission_is_not_a_draft_again():
    case = decided(submitted(), decision="suspend", reason="unsafe")

    assert (case.listing.status, Listing.objects.get().status) == ("in_review", "suspended")
    assert case.revision.listing.revisions.get().state == "rejected"


def test_a_person_counts_once_however_often_they_report():
    listing, angry = ListingFactory(live=True), UserFactory()

    for _ in range(100):
        moderation.report(listing, by=angry, kind="unsafe", words="Bad.")
    moderation.report(listing, by=UserFactory(), kind="broken", words="It does nothing.")

    assert (Case.objects.filter(kind="report").count(), Report.objects.count()) == (1, 2)
    assert Case.objects.get(kind="report").risk == 55


def test_a_dismissed_report_cannot_be_sent_again_while_nothing_changed():
    listing, angry = ListingFactory(live=True), UserFactory()
    case = moderation.report(listing, by=angry, kind="unsafe", words="Bad.")
    decided(case, decision="approve")

    with pytest.raises(moderation.AlreadyReported):
        moderation.report(listing, by=angry, kind="unsafe", words="Bad again.")

    assert Case.objects.get(pk=case.pk).decision == "dismiss"
    assert Notification.objects.get(user=angry).kind == "report_answered"


def test_one_account_cannot_report_everything_in_a_day():
    angry, seller = UserFactory(), SellerFactory()
    made = [ListingFactory(live=True, seller=seller) for _ in range(2)]
    moderation.report(made[0], by=angry, kind="unsafe", words="Bad.")
    Report.objects.bulk_create(
        Report(case=Case.objects.create(kind="report", listing=made[0], state="withdrawn"), listing=made[0],
               reporter=angry, kind="other", words="x") for _ in range(19)
    )  # fmt: skip

    with pytest.raises(moderation.TooManyReports):
        moderation.report(made[1], by=angry, kind="unsafe", words="Bad.")
    assert Report.objects.filter(listing=made[1]).count() == 0


def test_a_moderator_does_not_decide_about_their_own_report():
    listing, moderator = ListingFactory(live=True), ModeratorFactory()
    case = moderation.report(listing, by=moderator, kind="unsafe", words="Bad.")

    with pytest.raises(moderation.NeedsAnother):
        decided(case, by=moderator, decision="suspend", reason="unsafe")


def test_a_report_can_send_a_live_listing_back_for_changes():
    listing = ListingFactory(live=True)
    case = moderation.report(listing, by=UserFactory(), kind="misleading", words="It is another model.")

    decided(case, decision="reject", reason="misleading")

    listing.refresh_from_db()
    assert listing.status == "rejected"
    listings.edit(listing, by=listing.seller, title="An honest title")
    decided(submitted(listing), decision="approve")
    listing.refresh_from_db()
    assert (listing.status, listing.title) == ("live", "An honest title")


@pytest.mark.parametrize("way", ["delete", "delete after taking back"])
def test_what_a_report_took_off_sale_comes_back_through_review_only(way):
    listing = ListingFactory(live=True)
    case = moderation.report(listing, by=UserFactory(), kind="misleading", words="It is another model.")
    decided(case, decision="reject", reason="misleading")
    if way == "delete after taking back":
        listings.edit(listing, by=listing.seller, title="An honest title")
        submitted(listing)
        listings.take_back(listing, listing.seller)
    listings.delete(listing, listing.seller)

    with pytest.raises(listings.SentBack):
        listings.put_back(listing, listing.seller)

    assert not Listing.objects.live().exists()
    listings.edit(listing, by=listing.seller, title="A very honest title")
    decided(submitted(listing), decision="approve")
    listings.withdraw(listing, listing.seller)
    listings.put_back(listing, listing.seller)
    assert Listing.objects.live().exists()


def test_a_report_or_an_older_appeal_does_not_lift_a_suspension():
    listing = ListingFactory(live=True)
    report = moderation.report(listing, by=UserFactory(), kind="broken", words="It does nothing.")
    listings.edit(listing, by=listing.seller, title="Another title")
    rejected = decided(submitted(listing), decision="reject", reason="quality")
    appeal = moderation.appeal(rejected, by=listing.seller, words="Please look again.")
    moderation.suspend(listing, by=ModeratorFactory(), reason="rights")

    with pytest.raises(listings.IsSuspended):
        decided(appeal, decision="approve")
    decided(report, decision="reject", reason="quality")

    assert Listing.objects.get().status == "suspended"


def test_an_appeal_is_decided_by_somebody_else_and_puts_the_listing_on_sale():
    first = ModeratorFactory()
    case = decided(submitted(), by=first, decision="reject", reason="quality")
    appeal = moderation.appeal(case, by=case.listing.seller, words="Please look again.")

    with pytest.raises(moderation.NeedsAnother):
        decided(appeal, by=first, decision="approve")
    with pytest.raises(moderation.AlreadyAppealed):
        moderation.appeal(case, by=case.listing.seller, words="And again.")
    decided(appeal, decision="approve")

    assert Listing.objects.get().status == "live"
    assert Case.objects.get(pk=appeal.pk).decision == "restore"


def test_an_appeal_against_a_suspension_restores_what_was_approved():
    listing = ListingFactory(live=True)
    case = moderation.suspend(listing, by=ModeratorFactory(), reason="rights")

    decided(moderation.appeal(case, by=listing.seller, words="I wrote it."), decision="restore")

    listing.refresh_from_db()
    assert listing.status == "live"


def test_an_appeal_is_over_when_the_seller_went_on():
    case = decided(submitted(), decision="reject", reason="quality")
    listing = case.listing
    appeal = moderation.appeal(case, by=listing.seller, words="Please look again.")
    listings.edit(listing, by=listing.seller, title="Another title")

    with pytest.raises(moderation.ContentChanged):
        decided(appeal, decision="approve")

    assert Listing.objects.get().status == "rejected"


def test_a_stranger_cannot_appeal_or_report_what_they_cannot_see():
    case = decided(submitted(), decision="reject", reason="quality")

    with pytest.raises(permissions.NotFound):
        moderation.appeal(case, by=UserFactory(), words="Let them sell.")
    with pytest.raises(permissions.NotFound):
        moderation.report(case.listing, by=UserFactory(), kind="unsafe", words="Bad.")


def test_every_act_of_a_moderator_is_on_record_once():
    case, moderator = submitted(), ModeratorFactory()
    moderation.claim(case, moderator)
    library.open(moderator, case.revision.version, case=case, reason="To see what it does.")
    decided(case, by=moderator, decision="approve")

    verbs = list(Activity.objects.filter(actor=moderator).order_by("pk").values_list("verb", "reason"))
    assert verbs == [
        ("case.claimed", ""),
        ("prompt.read", "To see what it does."),
        ("case.approve", ""),
        ("listing.published", ""),
    ]


def test_the_median_of_decisions():
    assert moderation.median_decision_time() is None
    for minutes in (10, 20, 90):
        case = submitted()
        with clock.at(case.opened_at + dt.timedelta(minutes=minutes)):
            decided(case, decision="approve")

    with clock.at(clock.now() + dt.timedelta(hours=2)):
        assert moderation.median_decision_time() == dt.timedelta(minutes=20)
