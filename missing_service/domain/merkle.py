"""RFC 6962 hash tree over the log's leaves: root, append, and proofs that a stranger can check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

WIDTH = 32  # bytes of a SHA-256
EMPTY_ROOT = sha256(b"").digest()

Proof = tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf's stored bytes; the prefix keeps it apart from every inner node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of a tree's whole subtrees, largest first: all that appending needs."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf hash: as many joins as whole subtrees are completed."""
        hashes, node, joined = list(self.hashes), leaf, self.size
        while joined & 1:
            node = node_hash(hashes.pop(), node)
            joined >>= 1
        return Frontier(self.size + 1, (*hashes, node))

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        return list(accumulate(reversed(self.hashes), lambda right, left: node_hash(left, right)))[
            -1
        ]

    def encode(self) -> bytes:
        """The size in 8 bytes, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def decode(cls, data: bytes) -> "Frontier":
        """What `encode` wrote; ValueError where it cannot have been."""
        size, rest = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(rest) != WIDTH * size.bit_count():
            raise ValueError("not a frontier: its length does not fit its size")
        hashes = (rest[at : at + WIDTH] for at in range(0, len(rest), WIDTH))
        return cls(size, tuple(hashes))


def frontier_of(leaves: Iterable[bytes]) -> Frontier:
    """The frontier of these leaf hashes, in one pass and little memory."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, by the RFC's own recursion."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> Proof:
    """What leads from leaf `index` (from 0) to the root over all of `leaves`."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return (*inclusion_proof(left, index), root(right))
    return (*inclusion_proof(right, index - split), root(left))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> Proof:
    """What shows that the tree over `leaves` only extends the one over its first `old_size`."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} does not extend one of {old_size}")
    return _consistency(leaves, old_size, is_whole=True)


def _consistency(leaves: Sequence[bytes], old_size: int, *, is_whole: bool) -> Proof:
    if old_size == len(leaves):
        return () if is_whole else (root(leaves),)
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return (*_consistency(left, old_size, is_whole=is_whole), root(right))
    return (*_consistency(right, old_size - split, is_whole=False), root(left))


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Proof, wanted_root: bytes) -> bool:
    """Whether the proof leads from this leaf hash, at this place, to that root (RFC 9162 2.1.3)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            place, last = _past_lone_nodes(place, last)
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == wanted_root


def _past_lone_nodes(place: int, last: int) -> tuple[int, int]:
    """Up to where the node is a right one: a lone node on the right edge is carried up unhashed."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def proves_consistency(
    old_size: int, size: int, old_root: bytes, new_root: bytes, proof: Proof
) -> bool:
    """Whether the proof shows that the new tree only extends the old one (RFC 9162 2.1.4)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    is_whole = old_size & (old_size - 1) == 0
    path = (old_root, *proof) if is_whole else proof
    return bool(path) and _joins(old_size - 1, size - 1, path, (old_root, new_root))


def _joins(place: int, last: int, path: Proof, roots: tuple[bytes, bytes]) -> bool:
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            place, last = _past_lone_nodes(place, last)
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == roots
