"""A mutating call with an Idempotency-Key happens once: repeated, at the same moment, and across a crash."""

from datetime import timedelta

import pytest

from accounts.api import idempotency
from accounts.api.door import Door
from common import clock
from marketplace.models import Case, Favourite, Listing, Report
from payments.models import Claim, Order
from tests.accounts.test_outbox import at_once
from tests.api.calls import Caller
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, content, load_catalogue, submitted
from tests.factories.payments import PaidOrder

KEY = {"Idempotency-Key": "k-1"}


class Killed(BaseException):
    """The process is gone at this very point."""


@pytest.mark.django_db
class TestAgain:
    def test_the_same_answer_and_one_effect(self, seller):
        sent = content()

        first = seller.post("listings/", sent, headers=KEY)
        second = seller.post("listings/", sent, headers=KEY)

        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        assert second.headers["Location"] == first.headers["Location"]
        assert second.headers["Idempotent-Replayed"] == "true"
        assert Listing.objects.filter(seller=seller.user).count() == 1

    def test_another_body_under_the_same_key_is_refused(self, seller):
        seller.post("listings/", title="One title", headers=KEY, body={"title": "One title"})

        answer = seller.post("listings/", {"title": "Another title"}, headers=KEY)

        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_a_refusal_is_an_answer_too(self, seller):
        first = seller.post("listings/", {"title": ""}, headers=KEY)

        assert first.status_code == 400
        assert seller.post("listings/", {"title": ""}, headers=KEY).content == first.content

    def test_killed_before_the_commit_nothing_happened(self, seller, monkeypatch):
        monkeypatch.setattr(idempotency, "PATIENCE", 0)
        sent = content()
        with monkeypatch.context() as dying:
            dying.setattr(idempotency, "keep", _die)
            with pytest.raises(Killed):
                seller.post("listings/", sent, headers=KEY)

        assert not Listing.objects.filter(seller=seller.user).exists()
        assert seller.post("listings/", sent, headers=KEY).status_code == 409
        with clock.at(clock.now() + timedelta(seconds=idempotency.LEASE + 1)):
            assert seller.post("listings/", sent, headers=KEY).status_code == 201
        assert Listing.objects.filter(seller=seller.user).count() == 1

    def test_killed_after_the_commit_the_first_answer_is_given(self, seller, monkeypatch):
        sent = content()
        with monkeypatch.context() as dying:
            dying.setattr(Door, "finalize_response", _die)
            with pytest.raises(Killed):
                seller.post("listings/", sent, headers=KEY)

        answer = seller.post("listings/", sent, headers=KEY)

        assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (201, "true")
        assert [answer.json()["slug"]] == list(
            Listing.objects.filter(seller=seller.user).values_list("slug", flat=True)
        )

    @pytest.mark.parametrize("price", [0, 499])
    def test_an_order_survives_a_crash_between_placing_and_answering(self, sandbox, buyer, monkeypatch, price):
        listing = ListingFactory(live=True, price=price)
        sent = {"listings": [listing.slug]}
        with monkeypatch.context() as dying:
            dying.setattr(idempotency, "keep", _die)
            with pytest.raises(Killed):
                buyer.post("checkout/", sent, headers=KEY)

        with clock.at(clock.now() + timedelta(seconds=idempotency.LEASE + 1)):
            answer = buyer.post("checkout/", sent, headers=KEY)

        assert answer.status_code == 201
        assert answer.json()["order"] == Order.objects.get().number
        assert bool(answer.json()["checkout_url"]) is bool(price)


def _die(*_args, **_kwargs):
    raise Killed


@pytest.mark.django_db(transaction=True)
class TestFiftyAtOnce:
    def test_each_call_has_one_effect_and_one_answer(self, sandbox):
        load_catalogue()
        seller, buyer, moderator = Caller(SellerFactory()), Caller(UserFactory()), Caller(ModeratorFactory())
        live = ListingFactory(live=True)
        held = EntitlementFactory(owner=buyer.user)
        order = PaidOrder(sandbox, buyer=buyer.user, consented=False)
        draft = ListingFactory(seller=seller.user)
        case = submitted()

        calls = [
            (seller, "POST", "listings/", content(title="Made at once")),
            (seller, "PATCH", f"listings/{draft.slug}/", {"title": "Changed at once"}),
            (seller, "POST", f"listings/{draft.slug}/submit/", {}),
            (buyer, "POST", "checkout/", {"listings": [live.slug]}),
            (buyer, "POST", f"orders/{order.number}/refund/", {"reason": "withdrawal"}),
            (buyer, "POST", f"listings/{live.slug}/report/", {"words": "Look at this, please."}),
            (buyer, "POST", f"listings/{held.listing.slug}/reviews/", {"rating": 4}),
            (buyer, "PUT", f"favourites/{live.slug}/", None),
            (moderator, "POST", f"moderation/cases/{case.public_id}/approve/", {}),
        ]
        for number, (caller, method, path, body) in enumerate(calls):
            key = {"Idempotency-Key": f"at-once-{number}"}
            answers = at_once(
                50, lambda c=caller, m=method, p=path, b=body, k=key: Caller.send(_twin(c), m, p, b, headers=k)
            )

            assert {answer.status_code for answer in answers} <= {200, 201, 204}, (path, answers[0].content)
            assert len({answer.content for answer in answers}) == 1, path

        assert Listing.objects.filter(seller=seller.user, title="Made at once").count() == 1
        assert Order.objects.filter(buyer=buyer.user).count() == 2
        assert Claim.objects.count() == 1
        assert Report.objects.count() == 1
        assert Favourite.objects.count() == 1
        assert Case.objects.filter(listing=draft).count() == 1


def _twin(caller):
    """The same person on another connection: test clients are not shared by threads."""
    twin = Caller()
    twin.headers = caller.headers
    return twin
