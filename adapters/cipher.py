"""Private text at rest: AES-256-GCM under a key per stream, itself wrapped by a versioned master
key."""

import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from missing_service.ports import UnreadableText

NONCE = 12


class Unreadable(UnreadableText):
    """The bytes were altered, moved from another place, or their key is gone."""


class KeyRing:
    """Master keys by version; the highest wraps new stream keys, all of them unwrap."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError("MISSING_DATA_KEYS needs at least one key of 32 bytes.")
        self._keys = {version: AESGCM(key) for version, key in keys.items()}
        self.newest = max(keys)

    def new_key(self, stream: UUID) -> tuple[bytes, bytes]:
        """A fresh stream key: plain, and wrapped for storing."""
        key = os.urandom(32)
        return key, self.wrap(key, stream)

    def wrap(self, key: bytes, stream: UUID) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._keys[self.newest].encrypt(nonce, key, self._place(stream, self.newest))

    def unwrap(self, wrapped: bytes, stream: UUID, version: int) -> bytes:
        if version not in self._keys:
            raise Unreadable(f"master key {version} is not in MISSING_DATA_KEYS")
        place = self._place(stream, version)
        return _decrypt(self._keys[version], wrapped, place)

    @staticmethod
    def _place(stream: UUID, version: int) -> bytes:
        return b"stream-key|%d|" % version + stream.bytes


def encrypt(key: bytes, text: UUID, payload: bytes) -> bytes:
    """The payload, readable only with the key and only in the place of this text."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, payload, b"text|" + text.bytes)


def decrypt(key: bytes, text: UUID, stored: bytes) -> bytes:
    return _decrypt(AESGCM(key), stored, b"text|" + text.bytes)


def _decrypt(cipher: AESGCM, stored: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(stored[:NONCE], stored[NONCE:], place)
    except (InvalidTag, ValueError) as fault:
        raise Unreadable(
            "private text cannot be read: altered, moved, or its key is gone"
        ) from fault
