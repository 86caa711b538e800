"""Verify as a whole: the logs' ends, effects, erased streams, parts of the database, snapshots."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from adapters.cipher import KeyRing
from adapters.database.verify import NoSuchEpisode, snapshot_of, verify, verify_on
from missing_service.domain.stored import canonical
from tests.adapters.verify_history import Kept, a_kept
from tests.adapters.verify_tampering import (
    KEYS,
    add,
    behind_its_back,
    blamed,
    change,
    hash_anew,
    judge,
    other,
    remove,
    rows_of,
    table_of,
)
from tests.databases import Run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, run: Run, tmp_path_factory) -> Iterator[Kept]:
    with a_kept(request.param, run, tmp_path_factory.mktemp("kept")) as made:
        yield made


def of_episode(connection: Any, reference: str, name: str) -> dict[str, Any]:
    """The first row of a table in the episode's stream."""
    episodes = rows_of(connection, table_of("episode"))
    stream = next(row["id"] for row in episodes if row["reference"] == reference)
    return next(row for row in rows_of(connection, table_of(name)) if row["stream"] == stream)


# the logs


def test_a_log_without_its_tail_is_found(kept):
    with behind_its_back(kept.engine) as connection:
        for row in rows_of(connection, table_of("duty_log"))[-3:]:
            remove(connection, table_of("duty_log"), row)
        assert {"duty_log", "log_head", "event"} <= blamed(connection)


def test_a_tail_cut_off_with_its_head_made_anew_is_found_by_its_events(kept):
    with behind_its_back(kept.engine) as connection:
        for row in rows_of(connection, table_of("duty_log"))[-3:]:
            remove(connection, table_of("duty_log"), row)
        hash_anew(connection)
        assert blamed(connection) == {"event"}


def test_a_tail_cut_off_with_its_events_is_found_by_their_streams(kept):
    with behind_its_back(kept.engine) as connection:
        last = rows_of(connection, table_of("duty_log"))[-1]
        remove(connection, table_of("duty_log"), last)
        remove(connection, table_of("event"), {"id": last["event"]})
        hash_anew(connection)
        assert "stream" in blamed(connection)


def test_two_facts_that_change_places_in_a_log_made_anew_are_found(kept):
    with behind_its_back(kept.engine) as connection:
        log = table_of("duty_log")
        stream = of_episode(connection, kept.reference, "event")["stream"]
        own = {r["id"] for r in rows_of(connection, table_of("event")) if r["stream"] == stream}
        one, two = [row for row in rows_of(connection, log) if row["event"] in own][:2]
        for row in (one, two):
            remove(connection, log, row)
        add(connection, log, one | {"event": two["event"]})
        add(connection, log, two | {"event": one["event"]})
        hash_anew(connection)
        assert blamed(connection) == {"duty_log"}


# events and their effects


@pytest.mark.parametrize(
    ("word", "table", "part"), [("opened", "obligation", 2), ("queued", "delivery", 1)]
)
def test_an_effect_altered_in_a_log_made_anew_is_found_by_the_row_it_made(kept, word, table, part):
    with behind_its_back(kept.engine) as connection:
        event, leaf, effect = _first_effect(connection, word, table)
        effect[part]["urgent" if table == "delivery" else "force"] = None
        change(connection, table_of("event"), event, {"leaf": canonical(leaf)})
        hash_anew(connection)
        assert table in blamed(connection)


def _first_effect(connection: Any, word: str, name: str) -> tuple[Any, Any, Any]:
    for event in rows_of(connection, table_of("event")):
        leaf = json.loads(event["leaf"])
        for effect in leaf["effects"]:
            if effect[0] == word and name in ("delivery", effect[1]):
                return event, leaf, effect
    raise AssertionError(f"no effect {word} {name}")


@pytest.mark.parametrize(
    "bytes_", [b"", b"{}", b"[]", b"\xff", b'{"effects":[["queued"]],"commit":null}']
)
def test_bytes_that_are_no_event_are_named_and_stop_nothing(kept, bytes_):
    with behind_its_back(kept.engine) as connection:
        event = of_episode(connection, kept.reference, "event")
        change(connection, table_of("event"), event, {"leaf": bytes_})
        look = rows_of(connection, table_of("look"))[0]
        change(connection, table_of("look"), look, {"leaf": bytes_})
        assert {"event", "look", "duty_log", "access_log"} <= blamed(connection)


def test_what_no_row_can_hold_is_named(kept):
    with behind_its_back(kept.engine) as connection:
        connection.execute(text("UPDATE obligation SET state = 'ELSE'"))
        connection.execute(text("UPDATE party SET failing = 'no list'"))
        assert {"obligation", "party"} <= blamed(connection)


# psycopg leaves cursors open that a failed transaction has closed already
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_table_that_cannot_be_read_is_named(kept):
    with behind_its_back(kept.engine) as connection:
        connection.execute(text("ALTER TABLE act RENAME TO act_before"))
        assert "act" in blamed(connection)


# keys


def test_without_its_key_a_stream_is_compared_as_far_as_it_is_public(kept):
    """Erasing is to be an event; where none says so, the missing key itself is the fault."""
    with behind_its_back(kept.engine) as connection:
        stream = rows_of(connection, table_of("child_copy"))[0]["stream"]
        own = {"id": stream}
        change(connection, table_of("stream"), own, {"wrapped_key": None})
        texts = table_of("private_text")
        connection.execute(texts.delete().where(texts.c.stream == stream))
        remove(connection, table_of("child_copy"), own)
        assert [fault.table for fault in judge(connection).faults] == ["stream"]


def test_with_another_master_key_every_stream_is_named(kept):
    verdict = verify(kept.engine, KeyRing({1: b"x" * 32}))
    streams = [fault for fault in verdict.faults if fault.table == "stream"]
    assert len(streams) == verdict.counts["streams"]


# a part of the database


def test_one_episode_is_looked_at_with_its_child(kept):
    verdict = verify(kept.engine, KEYS, episode=kept.reference)
    assert verdict.is_sound
    assert verdict.counts["streams"] == 2
    assert verdict.counts["attempts"] > 0


@pytest.mark.parametrize("name", ["event", "obligation", "delivery", "private_text"])
def test_a_fault_of_one_episode_is_found_with_it_and_not_with_the_other(kept, name):
    with behind_its_back(kept.engine) as connection:
        episodes = rows_of(connection, table_of("episode"))
        another = next(e["reference"] for e in episodes if e["reference"] != kept.reference)
        table = table_of(name)
        row = of_episode(connection, kept.reference, name)
        column = {"private_text": "content", "event": "leaf"}.get(name, "stream")
        if column == "stream":
            remove(connection, table, row)
        else:
            change(connection, table, row, {column: other(table.c[column], row[column])})
        assert name in blamed(connection, episode=kept.reference)
        assert blamed(connection, episode=another) == set()


def test_an_unknown_reference_is_no_episode(kept):
    with pytest.raises(NoSuchEpisode):
        verify(kept.engine, KEYS, episode="HRW-00000")


def test_only_streams_that_moved_since_are_looked_at(kept):
    size = verify(kept.engine, KEYS).counts["events"]
    verdict = verify(kept.engine, KEYS, since=size - 1)
    assert verdict.is_sound
    assert verdict.counts["streams"] == 1


def test_progress_is_told_stream_by_stream(kept):
    told: list[int] = []
    verdict = verify(kept.engine, KEYS, progress=told.append)
    assert told == list(range(1, verdict.counts["streams"] + 1))


def test_what_is_written_meanwhile_is_not_seen(kept, run, tmp_path):
    """One snapshot: rows that a writer commits between two tables make no fault."""
    kind = kept.engine.dialect.name
    with a_kept(kind, run, tmp_path) as own, snapshot_of(own.engine) as connection:
        before = rows_of(connection, table_of("party"))
        with own.engine.connect() as writer, writer.begin():
            writer.execute(text("UPDATE party SET last_number = last_number + 1"))
        assert verify_on(connection, KEYS).is_sound
        assert rows_of(connection, table_of("party")) == before
