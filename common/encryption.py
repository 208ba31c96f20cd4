"""Text encrypted at rest with AES-256-GCM, under keys that can be rotated without downtime.

A blob is: one byte of version, eight bytes naming the key, twelve of nonce, then ciphertext and tag. The caller's
context (such as "prompt:42") is bound in, so that a blob copied to another row does not open. No error of this module
carries any part of a text or a key.
"""

import base64
import binascii
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VERSION = b"\x01"
_KEY_ID_LENGTH = 8
_NONCE_LENGTH = 12
_TAG_LENGTH = 16
_HEADER_LENGTH = len(_VERSION) + _KEY_ID_LENGTH


class CannotDecrypt(Exception):
    """The blob is damaged, belongs elsewhere, or its key is gone; nothing of it is told."""


class CannotEncrypt(ValueError):
    """The text is not valid Unicode; nothing of it is told."""


def new_key() -> str:
    """A fresh key as PROMPT_KEYS wants it."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def encrypt(text: str, *, context: str) -> bytes:
    """Encrypt under the newest key; only the same context opens it again."""
    plain = _utf8(text)
    key_id, cipher = next(iter(_keys().items()))
    header = _VERSION + key_id
    nonce = os.urandom(_NONCE_LENGTH)
    return header + nonce + cipher.encrypt(nonce, plain, header + context.encode())


def decrypt(blob: bytes | memoryview, *, context: str) -> str:
    """The text, or CannotDecrypt."""
    blob = bytes(blob)
    cipher = _keys().get(_key_id(blob))
    plain = None if cipher is None else _opened(cipher, blob, context)
    # Raised outside any handler, so that no report follows __context__ to what was being worked on.
    if plain is None:
        raise CannotDecrypt("A stored text could not be decrypted.")
    return plain.decode()


def needs_rotation(blob: bytes | memoryview) -> bool:
    """Whether the blob was written under any but the newest key."""
    return _key_id(bytes(blob)) != next(iter(_keys()))


def key_id(key: str) -> str:
    """The public name of a key, as it stands in front of each blob, in hexadecimal."""
    return _named(_decoded(key)).hex()


def _opened(cipher: AESGCM, blob: bytes, context: str) -> bytes | None:
    header, rest = blob[:_HEADER_LENGTH], blob[_HEADER_LENGTH:]
    if len(rest) < _NONCE_LENGTH + _TAG_LENGTH:
        return None
    try:
        return cipher.decrypt(rest[:_NONCE_LENGTH], rest[_NONCE_LENGTH:], header + context.encode())
    except InvalidTag:
        return None


def _key_id(blob: bytes) -> bytes:
    return blob[len(_VERSION) : _HEADER_LENGTH] if blob[: len(_VERSION)] == _VERSION else b""


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass  # that error holds the whole text
    raise CannotEncrypt("The text holds a character that is not valid Unicode.")


def _keys() -> dict[bytes, AESGCM]:
    return _ciphers(tuple(settings.PROMPT_KEYS))


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """Ciphers by key id, newest first."""
    if not keys:
        raise ImproperlyConfigured("PROMPT_KEYS is empty.")
    return {_named(raw): AESGCM(raw) for raw in map(_decoded, keys)}


def _named(raw: bytes) -> bytes:
    return hashlib.sha256(b"promptuary key id" + raw).digest()[:_KEY_ID_LENGTH]


def _decoded(key: str) -> bytes:
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured("Each of PROMPT_KEYS must be 32 bytes in URL-safe base64.")
    return raw
