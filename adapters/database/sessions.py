"""Who is signed in to the pages: working rows of one transaction; they prove nothing."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from adapters.database.models import SessionTable
from missing_service.ports import Session

T = SessionTable
COLUMNS = T.__table__.columns


class SqlSessions:
    """The `Sessions` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, token_hash: bytes) -> Session | None:
        query = select(*COLUMNS).where(T.token_hash == token_hash)
        row = self._connection.execute(query).first()
        return Session(*row) if row else None

    def begin(self, session: Session) -> None:
        self._connection.execute(insert(T).values(_values(session)))

    def save(self, session: Session) -> None:
        """A session that was ended meanwhile stays ended."""
        own = T.token_hash == session.token_hash
        values = {"seen_at": session.seen_at, "content": session.content}
        self._connection.execute(update(T).where(own).values(values))

    def end(self, token_hash: bytes) -> None:
        self._connection.execute(delete(T).where(T.token_hash == token_hash))

    def end_begun_before(self, instant: datetime) -> None:
        self._connection.execute(delete(T).where(T.created_at < instant))


def _values(session: Session) -> dict[str, object]:
    return {column.key: getattr(session, column.key) for column in COLUMNS}
