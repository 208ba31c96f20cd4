import logging
import traceback

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from common import encryption
from common.encryption import CannotDecrypt

SECRET = "Act as a canary-7f3a. Greet [name] 🎉\r\nمرحبا"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encrypted_comes_back_unchanged(text):
    assert encryption.decrypt(encryption.encrypt(text, context="prompt:1"), context="prompt:1") == text


def test_the_same_text_never_looks_the_same():
    blobs = {encryption.encrypt(SECRET, context="prompt:1") for _ in range(50)}

    assert len(blobs) == 50
    assert not any(b"canary" in blob for blob in blobs)


def test_a_blob_opens_only_where_it_belongs():
    blob = encryption.encrypt(SECRET, context="prompt:1")

    with pytest.raises(CannotDecrypt):
        encryption.decrypt(blob, context="prompt:2")


def test_one_changed_bit_anywhere_is_noticed():
    blob = encryption.encrypt("short", context="prompt:1")

    for position in range(len(blob)):
        damaged = bytearray(blob)
        damaged[position] ^= 1
        with pytest.raises(CannotDecrypt):
            encryption.decrypt(bytes(damaged), context="prompt:1")


@pytest.mark.parametrize("length", [0, 1, 8, 9, 20, 36])
def test_a_cut_blob_is_refused(length):
    with pytest.raises(CannotDecrypt):
        encryption.decrypt(encryption.encrypt(SECRET, context="x")[:length], context="x")


def test_keys_rotate(settings):
    old, new = encryption.new_key(), encryption.new_key()
    settings.PROMPT_KEYS = [old]
    before = encryption.encrypt(SECRET, context="prompt:1")
    settings.PROMPT_KEYS = [new, old]
    after = encryption.encrypt(SECRET, context="prompt:1")

    assert encryption.decrypt(memoryview(before), context="prompt:1") == SECRET
    assert [encryption.needs_rotation(before), encryption.needs_rotation(after)] == [True, False]
    assert encryption.key_id(new).encode() == after[1:9].hex().encode()

    settings.PROMPT_KEYS = [new]
    assert encryption.decrypt(after, context="prompt:1") == SECRET
    with pytest.raises(CannotDecrypt):
        encryption.decrypt(before, context="prompt:1")


@pytest.mark.parametrize("keys", [[], ["short"], ["!" * 44], ["A" * 64]])
def test_bad_keys_fail_closed_and_unnamed(settings, keys):
    settings.PROMPT_KEYS = keys

    with pytest.raises(ImproperlyConfigured) as caught:
        encryption.encrypt(SECRET, context="x")

    assert not keys or keys[0] not in str(caught.value)


def test_no_error_holds_any_of_the_text(caplog):
    caplog.set_level(logging.DEBUG)
    blob = encryption.encrypt(SECRET, context="prompt:1")

    with pytest.raises(CannotDecrypt) as wrong_place:
        encryption.decrypt(blob, context="prompt:2")
    with pytest.raises(encryption.CannotEncrypt) as broken:
        encryption.encrypt(SECRET + "\ud800", context="prompt:1")

    for caught in (wrong_place, broken):
        assert caught.value.__context__ is None
        assert "canary" not in "".join(traceback.format_exception_only(caught.value)) + caplog.text
