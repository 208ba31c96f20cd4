"""The keys of prompt texts are changed while people read."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common import encryption
from marketplace import library, rotation
from marketplace.models import PromptText
from tests.factories.marketplace import EntitlementFactory, ListingFactory

READERS = 4


@pytest.mark.django_db(transaction=True)
def test_nobody_who_reads_notices_that_keys_are_changed(settings, monkeypatch):
    old, new = settings.PROMPT_KEYS, encryption.new_key()
    held = [EntitlementFactory(listing=ListingFactory(live=True)) for _each in range(12)]
    before = {right.pk: library.open(right.owner, right.version) for right in held}
    over, reading = threading.Event(), threading.Barrier(READERS + 1)

    def read() -> int:
        reads = 0
        try:
            reading.wait(20)
            while not over.is_set():
                for right in held:
                    assert library.open(right.owner, right.version) == before[right.pk]
                    reads += 1
        finally:
            connection.close()
        return reads

    monkeypatch.setattr(rotation, "BATCH", 3)
    settings.PROMPT_KEYS = [*old, new]
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _each in range(READERS)]
        reading.wait(20)
        settings.PROMPT_KEYS = [new, *old]
        renewed = sum(rotation.rotate())
        settings.PROMPT_KEYS = [new]
        sum(rotation.rotate())
        over.set()
        reads = [reader.result(20) for reader in readers]

    assert renewed == PromptText.objects.count() == len(held)
    assert all(count >= len(held) for count in reads)
    settings.PROMPT_KEYS = old
    with pytest.raises(encryption.CannotDecrypt):
        library.open(held[0].owner, held[0].version)
