"""Documents follow what is on sale, and hold nothing that is sold."""

import os
import random

import pytest

from accounts import people
from accounts.models import OutboxEntry
from marketplace import listings, moderation, search
from marketplace.models import Listing, PromptText, SearchDocument, SearchMeaning
from marketplace.search import documents, standing, vocabulary
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import ListingFactory, approved, work

pytestmark = pytest.mark.django_db


def found(words):
    return {listing.pk for listing in search.find(search.Query(words=words), size=100).results}


def test_published_is_found_at_once_and_withdrawn_is_gone_at_once():
    listing = ListingFactory(live=True, title="Harbour haiku")

    assert found("harbour") == {listing.pk}
    listings.withdraw(listing, by=listing.seller)
    assert found("harbour") == set()
    listings.put_back(listing, by=listing.seller)
    assert found("harbour") == {listing.pk}


def test_what_a_suspended_seller_sells_is_gone_at_once_and_comes_back():
    listing, moderator = ListingFactory(live=True, title="Harbour haiku"), ModeratorFactory()

    people.suspend(listing.seller, by=moderator, reason="test")
    assert found("harbour") == set()
    assert not SearchDocument.objects.exists()
    people.restore(listing.seller, by=moderator)
    assert found("harbour") == {listing.pk}


def test_a_prompt_is_in_no_document():
    secret = {"template": "Recite the zanzibar of the quixotic mongoose slowly to [name], and then once more again."}
    listing = ListingFactory(live=True, prompt=secret | {"instructions": "Bring an umbrellaphant."})
    work()
    vocabulary.refresh()

    for word in ("zanzibar", "quixotic", "mongoose", "umbrellaphant"):
        assert found(word) == set()
        assert not search.suggest(word[:6]).listings
    [source] = documents._sources([listing.pk])
    assert not {"zanzibar", "mongoose", "umbrellaphant"} & set(str(source).split())
    assert "zanzibar" not in SearchDocument.objects.get().vector


def test_with_another_prompt_every_answer_is_the_same():
    listing = ListingFactory(live=True)
    before = SearchDocument.objects.values().get()

    PromptText.objects.filter(version__listing=listing).update(ciphertext=b"other")
    documents.index([listing.pk])

    assert SearchDocument.objects.values().get() == before


def test_an_edit_that_waits_for_review_is_not_found():
    listing = ListingFactory(live=True, title="Harbour haiku")

    listings.edit(listing, by=listing.seller, title="Lighthouse haiku")
    assert found("lighthouse") == set()
    approved(listing)

    assert found("lighthouse") == {listing.pk}
    assert found("harbour") == set()


EDITS = int(os.environ.get("PROMPTUARY_EDITS", "30"))  # with 1000 it takes some minutes


class Walk:
    """Edits, approvals, suspensions and returns at random, half of which leave the index as it was before."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.moderator, self.seller = chance, ModeratorFactory(), SellerFactory()
        self.words: dict[int, str] = {}  # of each listing: what only its public title says
        self.number = 0
        for _ in range(8):
            self.publish()

    def step(self) -> None:
        act = self.chance.choice(
            [self.publish, self.edit, self.edit, self.draft, self.withdraw, self.put_back, self.suspend]
        )
        before = list(SearchDocument.objects.all())
        act()
        if self.chance.random() < 0.5:
            SearchDocument.objects.all().delete()
            SearchDocument.objects.bulk_create(before)
        OutboxEntry.objects.filter(handler__startswith="marketplace.").delete()

    def publish(self) -> None:
        word = self._word()
        self.words[ListingFactory(seller=self.seller, live=True, title=f"Lantern {word}").pk] = word

    def edit(self) -> None:
        if listing := self._one("live"):
            self.draft(listing)
            approved(listing)
            self.words[listing.pk] = self.drafted

    def draft(self, listing: Listing | None = None) -> None:
        if listing := listing or self._one("live"):
            self.drafted = self._word()
            listings.edit(listing, by=self.seller, title=f"Lantern {self.drafted}")

    def withdraw(self) -> None:
        if listing := self._one("live"):
            listings.withdraw(listing, by=self.seller)
            assert found(self.words[listing.pk]) == set()

    def put_back(self) -> None:
        if listing := self._one("withdrawn"):
            listings.put_back(listing, by=self.seller)

    def suspend(self) -> None:
        if listing := self._one("live"):
            kept = list(SearchDocument.objects.filter(pk=listing.pk))
            moderation.suspend(listing, by=self.moderator, reason="rights", note="test")
            SearchDocument.objects.filter(pk=listing.pk).delete()
            SearchDocument.objects.bulk_create(kept)  # as if nobody had told the index
            assert listing.pk not in found(self.words[listing.pk]) | found("lantern")

    def _one(self, status: str) -> Listing | None:
        return self.chance.choice([*Listing.objects.filter(status=status).order_by("pk"), None])

    def _word(self) -> str:
        self.number += 1
        return "q" + "".join("bcdfghjklm"[int(digit)] for digit in f"{self.number:05}")


def test_after_any_edits_and_lost_work_the_periodic_check_finds_what_is_stale():
    walk = Walk(random.Random(5))
    for _ in range(EDITS):
        walk.step()

    documents.mend()

    live = set(Listing.objects.live().values_list("pk", flat=True))
    assert set(SearchDocument.objects.values_list("pk", flat=True)) == live
    assert {pk: found(word) for pk, word in walk.words.items()} == {pk: {pk} & live for pk in walk.words}
    assert documents.stale(0) == []


def test_better_figures_move_a_listing_up(monkeypatch):
    first, second = (ListingFactory(live=True, title=f"Lantern {number}") for number in ("one", "two"))
    Listing.objects.filter(pk=first.pk).update(rating_bayesian=4.9, trending=9, quality=0.9, favourites_count=400)
    Listing.objects.filter(pk=second.pk).update(rating_bayesian=2, trending=0, quality=0.1, favourites_count=0)

    documents.restand([first.pk, second.pk])

    assert [one.pk for one in search.find(search.Query(words="lantern")).results] == [first.pk, second.pk]
    document = SearchDocument.objects.get(pk=first.pk)
    assert f"'{standing.mark(document.standing)}'" in document.vector
    assert "'@t0'" not in document.vector
    assert (document.rating, SearchDocument.objects.get(pk=second.pk).standing) == (0, 0.12)


def test_meaning_finds_what_words_do_not(settings):
    settings.SEARCH_MEANING = True
    wanted = ListingFactory(live=True, title="Résumé coach", summary="Rewrites a curriculum vitae.", tags=["career"])
    other = ListingFactory(live=True, title="Sourdough baker", summary="Plans a loaf of bread.", tags=["kitchen"])
    work()

    assert SearchMeaning.objects.count() == 2
    ranked = search.find(search.Query(words="I am looking for a new employer and must present my experience")).results
    assert ranked[0] == wanted
    assert search.similar(wanted, 1) == [other.pk]
    listings.withdraw(other, by=other.seller)
    assert not SearchMeaning.objects.filter(pk=other.pk).exists()


def test_a_compound_nobody_uses_finds_what_means_it_and_letters_at_random_find_nothing(settings):
    settings.SEARCH_MEANING = True
    wanted = ListingFactory(live=True, title="Lake at dawn", summary="Soft paint on wet paper.", tags=["paint"])
    ListingFactory(live=True, title="Tax adviser", summary="Explains a form.", tags=["money"])
    work()

    assert search.find(search.Query(words="watercolor")).results[0] == wanted
    assert search.find(search.Query(words="qwzrtkvx")).results == []


def test_pages_of_a_ranked_answer_go_on_and_back_without_gaps():
    market = {ListingFactory(live=True, title=f"Lantern {number}").pk for number in range(5)}
    query = search.Query(words="lantern")

    first = search.find(query, size=2)
    second = search.find(query, size=2, cursor=first.next)
    third = search.find(query, size=2, cursor=second.next)
    back = search.find(query, size=2, cursor=second.previous)

    assert {one.pk for page in (first, second, third) for one in page.results} == market
    assert [len(page.results) for page in (first, second, third)] == [2, 2, 1]
    assert third.next is None
    assert back.results == first.results
