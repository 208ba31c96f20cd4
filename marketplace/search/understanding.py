"""What a question means: operators, phrases, words with everything they may stand for, a sentence to be encoded.

French is carried over into English by our own lexicon, spelling is mended from our own vocabulary (the word as typed
stays beside it), the word still being typed is completed, and synonyms come along with less weight.
"""

import re
from dataclasses import dataclass, field

from marketplace.search import encoder, lexicon, text, vocabulary
from marketplace.search.documents import EXACT
from marketplace.search.vocabulary import MOST_FOLLOWING, Vocabulary

MOST_TERMS = 12
RARE = 2  # documents that hold a word at the most which is likelier a slip than a word
MUCH_MORE = 6  # times as usual is a word that somebody is still typing
SHORT = 3  # words of a question that is more likely unfinished than a sentence
MOST_ALTERNATIVES = 8
PLAIN = 5  # words of a question that may be somebody's trouble in plain words
EXCLUDED = 6
MOST_PHRASES = 4
# What an alternative counts beside the word as typed.
SYNONYM, CORRECTED, BEGUN, TRANSLATED = 0.7, 0.95, 0.6, 1.0
LONGEST_BEGINNING = 14
_QUOTED = re.compile(r'["“”«»]([^"“”«»]*)["“”«»]')
_OPERATOR = re.compile(r"(?:^|(?<=\s))(model|seller|tag|category):(\S+)", re.IGNORECASE)
_EXCLUDED = re.compile(r"(?:^|(?<=\s))-(?=\w)([^\s]+)")

Atoms = tuple[str, ...]  # lexemes that must all be there; a star at the end stands for any ending


@dataclass(frozen=True, slots=True)
class Alternative:
    atoms: Atoms
    weight: float = 1.0


@dataclass(slots=True)
class Term:
    """One thing that is asked for, in all the words it may go by."""

    word: str
    alternatives: list[Alternative] = field(default_factory=list)
    documents: int = 0  # that hold it, as far as is known
    said: str = ""  # the word to be encoded
    is_corrected: bool = False

    def add(self, *words: str, weight: float) -> None:
        self._add(tuple(text.stem(word) for word in words), weight)

    def add_atom(self, atom: str, weight: float = 1.0) -> None:
        self._add((atom,), weight)

    def _add(self, atoms: Atoms, weight: float) -> None:
        if atoms and len(self.alternatives) < MOST_ALTERNATIVES and all(o.atoms != atoms for o in self.alternatives):
            self.alternatives.append(Alternative(atoms, weight))


@dataclass(slots=True)
class Understood:
    terms: list[Term] = field(default_factory=list)
    phrases: list[list[str]] = field(default_factory=list)
    excluded: list[list[str]] = field(default_factory=list)
    operators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sentence: str = ""
    corrected: str | None = None
    is_known: bool = False  # at least one word means something to us
    is_french: bool = False

    @property
    def length(self) -> int:
        return len(self.terms)


def understand(words: str, *, reader: str = "en", typing: bool = True) -> Understood:
    """The question behind what was typed; with `typing` the last word may be unfinished."""
    known = vocabulary.current()
    result = Understood()
    plain = _take_operators(words, result)
    typed = text.words(plain)[: MOST_TERMS * 3]
    result.is_french = _is_french(plain, typed, known, reader)
    if result.is_french:
        _translate(typed, result, known)
    else:
        typing = typing and plain[-1:].isalnum()
        _read(typed, result, known, typing=typing)
    result.terms = result.terms[:MOST_TERMS]
    result.is_known = any(_means_something(term) for term in result.terms)
    return result


def _take_operators(words: str, result: Understood) -> str:
    """What is left of the words without `model:` and its like, quotation marks and excluded words."""
    found: dict[str, list[str]] = {}
    for name, value in _OPERATOR.findall(words):
        found.setdefault(name.lower(), []).append(value.lower().strip('"').lstrip("@"))
    result.operators = {name: tuple(values) for name, values in found.items()}
    words = _OPERATOR.sub(" ", words)
    for phrase in _QUOTED.findall(words)[:MOST_PHRASES]:
        if cut := text.words(phrase):
            result.phrases.append(cut[:MOST_TERMS])
    words = _QUOTED.sub(r" \1 ", words)
    for excluded in _EXCLUDED.findall(words)[:EXCLUDED]:
        if cut := text.words(excluded):
            result.excluded.append(cut)
    return " ".join(_EXCLUDED.sub(" ", words).split())


def _read(typed: list[str], result: Understood, known: Vocabulary, *, typing: bool) -> None:
    """English, or whatever our listings are written in."""
    telling = [word for word in typed if word not in text.STOP_WORDS] or typed
    typing = typing and bool(typed)
    # “cover let” is not about letting.
    if typing and len(typed) <= SHORT and len(typed[-1]) >= 3 and typed[-1] != telling[-1] and _goes_on(typed, known):
        telling = [*telling, typed[-1]]
    said = dict.fromkeys(typed)
    terms = []
    for at, word in enumerate(telling):
        is_last = typing and at == len(telling) - 1 and word == typed[-1]
        term = _term(word, known, beside=telling[:-1] if is_last else None, before=typed[-2] if typed[1:] else "")
        said[word] = term.said if term.said != word else None
        terms.append(term)
    _add_synonyms(telling, terms, known)
    result.terms = terms
    result.sentence = " ".join(said.get(word) or word for word in typed)
    mended = [term for term in terms if term.is_corrected]
    if mended:
        result.corrected = result.sentence
    if len(typed) >= PLAIN and not _ASKING.isdisjoint(typed):
        result.sentence = " ".join([result.sentence, *lexicon.called(text.words(result.sentence))])


def _goes_on(typed: list[str], known: Vocabulary) -> bool:
    """Whether a small word at the end is the beginning of one that goes with the others."""
    longer = [word for word in known.completions(typed[-1]) if word != typed[-1]]
    before = [text.stem(word) for word in typed[:-1] if word not in text.STOP_WORDS]
    return bool(longer and before and known.likeliest(["", *longer], before))


def _term(word: str, known: Vocabulary, *, beside: list[str] | None = None, before: str = "") -> Term:
    """The word with what else it may be.

    `beside` holds the telling words before it when it may still be growing, `before` the one it follows.
    """
    term = Term(word, said=word, documents=known.frequency(word))
    term.add(word, weight=1.0)
    if beside is not None and _begin(term, known, beside, before):
        return term
    if (term.documents <= RARE and not _is_word(word)) and (better := known.corrected(word)):
        _mend(term, better, known)
    return term


def _mend(term: Term, better: str, known: Vocabulary) -> None:
    """Search for the right spelling, too; what was typed stays beside it."""
    term.alternatives = [Alternative((EXACT + term.word,))]
    term.add(better, weight=CORRECTED)
    term.said, term.documents, term.is_corrected = better, known.frequency(better), True


def _begin(term: Term, known: Vocabulary, beside: list[str], before: str) -> bool:
    """The word may still be growing; whether it can be nothing else."""
    word = term.word
    if not 2 <= len(word) <= LONGEST_BEGINNING:
        return False
    completions = [one for one in known.completions(word, MOST_FOLLOWING) if one != word]
    if not completions:
        if not term.documents:  # the vocabulary may be a few seconds behind
            term.alternatives.append(Alternative((f"{EXACT}{word}*",), BEGUN))
        return False
    best = known.likeliest(completions, [text.stem(other) for other in beside], before)
    is_doubtful = known.frequency(best) <= RARE and not _is_word(best) and not _is_word(word)
    if is_doubtful and (better := known.corrected(word)):
        _mend(term, better, known)
        return True
    is_small = word in text.STOP_WORDS
    common, own = known.usualness(best), known.usualness(word)
    unknown = is_small or word not in known.counts or common > MUCH_MORE * own
    if unknown or (common > 4 * own and text.stem(best) != text.stem(word)):
        if unknown:
            term.add(best, weight=CORRECTED)
            term.said, term.documents = best, known.frequency(best)
        term.alternatives.append(Alternative((f"{EXACT}{word}*",), BEGUN))
    return unknown


def _add_synonyms(words: list[str], terms: list[Term], known: Vocabulary) -> None:
    table = lexicon.synonyms()
    for start in range(len(words)):
        length, meant = table.longest_at([terms[at].said for at in range(len(terms))], start)
        for term in terms[start : start + length]:
            for other in meant:
                term.add(*other, weight=SYNONYM)
                term.documents = max(term.documents, min(map(known.frequency, other)) if length == 1 else 0)


def _translate(typed: list[str], result: Understood, known: Vocabulary) -> None:
    """Term by term into English, the longest phrase first; what the lexicon does not know stays as it is."""
    typed = _without_elisions(typed)
    mended = [_mended_french(word, known) or word for word in typed]
    if mended != typed:
        typed, result.corrected = mended, " ".join(mended)
    said: list[str] = []
    at = 0
    while at < len(typed):
        length, meant = lexicon.french_at(typed, at)
        if not length:
            word = typed[at]
            at += 1
            if word not in text.FRENCH_STOP_WORDS and word not in text.STOP_WORDS:
                result.terms.append(_untranslated(word, known))
                said.append(result.terms[-1].said)
            elif word in _SAID:
                said.append(_SAID[word])
            continue
        originals = [word for word in typed[at : at + length] if word not in text.FRENCH_STOP_WORDS]
        at += length
        if not meant[0]:
            continue
        said += meant[0]
        for word in meant[0]:
            if word in text.STOP_WORDS:
                continue
            term = Term(word, said=word, documents=known.frequency(word))
            term.add(word, weight=TRANSLATED)
            for original in originals:
                term.add(original, weight=SYNONYM)
            for other in meant[1:]:
                term.add(*other, weight=0.9)
            result.terms.append(term)
    if not result.terms:  # “écrire” alone: what usually tells nothing is all that was said
        _read(said or typed, result, known, typing=False)
        return
    english = [term.word for term in result.terms]
    _add_synonyms(english, result.terms, known)
    result.sentence = " ".join(said)


def _without_elisions(typed: list[str]) -> list[str]:
    """Without the l and d of “l homme” and “d embauche”, as typed in haste; a “c” at the end is a language."""
    return [word for at, word in enumerate(typed) if word not in _ELIDED or at == len(typed) - 1]


def _mended_french(word: str, known: Vocabulary) -> str | None:
    """The French word that this one is a slip for; None for whatever is known in either language."""
    if word in text.FRENCH_STOP_WORDS or word in text.STOP_WORDS or lexicon.french_at([word], 0)[0]:
        return None
    if known.frequency(word) > RARE or _is_word(word) or _cognate(word, known):
        return None
    return lexicon.spelled(word)


def _cognate(word: str, known: Vocabulary) -> str | None:
    """The English word that a French one looks like, if there is one."""
    similar = [word] if known.counts.get(word, 0) > RARE else lexicon.cognates(word)
    ours = next((one for one in similar if known.frequency(one) > RARE), None)
    return ours or next((one for one in similar if one != word and len(one) > SHORT and encoder.knows(one)), None)


def _untranslated(word: str, known: Vocabulary) -> Term:
    """A French word that the lexicon lacks: as it stands, as the English word it looks like, or spelled right."""
    cognate = _cognate(word, known)
    if cognate is None:
        term = _term(word, known)
    else:
        term = Term(word, said=cognate, documents=known.frequency(cognate))
        term.add(word, weight=1.0)
        term.add(cognate, weight=CORRECTED)
    term.add_atom(text.french_stem(word))
    return term


def _is_french(plain: str, typed: list[str], known: Vocabulary, reader: str) -> bool:
    """By accents, by the small words, by words that only French has; of a French reader we believe it sooner."""
    if not typed:
        return False
    reads_french = reader.startswith("fr")
    marks = sum(word in _FRENCH_MARKS for word in typed)
    own = friends = at = 0
    while at < len(typed):
        length, _meant = lexicon.french_at(typed, at)
        if length and lexicon.key_of(typed[at : at + length]) not in lexicon.false_friends():
            own += 1
        elif length:
            friends += 1
        elif (marks or reads_french) and _mended_french(typed[at], known):
            own += 1
        at += max(length, 1)
    english = sum(word in _ENGLISH_MARKS for word in typed)
    accents = any(mark in "àâçéèêëîïôùûœ" for mark in plain.lower())
    score = 2 * accents + marks + own - 1.5 * english + reads_french
    if score <= 0:
        return False
    if reads_french:
        return accents or marks + own + friends > 0 or any(_looks_french(word, known) for word in typed)
    return own > 0 or marks > 1


def _looks_french(word: str, known: Vocabulary) -> bool:
    """Nobody here says it, but something that it may be in English."""
    return known.frequency(word) <= RARE and not _is_word(word) and _cognate(word, known) not in (None, word)


_FRENCH_MARKS = text.listed(
    "le la les un une des du de et pour avec sans dans sur mon ma mes je en au aux qui que est ce"
)
_ENGLISH_MARKS = text.listed("the a an of to for with and my in is how i me what that on from your it do want")
_ASKING = text.listed("i me my we our us you your how what which why where who should can does do")
_ELIDED = text.listed("c d j l m n s t qu")
# Small words that a sentence is easier to understand with.
_SAID = {"pour": "for", "avec": "with", "sans": "without", "dans": "in", "sous": "under", "entre": "between"}
_SAID |= dict.fromkeys(("mon", "ma", "mes"), "my")


def _means_something(term: Term) -> bool:
    return bool(term.documents) or encoder.knows(term.word) or encoder.knows_parts(term.word)


def _is_word(word: str) -> bool:
    """Whether it is right as it stands although none of our listings says it."""
    return encoder.knows(word) or (word,) in lexicon.synonyms().entries
