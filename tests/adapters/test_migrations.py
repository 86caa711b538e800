"""The migrations make the tables that the models name, on both databases."""

from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, column, insert, select, table

from adapters.database.engine import make_engine
from adapters.database.migrate import config, current, newest, upgrade, upgrade_engine
from adapters.database.models import Base, ChildCopyTable, ChildKeyTable, StreamTable
from adapters.database.types import Id

HARROW = "E09000015"
BEFORE_CHILDREN = "0003"


def test_the_migrated_database_is_what_the_models_say(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert current(connection) == newest()
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite_url", "postgres_url"])
def test_children_recorded_before_are_found_after(request: pytest.FixtureRequest, kind: str):
    engine = make_engine(request.getfixturevalue(kind))
    _upgrade_to(engine, BEFORE_CHILDREN)
    with engine.begin() as connection:
        for n in range(1, 4):
            _record_child(connection, UUID(int=n))
    upgrade_engine(engine)
    with engine.connect() as connection:
        keys = select(ChildKeyTable.key).where(ChildKeyTable.stream == UUID(int=3))
        found = set(connection.execute(keys.where(ChildKeyTable.council == HARROW)).scalars())
        former = connection.execute(select(ChildCopyTable.former_names)).scalars().all()
    engine.dispose()
    assert found == {"name sam", "name okoro", "start oko", "born 2012-05-01", "case c3"}
    assert former == [(), (), ()]


def _upgrade_to(engine: Engine, revision: str) -> None:
    settings = config()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def _record_child(connection: Connection, stream: UUID) -> None:
    """As it was done before children were searched for."""
    ids = {"id": stream, "stream": stream}
    row = {"id": stream, "kind": "child", "last_n": 1, "wrapped_key": None, "key_version": 1}
    connection.execute(insert(StreamTable).values(row))
    child = table("child", column("id", Id()), column("stream", Id()), column("council"))
    connection.execute(child.insert().values(ids | {"council": HARROW}))
    names = ("name", "description", "date_of_birth", "case_id")
    copy = table("child_copy", column("id", Id()), column("stream", Id()), *map(column, names))
    said = {"name": "Sam Okoro", "date_of_birth": "2012-05-01", "case_id": f"C{stream.int}"}
    connection.execute(copy.insert().values(ids | said))
