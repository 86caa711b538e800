"""The rows that people read against those that a stream's events and effects make."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from adapters.database.statements import TABLES
from adapters.database.verify_rows import Findings, Snapshot, keys_of, unlike
from missing_service.domain.episode import ChildCopy, ChildKey

COPIES = (ChildCopy, ChildKey)
Rows = dict[tuple[Any, ...], Sequence[Any]]
Replayed = Iterable[tuple[type, Any]]


def compare(
    found: Mapping[type, Sequence[Any]],
    wanted: Replayed,
    snapshot: Snapshot,
    findings: Findings,
    *,
    is_erased: bool,
) -> None:
    """Name each row of the stream that is not as replay makes it; copies go with the key."""
    must: dict[type, Rows] = {kind: {} for kind in found}
    for kind, row in wanted:
        values = snapshot.statements.insert[TABLES[kind].name].values(row)
        must[kind][keys_of(TABLES[kind], values)] = values
    for kind, rows in found.items():
        if not (is_erased and kind in COPIES):
            findings.counts["rows"] += len(rows)
            _compare(TABLES[kind], rows, must[kind], findings)


def _compare(table: Table, rows: Sequence[Any], must: Rows, findings: Findings) -> None:
    for row in rows:
        key = keys_of(table, row)
        wanted = must.pop(key, None)
        if wanted is None:
            findings.add(table.name, key, "no event made it")
        elif tuple(row) != wanted:
            names = unlike(table, row, wanted)
            findings.add(table.name, key, f"{names} not as its events made it")
    for key in must:
        findings.add(table.name, key, "is gone, though its events made it")
