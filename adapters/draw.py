"""Ids and salts of one act, all from one seed: the act run again draws the same ones."""

import os
from datetime import datetime
from hashlib import blake2b, sha256
from uuid import UUID

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is confused when read out


class SeededDraw:
    """Draws in order; `restart()` begins the same sequence again."""

    def __init__(self, at: datetime, seed: bytes | None = None) -> None:
        self._milliseconds = int(at.timestamp() * 1000)
        self._seed = seed or os.urandom(32)
        self._count = 0

    def restart(self) -> None:
        self._count = 0

    def salt(self) -> bytes:
        self._count += 1
        return blake2b(self._count.to_bytes(8, "big"), key=self._seed, digest_size=32).digest()

    def id(self) -> UUID:
        """UUIDv7: milliseconds, the place in this draw, then bits that nobody can guess."""
        drawn = self.salt()
        value = (self._milliseconds & (2**48 - 1)) << 80
        value |= 0x7 << 76 | (self._count & 0xFFF) << 64
        value |= 0b10 << 62 | int.from_bytes(drawn[:8], "big") & (2**62 - 1)
        return UUID(int=value)

    def code(self, length: int) -> str:
        drawn = sha256(self.salt()).digest()
        return "".join(LETTERS[byte % len(LETTERS)] for byte in drawn[:length])
