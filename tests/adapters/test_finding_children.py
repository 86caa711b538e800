"""Children are found by what is kept of each: in a council of 100,000 no table is read whole."""

from typing import Any

from sqlalchemy import event

from adapters.database.engine import make_engine
from adapters.database.queries import Queries
from missing_service.domain.matching import Sought, wanted_keys
from tests.adapters.verify_history import HARROW

SOUGHT = Sought(name="Samuel Okoro", date_of_birth="2012-05-01", case_id="C-1")


def test_a_search_reads_by_its_keys_alone(migrated_sqlite_url: str) -> None:
    engine, asked = make_engine(migrated_sqlite_url), []

    def note(_connection: Any, _cursor: Any, text: str, given: Any, *_: Any) -> None:
        asked.append((text, given))

    event.listen(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        found = Queries(connection).children(HARROW, wanted_keys(SOUGHT), 100)
        text, given = asked[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()
    engine.dispose()
    steps = [row[-1] for row in plan]
    assert list(found) == []
    assert "ix_child_key_wanted" in " ".join(steps)
    assert [step for step in steps if step.startswith("SCAN") and "anon" not in step] == []


def test_nothing_looked_for_is_nothing_asked(migrated_sqlite_url: str) -> None:
    engine = make_engine(migrated_sqlite_url)
    with engine.connect() as connection:
        assert list(Queries(connection).children(HARROW, {}, 100)) == []
    engine.dispose()
