"""A mutating call with an Idempotency-Key happens once: repeated, and across a crash.

Every such call, also many times at one instant: tests/architecture/test_once.py and test_at_once.py.
"""

from datetime import timedelta

import pytest

from accounts.api import idempotency
from accounts.api.door import Door
from common import clock
from marketplace.models import Listing
from payments.models import Order
from tests.factories.marketplace import ListingFactory, content

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
