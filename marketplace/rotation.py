"""Moving prompt texts to new keys while the market is open.

1. Put the new key in front of PROMPT_KEYS and restart: new texts use it, old ones are still read. Where processes are
   restarted one after the other, put it at the end first, so that each can read what another writes already.
2. `manage.py rotate_prompts` writes every text anew under it.
3. Remove the old keys and restart; `manage.py rotate_prompts` again makes the fingerprints, whose key is derived from
   the oldest one left, anew. Until it is done, copies of older prompts may go unnoticed; nothing else is different.
"""

from collections.abc import Iterator

from django.db import transaction

from common import encryption
from marketplace import library, lifecycle, prompts
from marketplace.models import Case, PromptText, Revision, Version

BATCH = 200


def rotate() -> Iterator[int]:
    """Go over all texts in batches; yields how many of each were written anew."""
    after = 0
    while True:
        keys = list(PromptText.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        after = keys[-1]
        yield sum(_renew(key) for key in keys)


def total() -> int:
    return PromptText.objects.count()


@transaction.atomic
def _renew(version_id: int) -> bool:
    """Write one text anew if its key or its fingerprint's key is an older one."""
    text = PromptText.objects.select_for_update().filter(pk=version_id).first()
    if text is None or not (encryption.needs_rotation(text.ciphertext) or prompts.is_outdated(text)):
        return False
    version = Version.objects.select_related("listing").get(pk=version_id)
    waiting = [one for one in _waiting(version) if lifecycle.digest(one) == one.digest]
    prompts.text_for(version, version.listing, library.words_for_checks(version)).save(force_update=True)
    for revision in waiting:
        _carry_over(revision)
    return True


def _waiting(version: Version) -> list[Revision]:
    return list(Revision.objects.filter(version=version).exclude(digest="").select_related("version"))


def _carry_over(revision: Revision) -> None:
    """The content is the same, only its digest is made with another key: decisions about it stay possible."""
    new = lifecycle.digest(revision)
    Case.objects.filter(revision=revision, digest=revision.digest).update(digest=new)
    Revision.objects.filter(pk=revision.pk).update(digest=new)
