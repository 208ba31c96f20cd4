"""The secret words of a version: what they consist of, how they are kept, how equal ones are recognised.

Writing happens here; reading only in marketplace.library. Digests and sketches are keyed, so that nobody who sees the
table can try guesses against them. Their key is derived from the OLDEST of PROMPT_KEYS, because it must stay the same
while newer keys are put in front of it; when the oldest is finally dropped, `manage.py rotate_prompts` makes digests
and sketches anew (the first eight characters of a fingerprint name the key it was made with).
"""

import hashlib
import hmac
import json
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from common import encryption
from common.problems import Problem
from marketplace import variables
from marketplace.models import Listing, PromptText, Version
from marketplace.variables import Variable

LONGEST_TEMPLATE = 200_000  # characters
LONGEST_PART = 20_000  # negative prompt, instructions
SKETCH = 64  # values in a sketch
ROWS = 4  # values of a sketch that make one band: candidates share a band, likely from about half alike
SHINGLE = 4  # words
LIKELY = 400  # candidates looked at
COLUMNS = ("version_id", "ciphertext", "fingerprint", "seal", "sketch", "bands")

_MASK = (1 << 32) - 1
_STEP = 0x9E3779B9
# A character of a script written without spaces is a word of its own.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORDS = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


class VersionIsFinal(Problem):
    """An approved version's words were about to be changed."""

    code = "version_final"
    default_detail = _("This version was approved and cannot change any more. Begin a new version instead.")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a buyer buys. The words stay out of any representation, and so out of logs and error reports."""

    template: str = field(repr=False)
    negative: str = field(default="", repr=False)
    parameters: dict[str, Any] = field(default_factory=dict, repr=False)
    instructions: str = field(default="", repr=False)
    variables: tuple[Variable, ...] = field(default=(), repr=False)

    def described(self) -> "Prompt":
        """The same with one description for each variable of its texts and none besides."""
        found = tuple(variables.describe(f"{self.template}\n{self.negative}", self.variables))
        return Prompt(self.template, self.negative, self.parameters, self.instructions, found)


@dataclass(frozen=True, slots=True)
class Neighbour:
    version_id: int
    listing_id: int
    likeness: float  # 0 to 1, estimated within about 0.06


def facts(prompt: Prompt, words: list[str] | None = None) -> dict[str, Any]:
    """What everybody may know of a prompt: the columns of its Version. `words` when they were counted before."""
    return {
        "variables": [variable.as_json() for variable in prompt.variables],
        "characters": len(prompt.template),
        "words": len(words_of(prompt.template) if words is None else words),
        "has_negative": bool(prompt.negative.strip()),
        "has_parameters": bool(prompt.parameters),
    }


def context(listing: Listing, number: int) -> str:
    """What a blob is bound to; known before rows have keys, so that prompts can be written in bulk."""
    return f"prompt:{listing.public_id}:{number}"


def add_version(listing: Listing, prompt: Prompt, *, number: int, note: str = "") -> Version:
    prompt = prompt.described()
    version = Version.objects.create(listing=listing, number=number, note=note, **facts(prompt))
    text_for(version, listing, prompt).save(force_insert=True)
    return version


@transaction.atomic
def keep(version: Version, prompt: Prompt) -> None:
    """Replace the words of a version that nobody has approved yet."""
    version = Version.objects.select_for_update(of=("self",)).select_related("listing").get(pk=version.pk)
    if version.approved_at is not None:
        raise VersionIsFinal
    prompt = prompt.described()
    Version.objects.filter(pk=version.pk).update(**facts(prompt))
    text_for(version, version.listing, prompt).save()


def text_for(version: Version, listing: Listing, prompt: Prompt) -> PromptText:
    """The unsaved row of a prompt's words."""
    words = words_of(prompt.template)
    row = plain_text_for(version, listing, prompt, fingerprint(prompt, words))
    sketch = sketch_of(words)
    row.sketch, row.bands = _packed(sketch), bands_of(sketch)
    return row


def plain_text_for(version: Version, listing: Listing, prompt: Prompt, known_fingerprint: str) -> PromptText:
    """The row without its sketch, for imports, which leave that to the workers (`add_sketches`)."""
    written = payload(prompt)
    return PromptText(
        version=version,
        ciphertext=encryption.encrypt(written, context=context(listing, version.number)),
        fingerprint=known_fingerprint,
        seal=seal(written),
    )


@outbox.handler("marketplace.add_sketches", lease=300)
def add_sketches(version_ids: Sequence[int]) -> None:
    """Make the sketches that an import left out."""
    from marketplace import library

    bare = Version.objects.filter(pk__in=version_ids, text__bands=[]).select_related("listing").order_by("pk")
    for version in bare:
        sketch = sketch_of(words_of(library.words_for_checks(version).template))
        PromptText.objects.filter(version=version).update(sketch=_packed(sketch), bands=bands_of(sketch))


def payload(prompt: Prompt) -> str:
    words = {
        "template": prompt.template,
        "negative": prompt.negative,
        "parameters": prompt.parameters,
        "instructions": prompt.instructions,
    }
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def fingerprint(prompt: Prompt, words: list[str] | None = None) -> str:
    """The same for prompts that differ in nothing but case, spacing and punctuation."""
    plain = " ".join(words_of(prompt.template) if words is None else words) or prompt.template.strip()
    negative = " ".join(words_of(prompt.negative))
    return _key_name() + _digest("words", f"{plain}\n{negative}")[:56]


def seal(words: str) -> str:
    """A digest of the exact words."""
    return _digest("seal", words)


def words_of(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(words: list[str]) -> set[str]:
    """Every run of four words; a shorter text is one run."""
    if len(words) <= SHINGLE:
        return {" ".join(words)} if words else set()
    return {" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)}


def sketch_of(words: list[str]) -> list[int]:
    """Sixty-four minima by one permutation: a hash falls into a bucket, each bucket keeps its least.

    The hash of a run is put together from keyed hashes of its words, another for each place in the run. An empty
    bucket borrows from the next full one, moved by the distance, so that short texts compare as well.
    """
    if not words:
        return []
    key = _secret()
    places = list(zip(*(_word_hashes(word, key) for word in words + [""] * (SHINGLE - len(words))), strict=True))
    first, second, third, fourth = (places[place][place:] for place in range(SHINGLE))
    runs = {a ^ b ^ c ^ d for a, b, c, d in zip(first, second, third, fourth, strict=False)}
    # Downwards, so that the least of each bucket is written last.
    least = {run & (SKETCH - 1): run >> 32 for run in sorted(runs, reverse=True)}
    return [_nearest(least, bucket) for bucket in range(SKETCH)]


def _nearest(least: dict[int, int], bucket: int) -> int:
    distance = 0
    while (value := least.get((bucket + distance) % SKETCH)) is None:
        distance += 1
    return (value + distance * _STEP) & _MASK


@lru_cache(maxsize=100_000)
def _word_hashes(word: str, key: bytes) -> tuple[int, ...]:
    digest = hashlib.blake2b(word.encode(), key=key, digest_size=8 * SHINGLE).digest()
    return struct.unpack(f"<{SHINGLE}Q", digest)


def _packed(sketch: list[int]) -> bytes:
    return struct.pack(f"<{len(sketch)}I", *sketch)


def _unpacked(data: bytes | memoryview) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data)


def bands_of(sketch: list[int]) -> list[int]:
    """One hash for each run of four values; texts half alike very likely share at least one."""
    bands = []
    for start in range(0, len(sketch), ROWS):
        run = ",".join(map(str, [start, *sketch[start : start + ROWS]]))
        bands.append(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) >> 1)
    return bands


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of runs of words two texts have in common, estimated from their sketches."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def neighbours(version: Version, *, least: float = 0.3, most: int = 5) -> list[Neighbour]:
    """Other listings' prompts that are much like this one, the nearest version of each, nearest first."""
    own = PromptText.objects.filter(version=version).values_list("sketch", "bands").first()
    if own is None or not own[0]:
        return []
    sketch, bands = _unpacked(own[0]), own[1]
    candidates = (
        PromptText.objects.filter(bands__overlap=bands)
        .exclude(version__listing_id=version.listing_id)
        .values_list("version_id", "version__listing_id", "sketch")
        .order_by("version_id")[:LIKELY]
    )
    nearest: dict[int, Neighbour] = {}
    for version_id, listing_id, other in candidates:
        alike = likeness(sketch, _unpacked(other))
        if alike >= least and (listing_id not in nearest or alike > nearest[listing_id].likeness):
            nearest[listing_id] = Neighbour(version_id, listing_id, alike)
    return sorted(nearest.values(), key=lambda neighbour: -neighbour.likeness)[:most]


def same_words(version: Version) -> list[int]:
    """Listings that sell the same words, other than the version's own."""
    own = PromptText.objects.filter(version=version).values_list("fingerprint", flat=True).first()
    found = PromptText.objects.filter(fingerprint=own).exclude(version__listing_id=version.listing_id)
    return list(found.order_by("version__listing_id").values_list("version__listing_id", flat=True).distinct())


def is_outdated(text: PromptText) -> bool:
    """Whether its fingerprint was made with a key that is not the oldest any more."""
    return not text.fingerprint.startswith(_key_name())


def known_fingerprints(fingerprints: Iterable[str], *, seller_id: int) -> set[str]:
    """Which of the fingerprints the seller already has; for imports."""
    found = PromptText.objects.filter(fingerprint__in=list(fingerprints), version__listing__seller_id=seller_id)
    return set(found.values_list("fingerprint", flat=True))


def _digest(purpose: str, text: str) -> str:
    return hmac.new(_secret(), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def _secret() -> bytes:
    return _derived(settings.PROMPT_KEYS[-1])


def _key_name() -> str:
    return encryption.key_id(settings.PROMPT_KEYS[-1])[:8]


@lru_cache(maxsize=4)
def _derived(key: str) -> bytes:
    return hmac.new(key.encode(), b"promptuary: fingerprints of prompts", hashlib.sha256).digest()
