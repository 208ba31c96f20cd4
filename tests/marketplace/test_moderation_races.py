"""Several moderators, sellers and readers at one instant: one of them wins, and nobody sells what nobody saw."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Activity, Notification
from marketplace import casework, library, listings, moderation
from marketplace.models import Case, Listing, Report
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import ListingFactory, load_catalogue, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts in threads that start together; their answers or their refusals."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except Exception as problem:  # noqa: BLE001
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("round_", range(5))
def test_of_two_moderators_at_once_one_decides(round_):
    load_catalogue()
    case = submitted()
    moderation.screen(case)
    one, other = ModeratorFactory(), ModeratorFactory()

    answers = at_once(
        lambda: moderation.decide(case, by=one, decision="approve"),
        lambda: moderation.decide(case, by=other, decision="reject", reason="quality"),
    )

    case.refresh_from_db()
    refusals = [type(answer).__name__ for answer in answers if isinstance(answer, Exception)]
    assert refusals in (["AlreadyDecided"], ["AlreadyClaimed"])
    assert Listing.objects.get().status == {"approve": "live", "reject": "rejected"}[case.decision]
    assert Notification.objects.filter(user=case.listing.seller).count() == 1


def slowly(monkeypatch, module, name):
    """Let everybody else run between what this function finds out and what is done about it."""
    quick = getattr(module, name)

    def slow(*arguments):
        answer = quick(*arguments)
        time.sleep(0.3)
        return answer

    monkeypatch.setattr(module, name, slow)


def test_an_edit_and_an_approval_at_once_never_sell_what_nobody_saw(monkeypatch):
    case = submitted()
    moderation.screen(case)
    listing, moderator = case.listing, ModeratorFactory()
    slowly(monkeypatch, moderation, "_as_submitted")

    def edit_a_little_later():
        time.sleep(0.1)
        listings.edit(listing, by=listing.seller, title="Slipped in", prompt="Other words, long.")

    answers = at_once(
        lambda: moderation.decide(case, by=moderator, decision="approve", digest=case.digest),
        edit_a_little_later,
    )

    assert not any(isinstance(answer, Exception) for answer in answers)
    listing = Listing.objects.select_related("approved__version", "working").get()
    assert (listing.status, listing.approved.number, listing.working.number) == ("live", 1, 2)
    assert listing.title != "Slipped in"
    assert "Other words" not in library.open(listing.seller, listing.approved.version).template


def test_of_many_who_claim_at_once_one_holds_the_case(monkeypatch):
    case = submitted()
    moderation.screen(case)
    people = ModeratorFactory.create_batch(6)
    slowly(monkeypatch, casework, "is_claimed")

    answers = at_once(*[lambda p=p: moderation.claim(case, p) for p in people])

    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert Activity.objects.filter(verb="case.claimed").count() == 1


def test_many_submissions_at_once_open_one_case():
    listing = ListingFactory()

    at_once(*[lambda: listings.submit(listing, by=listing.seller) for _ in range(12)])

    assert Case.objects.count() == 1


def test_reports_of_many_at_once_meet_in_one_case():
    listing = ListingFactory(live=True)
    people = UserFactory.create_batch(10)

    at_once(*[lambda p=p: moderation.report(listing, by=p, kind="broken", words="No.") for p in people])

    assert (Case.objects.filter(kind="report").count(), Report.objects.count()) == (1, 10)
