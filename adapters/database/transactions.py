"""How a transaction begins, fails and ends, the same for both databases."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Each statement is its own transaction: on PostgreSQL one round trip instead of three."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        yield  # it begins nothing by itself
        return
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False


def roll_back(transaction: Any, sent_together: ExitStack) -> None:
    """What was sent together is given up first: what else it would say is said already."""
    with suppress(Exception):
        sent_together.close()
    try:
        if transaction.is_active:
            transaction.rollback()
        else:  # committed, for all the driver knew
            transaction.connection.invalidate()
    except DBAPIError:
        transaction.connection.invalidate()


@contextmanager
def in_one_form(connection: Connection) -> Iterator[None]:
    """The driver's own faults as SQLAlchemy's: each is judged in one place."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    driver_error: Any = dialect.loaded_dbapi.Error
    try:
        yield
    except driver_error as fault:
        is_gone = dialect.is_disconnect(fault, driver, None)
        raise DBAPIError.instance(
            None, None, fault, driver_error, connection_invalidated=is_gone, dialect=dialect
        ) from fault


@contextmanager
def closing(connection: Connection) -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()
