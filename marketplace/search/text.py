"""Words out of text, the same for documents and for questions: lower case, accents folded, endings cut."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

LONGEST_WORD = 40
_FOLDED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "’": "'", "‘": "'"})
# c++, c#, .net and node.js are words; 4o and 3.5 are, too.
_WORD = re.compile(r"\.net\b|[a-z]\+\+|[a-z]#(?!\w)|[0-9]+\.[0-9]+|[^\W_]+")
# The same where all letters are plain.
_PLAIN = re.compile(r"[a-z](?:\+\+|#(?!\w))|[0-9]+\.[0-9]+|[a-z0-9]+|\.net\b")
_FAR_EASTERN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu)'(?=\w)")
_POSSESSIVE = re.compile(r"'s\b")


def fold(text: str) -> str:
    """Lower case without accents; é and e are one letter to whoever searches."""
    text = text.lower()
    if text.isascii():
        return text
    text = text.translate(_FOLDED)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def words(text: str) -> list[str]:
    """The words of a text in order. Scripts without spaces are cut into overlapping pairs."""
    folded = fold(text)
    if "'" in folded:
        folded = _POSSESSIVE.sub("", _ELIDED.sub("", folded))
    if folded.isascii():
        plain: list[str] = _PLAIN.findall(folded)
        is_long = len(folded) > LONGEST_WORD and max(map(len, plain), default=0) > LONGEST_WORD
        return [word[:LONGEST_WORD] for word in plain] if is_long else plain
    found: list[str] = []
    for part in _FAR_EASTERN.split(folded):
        if _FAR_EASTERN.fullmatch(part):
            found += [part[at : at + 2] for at in range(max(len(part) - 1, 1))]
        else:
            found += [word[:LONGEST_WORD] for word in _WORD.findall(part)]
    return found


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    """The word without its English ending."""
    return str(_stemmer("english").stemWord(word)) if word.isascii() and word.isalpha() and len(word) > 2 else word


@lru_cache(maxsize=20_000)
def french_stem(word: str) -> str:
    return str(_stemmer("french").stemWord(word)) if word.isascii() and word.isalpha() and len(word) > 2 else word


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)


def listed(several: str) -> frozenset[str]:
    """Words written one after the other."""
    return frozenset(several.split())


# Words that say nothing about what is looked for, in a question; documents keep them, so that phrases are found.
STOP_WORDS = listed(
    "a about after all also am an and any are as at be because been before being but by can could do does doing "
    "for from get give go had has have how i if im in into is it its ive just let like make me my need needs of on "
    "one or our please prompt prompts should so some something somebody someone that the their them then there "
    "these they this those to too up us use using want wants was way we were what when where which while who why "
    "will with without would write you your yours"
)
FRENCH_STOP_WORDS = listed(
    "a ai au aux avec avoir ce ces cet cette c comment d dans de des du elle en est et etre eux faire fait il ils "
    "j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ou par pas plus pour pouvoir "
    "qu que qui quoi s sa sans se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y besoin veux "
    "voudrais cherche aide aider prompt prompts afin alors apres aucun aussi autre autres avant beaucoup bien ca cela "
    "celle celui ceux chaque chez comme contre depuis dois doit donc dont entre faites fais faut lors meme peu peut "
    "peux quand quel quelle quelles quels selon sera soit sous suis tous tout toute toutes tres trop va vais vers"
)
