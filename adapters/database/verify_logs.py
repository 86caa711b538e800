"""The two logs: gapless, each fact once, and the head that their hashes make."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select

from adapters.database import models as m
from adapters.database.log import LOGS
from adapters.database.reading import LookRow
from adapters.database.verify_rows import Findings, Snapshot, raw, shown, unlike
from missing_service.domain.merkle import Frontier, leaf_hash
from missing_service.domain.replay import UNFIT

TABLES = m.Base.metadata.tables
HEAD: Table = TABLES["log_head"]
LOOK: Table = TABLES["look"]
ACCESS: Table = TABLES["access_log"]


def check_logs(snapshot: Snapshot, findings: Findings) -> None:
    """Both logs from the first row to the last, and nothing beside them."""
    heads = {row.log: tuple(row) for row in snapshot.rows("log_head", _raw(HEAD))}
    for log in LOGS:
        _check_head(snapshot, findings, log, heads.pop(log, None))
        _find_repeated(snapshot, findings, log)
    for log in heads:
        findings.add("log_head", log, "there is no such log")
    _check_looks(snapshot, findings)


def _raw(table: Table) -> Any:
    return select(*map(raw, table.columns))


def _check_head(snapshot: Snapshot, findings: Findings, log: str, head: Any) -> None:
    frontier = Frontier()
    for hashed in _hashes(snapshot, findings, log):
        frontier = frontier.append(hashed)
    findings.counts["leaves"] += frontier.size
    wanted = {
        "log": log,
        "size": frontier.size,
        "frontier": frontier.encode(),
        "root": frontier.root(),
    }
    values = snapshot.statements.insert["log_head"].given(wanted)
    if head is None:
        findings.add("log_head", log, "is gone")
    elif head != values:
        names = unlike(HEAD, head, values)
        findings.add("log_head", log, f"{names} unlike the rows of the log")
        findings.add(LOGS[log][0], "as a whole", f"its rows do not make the {names} of its head")


def _hashes(snapshot: Snapshot, findings: Findings, log: str) -> Iterator[bytes]:
    name, source = LOGS[log]
    table, of = TABLES[name], TABLES[source]
    query = select(table.c.n, table.c.leaf_hash, table.c[source].label("of"), of.c.id)
    query = query.outerjoin(of, of.c.id == table.c[source]).order_by(table.c.n)
    for place, row in enumerate(snapshot.rows(name, query), start=1):
        if row.n != place:
            findings.add(name, row.n, f"stands where {place} is next")
        if row.id is None:
            findings.add(name, row.n, f"{source} {row.of} is gone")
            findings.add(source, row.of, f"is gone, though {name} {row.n} holds it")
        yield row.leaf_hash


def _find_repeated(snapshot: Snapshot, findings: Findings, log: str) -> None:
    name, source = LOGS[log]
    column = TABLES[name].c[source]
    repeated = select(column).group_by(column).having(func.count() > 1)
    for row in snapshot.rows(name, repeated):
        findings.add(name, row[0], f"the {source} stands in it more than once")


def _check_looks(snapshot: Snapshot, findings: Findings) -> None:
    """Each look once in the access log, its columns as its bytes say."""
    query = select(*map(raw, LOOK.columns), ACCESS.c.n.label("log_n"), ACCESS.c.leaf_hash)
    query = query.outerjoin(ACCESS, ACCESS.c.look == LOOK.c.id).order_by(LOOK.c.id)
    for row in snapshot.rows("look", query):
        findings.counts["looks"] += 1
        _check_look(snapshot, findings, row)


def _check_look(snapshot: Snapshot, findings: Findings, row: Any) -> None:
    if row.log_n is None:
        findings.add("look", row.id, "stands in no row of access_log")
    elif leaf_hash(row.leaf) != row.leaf_hash:
        where = f"access_log {row.log_n}"
        findings.add("look", row.id, f"its bytes are not those that {where} holds")
        findings.add("access_log", row.log_n, f"its hash is not that of look {shown(row.id)}")
    try:
        wanted = snapshot.statements.insert["look"].values(_row_of(json.loads(row.leaf), row.leaf))
    except UNFIT:
        findings.add("look", row.id, "its bytes are not a look's")
        return
    if names := unlike(LOOK, tuple(row)[:-2], wanted):
        findings.add("look", row.id, f"{names} unlike its bytes")


def _row_of(leaf: Mapping[str, Any], stored: bytes) -> LookRow:
    return LookRow(UUID(leaf["id"]), datetime.fromisoformat(leaf["at"]), stored)
