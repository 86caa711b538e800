"""The migrations make the tables that the models name, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from adapters.database.engine import make_engine
from adapters.database.migrate import current, newest, upgrade
from adapters.database.models import Base


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
