"""Whatever somebody changes, adds, deletes or swaps in a vouched table is found and named."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from adapters.database import models as m
from adapters.database.verify import SCHEMA, verify, vouched_tables, working_tables
from tests.adapters import verify_tampering as tampering
from tests.adapters.verify_history import Kept, a_kept
from tests.adapters.verify_tampering import KEYS, behind_its_back, blamed, rows_of, table_of
from tests.databases import Run

WITH_STREAM = [n for n in vouched_tables() if n != SCHEMA and "stream" in table_of(n).columns]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, run: Run, tmp_path_factory) -> Iterator[Kept]:
    with a_kept(request.param, run, tmp_path_factory.mktemp("kept")) as made:
        yield made


def test_an_honest_history_is_sound_and_touches_every_vouched_table(kept):
    verdict = verify(kept.engine, KEYS)
    assert verdict.faults == ()
    with kept.engine.connect() as connection:
        assert [n for n in vouched_tables() if not rows_of(connection, table_of(n))] == []
    assert verdict.counts["leaves"] == verdict.counts["events"] + verdict.counts["looks"]
    assert verdict.counts["not_yet_sealed"] == 0


def test_every_table_is_vouched_for_or_working():
    assert {*vouched_tables(), *working_tables()} == {*m.Base.metadata.tables, SCHEMA}


@pytest.mark.parametrize("name", vouched_tables())
def test_a_changed_column_is_found(kept, name):
    table, missed = table_of(name), []
    with behind_its_back(kept.engine) as connection:
        rows = rows_of(connection, table)
        for what, row, values in tampering.changes(table, rows):
            with connection.begin_nested() as here:
                tampering.change(connection, table, row, values)
                if name not in blamed(connection):
                    missed.append(what)
                here.rollback()
    assert missed == []


@pytest.mark.parametrize("name", vouched_tables())
def test_a_deleted_row_is_found(kept, name):
    table = table_of(name)
    with behind_its_back(kept.engine) as connection:
        rows = rows_of(connection, table)
        for row in (rows[0], rows[-1]):
            with connection.begin_nested() as here:
                tampering.remove(connection, table, row)
                assert name in blamed(connection)
                here.rollback()


@pytest.mark.parametrize("name", vouched_tables())
def test_an_added_row_is_found(kept, name):
    table = table_of(name)
    with behind_its_back(kept.engine) as connection:
        row = tampering.unlike(table, rows_of(connection, table)[0])
        tampering.add(connection, table, row)
        if name == "attempt":  # none but the service's own log would know of one since the seal
            assert tampering.judge(connection).counts["not_yet_sealed"] == 1
        else:
            assert name in blamed(connection)


@pytest.mark.parametrize("name", vouched_tables())
def test_two_rows_that_change_places_are_found(kept, name):
    table = table_of(name)
    with behind_its_back(kept.engine) as connection:
        rows = rows_of(connection, table)
        unlike = [row for row in rows[1:] if not tampering.same_beside_key(table, row, rows[0])]
        if unlike:
            tampering.swap(connection, table, rows[0], unlike[-1])
            assert name in blamed(connection)


@pytest.mark.parametrize("name", WITH_STREAM)
@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_a_row_added_to_a_stream_that_is_not_its_own_is_found(kept, name, whose):
    table = table_of(name)
    with behind_its_back(kept.engine) as connection:
        row = rows_of(connection, table)[0]
        streams = [r["id"] for r in rows_of(connection, table_of("stream"))]
        other = next(s for s in streams if s != row["stream"])
        stream = other if whose == "another's" else UUID(int=9)
        tampering.add(connection, table, tampering.unlike(table, row) | {"stream": stream})
        assert name in blamed(connection)


def test_a_fault_names_the_row_and_no_child(kept):
    table = table_of("child_copy")
    with behind_its_back(kept.engine) as connection:
        row = rows_of(connection, table)[0]
        tampering.change(connection, table, row, {"name": "Zebra Quagga"})
        [fault] = tampering.judge(connection).faults
    assert str(fault) == f"child_copy {row['id']}: name not as its events made it"


def test_one_fault_hides_no_other(kept):
    with behind_its_back(kept.engine) as connection:
        for name in ("party", "step_told", "look"):
            table = table_of(name)
            tampering.remove(connection, table, rows_of(connection, table)[0])
        assert {"party", "step_told", "look"} <= blamed(connection)
