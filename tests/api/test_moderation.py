"""The moderators' queue through the API."""

import pytest

from marketplace.models import Case
from tests.api.calls import Caller
from tests.factories.accounts import ModeratorFactory
from tests.factories.marketplace import ListingFactory, submitted, work

pytestmark = pytest.mark.django_db


def test_the_queue_is_oldest_first_with_what_the_machines_saw(moderator):
    cases = [submitted() for _ in range(3)]
    work()

    shown = moderator.get("moderation/cases/").json()["results"]

    assert [one["id"] for one in shown] == [case.public_id for case in cases]
    assert {"state", "risk", "findings", "listing", "kind"} <= shown[0].keys()
    assert all({"check", "severity", "message"} <= one.keys() for case in shown for one in case["findings"])
    assert any(case["findings"] for case in shown)


def test_only_moderators_see_it(nobody, buyer, seller, moderator):
    case = submitted()
    address = f"moderation/cases/{case.public_id}/"

    assert nobody.get("moderation/cases/").status_code == 401
    for caller in (buyer, seller):
        assert caller.get("moderation/cases/").status_code == 403
        assert caller.get(address).status_code == 403
        assert caller.post(f"{address}approve/").status_code == 403
    assert moderator.get(address).json()["content"]["title"] == case.revision.title
    assert moderator.get("moderation/cases/none-such/").status_code == 404
    assert Caller(moderator.user, "read").get("moderation/cases/").status_code == 403


def test_one_holder_at_a_time(moderator):
    other = Caller(ModeratorFactory())
    address = f"moderation/cases/{submitted().public_id}/"

    assert moderator.post(f"{address}claim/").json()["state"] == "claimed"
    assert other.post(f"{address}claim/").status_code == 409
    assert other.post(f"{address}approve/").status_code == 409
    assert other.post(f"{address}release/").status_code == 409
    assert moderator.post(f"{address}release/").json()["state"] == "open"
    assert other.post(f"{address}claim/").status_code == 200


def test_the_words_are_read_by_the_holder_only(moderator):
    other = Caller(ModeratorFactory())
    address = f"moderation/cases/{submitted().public_id}/"
    assert moderator.post(f"{address}prompt/", reason="To judge it").status_code == 404

    moderator.post(f"{address}claim/")

    assert "[tone]" in moderator.post(f"{address}prompt/", reason="To judge it").json()["prompt"]["template"]
    assert other.post(f"{address}prompt/").status_code == 404


def test_approved_without_a_claim(moderator, nobody):
    case = submitted()

    answer = moderator.post(f"moderation/cases/{case.public_id}/approve/")

    assert (answer.status_code, answer.json()["decision"]) == (200, "approve")
    assert nobody.get(f"listings/{case.listing.slug}/").json()["status"] == "live"
    assert moderator.post(f"moderation/cases/{case.public_id}/reject/", reason="unclear").status_code == 409


def test_a_rejection_needs_a_reason_and_tells_the_seller(moderator, seller):
    case = submitted(ListingFactory(seller=seller.user))
    address = f"moderation/cases/{case.public_id}/reject/"

    assert "reason" in moderator.post(address).json()["errors"]
    answer = moderator.post(address, reason="unclear", note="Say what goes in.")

    assert answer.json()["decision"] == "reject"
    shown = seller.get(f"listings/{case.listing.slug}/").json()
    assert shown["status"] == "rejected"
    assert (shown["review"]["reason"], shown["review"]["note"]) == ("unclear", "Say what goes in.")


def test_a_code_nobody_knows_is_refused(moderator):
    case = submitted()

    answer = moderator.post(f"moderation/cases/{case.public_id}/reject/", reason="low_quality", note="Mend it.")

    case.refresh_from_db()
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
    assert case.decision == ""


def test_words_of_ones_own_are_a_reason_too(moderator):
    case = submitted()

    moderator.post(f"moderation/cases/{case.public_id}/reject/", reason="The example is about another letter.")

    case.refresh_from_db()
    assert (case.reason, case.note) == ("other", "The example is about another letter.")


def test_a_report_leads_to_suspension(moderator, buyer, nobody):
    listing = ListingFactory(live=True)
    case = buyer.post(f"listings/{listing.slug}/report/", kind="unsafe", words="It is harmful.").json()["case"]

    answer = moderator.post(f"moderation/cases/{case}/suspend/", reason="unsafe", note="Not here.")

    assert answer.json()["decision"] == "suspend"
    assert nobody.get(f"listings/{listing.slug}/").status_code == 404


def test_a_report_without_ground_is_dismissed(moderator, buyer, nobody):
    listing = ListingFactory(live=True)
    case = buyer.post(f"listings/{listing.slug}/report/", words="I do not like it.").json()["case"]

    assert moderator.post(f"moderation/cases/{case}/dismiss/").json()["decision"] == "dismiss"
    assert nobody.get(f"listings/{listing.slug}/").status_code == 200


def test_nobody_judges_their_own(seller):
    seller.user.is_moderator = True
    seller.user.save()
    judge = Caller(seller.user, "read", "moderate")
    case = submitted(ListingFactory(seller=seller.user))

    assert judge.post(f"moderation/cases/{case.public_id}/approve/").status_code == 403
    case.refresh_from_db()
    assert case.state == Case.State.SCREENING


def test_what_changed_since_it_was_read_is_not_approved(moderator):
    case = submitted()

    answer = moderator.post(f"moderation/cases/{case.public_id}/approve/", digest="0" * 64)

    assert answer.status_code == 409
