"""The log's tree is RFC 6962's: anybody's tool can check it, and no altered proof passes."""

from collections.abc import Iterator

import pytest

from missing_service.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    Proof,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root,
)

# Inputs and roots published with the tests of the certificate-transparency reference.
PUBLISHED_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(data) for data in PUBLISHED_LEAVES]
MANY = [leaf_hash(str(n).encode()) for n in range(130)]
ROOTS = [root(MANY[:size]) for size in range(len(MANY) + 1)]


@pytest.mark.parametrize("size", range(9))
def test_root_is_the_published_one(size: int):
    assert root(HASHES[:size]).hex() == PUBLISHED_ROOTS[size]


# Inclusion (leaf, size) and consistency (old size, size) as published with the same data.
PUBLISHED_INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
PUBLISHED_CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.mark.parametrize(("index", "size", "wanted"), PUBLISHED_INCLUSION)
def test_inclusion_proof_is_the_published_one(index: int, size: int, wanted: list[str]):
    assert [step.hex() for step in inclusion_proof(HASHES[:size], index)] == wanted


@pytest.mark.parametrize(("old", "size", "wanted"), PUBLISHED_CONSISTENCY)
def test_consistency_proof_is_the_published_one(old: int, size: int, wanted: list[str]):
    assert [step.hex() for step in consistency_proof(HASHES[:size], old)] == wanted


def test_leaf_and_node_can_never_be_taken_for_one_another():
    left, right = HASHES[:2]
    assert node_hash(left, right) != leaf_hash(left + right)


def test_appending_one_by_one_gives_the_root_of_the_whole_at_every_size():
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(MANY, start=1):
        frontier = frontier.append(leaf)
        assert frontier.size == size
        assert frontier.root() == ROOTS[size]
        assert len(frontier.hashes) <= size.bit_length()


def test_a_stored_frontier_goes_on_where_it_stopped():
    for size in range(len(MANY)):
        stored = frontier_of(MANY[:size]).encode()
        assert Frontier.decode(stored).append(MANY[size]).root() == ROOTS[size + 1]


@pytest.mark.parametrize(
    "stored",
    [
        b"",  # nothing
        b"\x00" * 7,  # too short for a size
        (3).to_bytes(8, "big") + b"\x00" * 32,  # a size of three has two hashes
        (1).to_bytes(8, "big") + b"\x00" * 33,  # half a hash too many
    ],
)
def test_what_is_no_frontier_is_refused(stored: bytes):
    with pytest.raises(ValueError, match="not a frontier"):
        Frontier.decode(stored)


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index: int):
    with pytest.raises(IndexError):
        inclusion_proof(MANY[:3], index)


@pytest.mark.parametrize("old", [0, 4])
def test_no_proof_is_made_from_a_tree_that_never_was(old: int):
    with pytest.raises(IndexError):
        consistency_proof(MANY[:3], old)


def test_every_inclusion_proof_is_accepted_and_every_altered_one_rejected():
    for size in range(1, len(MANY) + 1):
        for index in range(size):
            proof = inclusion_proof(MANY[:size], index)
            assert proves_inclusion(MANY[index], index, size, proof, ROOTS[size])
            assert not proves_inclusion(_flip(MANY[index]), index, size, proof, ROOTS[size])
            assert not proves_inclusion(MANY[index], index, size, proof, _flip(ROOTS[size]))
            assert not any(
                proves_inclusion(MANY[index], index, size, bad, ROOTS[size]) for bad in _bad(proof)
            )


def test_an_inclusion_proof_holds_for_its_own_place_alone():
    for size in range(2, 40):
        for index in range(size):
            proof = inclusion_proof(MANY[:size], index)
            others = [n for n in range(-1, size + 1) if n != index]
            assert not any(
                proves_inclusion(MANY[index], n, size, proof, ROOTS[size]) for n in others
            )


def test_every_consistency_proof_is_accepted_and_every_altered_one_rejected():
    for size in range(1, len(MANY) + 1):
        for old in range(1, size + 1):
            proof = consistency_proof(MANY[:size], old)
            assert proves_consistency(old, size, ROOTS[old], ROOTS[size], proof)
            assert not proves_consistency(old, size, _flip(ROOTS[old]), ROOTS[size], proof)
            assert not proves_consistency(old, size, ROOTS[old], _flip(ROOTS[size]), proof)
            assert not any(
                proves_consistency(old, size, ROOTS[old], ROOTS[size], bad) for bad in _bad(proof)
            )


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_joins_sizes_that_do_not_follow(old: int, size: int):
    assert not proves_consistency(old, size, ROOTS[0], ROOTS[3], ())


def test_a_rewritten_history_is_not_consistent():
    rewritten = [*MANY[:2], leaf_hash(b"another"), *MANY[3:9]]
    proof = consistency_proof(rewritten, 7)
    assert not proves_consistency(7, 9, ROOTS[7], root(rewritten), proof)


def _flip(hashed: bytes) -> bytes:
    return bytes([hashed[0] ^ 1]) + hashed[1:]


def _bad(proof: Proof) -> Iterator[Proof]:
    """One step changed, one left out, one too many."""
    for at, step in enumerate(proof):
        yield (*proof[:at], _flip(step), *proof[at + 1 :])
    if proof:
        yield proof[:-1]
        yield proof[1:]
    yield (*proof, ROOTS[1])
    yield (ROOTS[1], *proof)
