"""The words that stand in our own listings: what is spelled right, and how a word goes on.

A task counts them from the documents; every process keeps a copy and looks now and then whether there is a newer one.
"""

import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import lru_cache

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count
from rapidfuzz.distance import OSA, JaroWinkler

from accounts import outbox
from common import clock
from marketplace.models import SearchDocument, SearchState, SearchWord
from marketplace.search import marks, standing, statements, text
from marketplace.search.documents import CHANGED, EXACT, LEADS

LOOK_EVERY = 10.0  # seconds between two looks for a newer vocabulary
MOST_DOCUMENTS = 100_000  # that are read to count words
VERSION = "search:version"  # in the cache
NARROWING = "^@[mcklpr]"  # marks of filters, counted as words are
LEAST_LETTERS = 4  # of a word that may be corrected
MARK = "@t"  # before a step of standing, whose documents are counted beside the words
MUCH_MORE = 6  # times as often used is a word that one that nobody puts in a title may be a slip for
MOST_ENDING = 3  # letters that tell two forms of a word apart
PAUSE = 5  # seconds within which many changes lead to one count
KEPT = 3600  # seconds that the words of a large market, or of one in which nothing happened, are good for
LARGE = 50_000  # documents from which on less is looked at than all of them
SMALL_MARKET = 20_000  # documents up to which every change leads to a count soon

MOST_FOLLOWING = 60  # words that a beginning may become
MOST_TOGETHER = 8  # of these, that may become one because the others stand beside it, though not before it
TITLES_READ = 200  # that say the other words and one that it may be
TIERS_IN_LARGE = 3  # of standing, in which such titles are looked for in a large market
FOLLOWING = 2  # titles that say the others somewhere are as much as one in which a word follows at once

_lock = threading.Lock()


class Vocabulary:
    """The words of one version, in order, with the number of documents of each."""

    def __init__(self, version: int, documents: int, rows: list[tuple[str, int, int]]) -> None:
        self.version = version
        self.documents = documents
        self.marks = {word: number for word, number, _titles in rows if word.startswith("@")}
        self.steps = {word: number for word, number in self.marks.items() if word.startswith(MARK)}
        rows = [row for row in rows if not row[0].startswith("@")]
        self.counts = {word: number for word, number, _titles in rows}
        self.titles = {word: titles for word, _number, titles in rows if titles}
        self._sorted = sorted(self.counts)
        self._stems: dict[str, int] = defaultdict(int)
        self._leading_stems: dict[str, int] = defaultdict(int)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word, number in self.counts.items():
            stem = text.stem(word)
            self._stems[stem] = max(self._stems[stem], number)
            self._leading_stems[stem] = max(self._leading_stems[stem], self.titles.get(word, 0))
            if word.isalpha() and len(word) >= LEAST_LETTERS - 1:
                self._by_length[len(word)].append(word)
        self.corrected = lru_cache(maxsize=5000)(self._corrected)
        self._read = lru_cache(maxsize=1000)(self._titles)

    def __contains__(self, word: str) -> bool:
        return self.frequency(word) > 0

    def frequency(self, word: str) -> int:
        """In how many documents the word stands, in any form."""
        stem = text.stem(word)
        # “busness” is no form of “bus”, whatever its ending.
        related = self._stems.get(stem, 0) if len(word) - len(stem) <= MOST_ENDING else 0
        return max(self.counts.get(word, 0), related)

    def leads(self, word: str) -> int:
        """In how many documents the word stands in title or labels, in any form."""
        return max(self.titles.get(word, 0), self._leading_stems.get(text.stem(word), 0))

    def usualness(self, word: str) -> int:
        """How readily one thinks of it: titles count most, and a word in every document is no more usual than many."""
        return 4 * self.titles.get(word, 0) + min(self.counts.get(word, 0), 40)

    def completions(self, beginning: str, most: int = 8) -> list[str]:
        """Words that go on as this does, those of many titles first."""
        start = bisect_left(self._sorted, beginning)
        end = bisect_left(self._sorted, beginning + "\uffff")
        found = self._sorted[start : min(end, start + 2000)]
        return sorted(found, key=lambda word: (-self.titles.get(word, 0) * 4 - self.counts[word], word))[:most]

    def likeliest(self, completions: list[str], beside: list[str], before: str = "") -> str:
        """Of these words the one that stands most often in titles with the others, or right behind one; else the first.

        `beside` are stems of the other words, `before` is the one that the unfinished word follows, as it was typed.
        """
        if len(completions) < 2:
            return completions[0]
        score: Counter[str] = Counter()
        if beside:
            together = self._together_with(completions, beside)
            score.update({word: together[word] for word in completions[:MOST_TOGETHER]})
        for word, number in self._followers(completions, before).items() if before else ():
            score[word] += FOLLOWING * number
        return max(completions, key=lambda word: score[word])

    def _together_with(self, completions: list[str], beside: list[str]) -> Counter[str]:
        """In how many titles each stands where title or labels say the others, too."""
        known, titles = self._read(tuple(completions), tuple(sorted(beside)))
        return Counter(word for title in titles for word in known & set(title))

    def _followers(self, completions: list[str], before: str) -> Counter[str]:
        """In how many titles each follows the word before, at once or next but one."""
        known, titles = self._read(tuple(completions), (text.stem(before),))
        follow = (
            {word for at, word in enumerate(title) if word in known and before in title[max(at - 2, 0) : at]}
            for title in titles
        )
        return Counter(word for words in follow for word in words)

    def _titles(self, completions: tuple[str, ...], beside: tuple[str, ...]) -> tuple[set[str], list[list[str]]]:
        """Which of the words titles know, and the titles of the best that say one of them and all these stems."""
        known = {word for word in completions if word in self.titles}
        if not known:
            return known, []
        ends = " | ".join(sorted(marks.quoted(LEADS + stem) for stem in {text.stem(word) for word in known}))
        # Words of titles and labels have marks of their own, so no vector need be unpacked to see where they stand.
        asked = marks.together([*(marks.quoted(LEADS + stem) for stem in beside), f"({ends})"])
        tiers = range(len(standing.LEAST_STEPS) if self.documents < LARGE else TIERS_IN_LARGE)
        best = " UNION ALL ".join(
            f"(SELECT listing_id FROM marketplace_searchdocument WHERE tier = {tier} AND vector @@ %s::tsquery)"  # noqa: S608
            for tier in tiers
        )
        rows = statements.fetched(
            f"""
            SELECT title FROM ({best} LIMIT {TITLES_READ}) AS few
            JOIN marketplace_listing AS listing ON listing.id = few.listing_id
            """,  # noqa: S608
            [asked] * len(tiers),
        )
        return known, [text.words(title) for (title,) in rows]

    def _corrected(self, word: str) -> str | None:
        """The likeliest right spelling of a word nobody uses, or None. What is known is never touched.

        A word that stands in hardly any text, and in no title, may be somebody else's slip: one change may lead from it
        to a word that is used much more often.
        """
        if len(word) < LEAST_LETTERS or not word.isalpha() or word in self.titles:
            return None
        allowed = 1 if len(word) < 6 or word in self else 2 if len(word) < 10 else 3
        least = MUCH_MORE * self.counts.get(word, 0)
        best, best_score = None, 0.0
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for candidate in self._by_length.get(length, ()):
                distance = OSA.distance(word, candidate, score_cutoff=allowed)
                if distance <= allowed and self.counts[candidate] >= least:
                    score = self._likelihood(word, candidate, distance)
                    if score > best_score:
                        best, best_score = candidate, score
        return best

    def _likelihood(self, word: str, candidate: str, distance: int) -> float:
        """Few changes, the same beginning, a word that many use."""
        number = self.counts[candidate] + 3 * self.titles.get(candidate, 0)
        frequency = min(number, 200) / 200
        same = sorted(word) == sorted(candidate)
        first = word[0] == candidate[0]
        likeness = float(JaroWinkler.similarity(word, candidate))
        return float(3 - distance + 0.6 * frequency**0.4) + 0.5 * same + 0.4 * first + likeness


_current = Vocabulary(0, 0, [])
_looked_at = -LOOK_EVERY


def current() -> Vocabulary:
    """The words as this process knows them, no older than a few seconds behind the task that counts them."""
    global _current, _looked_at  # noqa: PLW0603
    moment = time.monotonic()
    if moment - _looked_at > LOOK_EVERY:
        _looked_at = moment
        version = _version()
        if version != _current.version:
            with _lock:
                if version != _current.version:
                    _current = _read(version)
    return _current


def forget() -> None:
    """Look for a newer version when words are needed next."""
    global _looked_at  # noqa: PLW0603
    _looked_at = -LOOK_EVERY
    cache.delete(VERSION)


def _version() -> int:
    version: int | None = cache.get(VERSION)
    if version is None:
        state = SearchState.objects.first()
        version = state.version if state else 0
        cache.set(VERSION, version, LOOK_EVERY)
    return version


def _read(version: int) -> Vocabulary:
    state = SearchState.objects.first()
    rows = list(SearchWord.objects.values_list("word", "documents", "titles")) if version else []
    return Vocabulary(version, state.documents if state else 0, rows)


def promise() -> None:
    """Count the words in a few seconds; once for everything that changes until then."""
    if current().documents > SMALL_MARKET:
        return  # the task of the clock does it
    slot = int(clock.now().timestamp() // PAUSE)
    outbox.promise("marketplace.count_words", key=f"words:{slot}", delay=PAUSE)


@outbox.handler("marketplace.count_words", lease=300, priority=outbox.SOMETIME)
def count_words() -> None:
    refresh_if_changed()


def refresh_if_changed() -> bool:
    """Unless nothing happened since, or a large market was counted within the hour."""
    state = SearchState.objects.first()
    if state is not None and state.made_at is not None:
        is_fresh = (clock.now() - state.made_at).total_seconds() < KEPT
        if is_fresh and (state.documents > SMALL_MARKET or not cache.get(CHANGED)):
            return False
    cache.delete(CHANGED)
    refresh()
    return True


@transaction.atomic
def refresh() -> None:
    """Count the words of the documents anew (of a very large market, of those that stand best)."""
    state, _made = SearchState.objects.get_or_create(pk=1)
    state = SearchState.objects.select_for_update().get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM marketplace_searchword")
        cursor.execute(
            """
            INSERT INTO marketplace_searchword (word, documents, titles)
            SELECT CASE WHEN word LIKE %s THEN substr(word, 2) ELSE word END, ndoc, 0 FROM ts_stat(format(
                'SELECT vector FROM marketplace_searchdocument ORDER BY standing DESC, listing_id DESC LIMIT %%s', %s))
            WHERE length(word) BETWEEN 3 AND 41 AND (word LIKE %s OR word ~ %s)
            """,
            [f"{EXACT}%", MOST_DOCUMENTS, f"{EXACT}%", NARROWING],
        )
        cursor.execute(
            """
            UPDATE marketplace_searchword AS known SET titles = counted.ndoc
            FROM ts_stat(format('SELECT ts_filter(vector, ''{a,b}'') FROM (SELECT vector
                FROM marketplace_searchdocument ORDER BY standing DESC, listing_id DESC LIMIT %%s) AS best', %s))
                AS counted
            WHERE counted.word = %s || known.word
            """,
            [MOST_DOCUMENTS, EXACT],
        )
    steps: Counter[str] = Counter()
    # Counted by value in the database; there are no more than ten thousand of them.
    for value, number in SearchDocument.objects.values_list("standing").annotate(number=Count("pk")).order_by():
        steps[standing.mark(value)] += number
    SearchWord.objects.bulk_create(SearchWord(word=mark, documents=number) for mark, number in steps.items())
    state.documents = min(steps.total(), 10_000_000)
    state.version += 1
    state.made_at = clock.now()
    state.save()
    transaction.on_commit(forget, robust=True)
    forget()
