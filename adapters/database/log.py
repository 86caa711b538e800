"""The audit log's append: the head row is locked last, and nothing else is written under its
lock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from adapters.database.statements import Statements
from missing_service.domain.merkle import Frontier, leaf_hash

LOGS = {"duty": ("duty_log", "event"), "access": ("access_log", "look")}


def append(
    cursor: Any, statements: Statements, log: str, leaves: Sequence[tuple[UUID, bytes]]
) -> None:
    """Append the leaves in order, gapless, and move the head on."""
    if not leaves:
        return
    mark, (table, source) = statements.mark, LOGS[log]
    for_update = " FOR UPDATE" if mark == "%s" else ""
    head = cursor.connection.cursor()  # its own: the other's answers may still be under way
    find = f"SELECT size, frontier FROM log_head WHERE log = {mark}{for_update}"  # nosec B608 - a mark
    head.execute(find, (log,))
    size, stored = head.fetchone()
    frontier = Frontier.decode(bytes(stored))
    insert, rows = statements.insert[table], []
    for place, (row, leaf) in enumerate(leaves, start=size + 1):
        hashed = leaf_hash(leaf)
        frontier = frontier.append(hashed)
        rows.append(insert.given({"n": place, source: row, "leaf_hash": hashed}))
    insert.send(cursor, rows)
    update = statements.update["log_head"]
    moved = {
        "log": log,
        "size": size + len(leaves),
        "frontier": frontier.encode(),
        "root": frontier.root(),
    }
    cursor.execute(update.text, update.given(moved))
