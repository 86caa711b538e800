"""What the service looks at in itself, hourly: the rows against the logs, and its invariants."""

from datetime import datetime

from sqlalchemy import Engine, select

from adapters.cipher import KeyRing
from adapters.database.invariants import broken
from adapters.database.models import LogHeadTable
from adapters.database.verify import snapshot_of, verify_on
from missing_service.domain.policy import Figures
from missing_service.ports import Looked


def look_at(
    engine: Engine, keys: KeyRing, now: datetime, figures: Figures, *, since: int
) -> Looked:
    """Look at one snapshot: at what moved since the duty log's row `since`, or, from 0, at all."""
    with snapshot_of(engine) as connection:
        size = select(LogHeadTable.size).where(LogHeadTable.log == "duty")
        reached = connection.execute(size).scalar() or 0
        verdict = verify_on(connection, keys, since=since)
        return Looked(reached, (*broken(connection, now, figures), *verdict.faults))
