"""Questions about many ids at once, in statements made once for a few numbers of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam

from adapters.database.types import Id

SIZES = (1, 4, 16, 64, 256)  # the last id is named again until the next larger is full
Ids = Sequence[Any]


class Batch:
    """One question, by the ids that it is about."""

    def __init__(self, make: Callable[[Ids], Any]) -> None:
        self._make = make
        self._made: dict[int, Any] = {}

    def of(self, ids: Sequence[UUID]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each statement to be asked, with its values."""
        for first in range(0, len(ids), SIZES[-1]):
            some = ids[first : first + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(some))
            padded = [*some, *[some[-1]] * (size - len(some))]
            yield self._statement(size), {f"id_{n}": each for n, each in enumerate(padded)}

    def _statement(self, size: int) -> Any:
        if size not in self._made:
            ids = [bindparam(f"id_{n}", type_=Id) for n in range(size)]
            self._made[size] = self._make(ids)
        return self._made[size]
