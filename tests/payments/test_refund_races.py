"""Two write at one refund at the same moment: the second waits, and sees what the first did. Stripe is played."""

import threading

import pytest

from payments import gateway, ledger, reconcile, refunds
from payments.models import Refund
from tests.payments import played
from tests.payments.test_refund_neighbours import give, made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


@pytest.fixture
def in_the_middle(at_once, monkeypatch):
    """Run one call up to where it comes to `name`, another one then, as far as it gets; their answers."""

    def run(owner, name, first, second, seconds=0.5):
        begun, done, ordinary = threading.Event(), threading.Event(), getattr(owner, name)

        def pause(*args, **named):
            if not begun.is_set():
                begun.set()
                done.wait(seconds)
            return ordinary(*args, **named)

        def then():
            begun.wait(20)
            try:
                return second()
            finally:
                done.set()

        monkeypatch.setattr(owner, name, pause)
        answers = at_once(first, then)
        assert [one for one in answers if isinstance(one, Exception)] == []

    return run


def books_agree():
    return [str(one) for one in reconcile.differences(with_stripe=False)] == []


def settled_and_failed(in_the_middle, seconds):
    """News that it was made are being written down when those come that it failed."""
    order = played.paid()
    refund = give(order)
    Refund.objects.update(stripe_id=f"re_{refund.pk}", state=Refund.State.PENDING)
    succeeded, failed = made(refund), made(refund, status="failed", failure="declined")
    in_the_middle(
        ledger,
        "post",
        lambda: refunds.settle(refund.pk, succeeded),
        lambda: refunds.settle(refund.pk, failed),
        seconds,
    )
    refund.refresh_from_db()
    return refund.state


def test_a_refund_that_fails_while_its_success_is_written_down_has_failed(in_the_middle):
    assert settled_and_failed(in_the_middle, 0.5) == Refund.State.FAILED
    assert books_agree()


def test_without_the_lock_it_is_given_and_undone(in_the_middle, without_locks):
    assert settled_and_failed(in_the_middle, 8) == Refund.State.SUCCEEDED
    assert not books_agree()


def failed_twice(in_the_middle, seconds):
    """Two processes hear that one of two refunds failed: what the order has given back then."""
    order = played.paid()
    line = order.lines.get()
    refund = give(order, {line.pk: 100})
    give(order, {line.pk: 300}, key="another")
    fail = lambda: refunds.fail(refund.pk, "declined")  # noqa: E731
    in_the_middle(refunds, "_sent_key", fail, fail, seconds)
    order.refresh_from_db()
    line.refresh_from_db()
    return order.refunded, line.refunded


def test_a_refund_that_two_hear_has_failed_is_undone_once(in_the_middle):
    assert failed_twice(in_the_middle, 0.5) == (300, 300)
    assert books_agree()


def test_without_the_lock_its_line_counts_more_than_was_given_back(in_the_middle, without_locks):
    assert failed_twice(in_the_middle, 8) != (300, 300)


def refused_and_made(in_the_middle, seconds):
    """Stripe refused a second try and is about to be believed when news come that the first had succeeded."""
    order = played.paid()
    refund = give(order)
    Refund.objects.update(state=Refund.State.UNKNOWN, attempts=1)
    in_the_middle(
        refunds,
        "fail",
        lambda: refunds._refused(refund.pk, "charge_already_refunded"),
        lambda: refunds.settle(refund.pk, made(refund)),
        seconds,
    )
    refund.refresh_from_db()
    order.refresh_from_db()
    return refund.state, order.refunded, "refund_late" in played.alerts()


def test_a_refund_that_was_made_while_it_is_given_up_needs_a_person(in_the_middle):
    assert refused_and_made(in_the_middle, 0.5) == (Refund.State.FAILED, 0, True)


def test_without_the_lock_nobody_hears_of_it(in_the_middle, without_locks):
    assert refused_and_made(in_the_middle, 8) == (Refund.State.FAILED, 0, False)


def adopted_and_sent(in_the_middle, monkeypatch, seconds):
    """A refund of the dashboard is being taken for what we had decided when a worker sends that: calls to Stripe."""
    order, calls = played.paid(), []
    refund = give(order)
    monkeypatch.setattr(gateway, "refund", lambda **_: calls.append(1) or made(refund))
    there = played.refund_made(id="re_outside", amount=499, payment_intent=order.payment_intent)
    in_the_middle(
        Refund,
        "save",
        lambda: refunds._adopt(order.payment_intent, there),
        lambda: refunds.send(refund.pk),
        seconds,
    )
    return len(calls)


def test_what_was_made_in_the_dashboard_is_not_sent_while_it_is_taken_in(in_the_middle, monkeypatch):
    assert adopted_and_sent(in_the_middle, monkeypatch, 0.5) == 0


def test_without_the_lock_it_is_made_twice(in_the_middle, monkeypatch, without_locks):
    assert adopted_and_sent(in_the_middle, monkeypatch, 8) == 1
