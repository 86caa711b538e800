"""What the rules are given: the directory as it stands, and policies by version, read once and
kept."""

import orjson
from sqlalchemy import bindparam, select

from adapters.database import models as m
from adapters.database.reading import Reading
from missing_service.domain.calendar import Calendar
from missing_service.domain.directory import Directory
from missing_service.domain.policy import Policy, policy_from_json
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.telling import DIRECTORY_STREAM
from missing_service.ports import Draw


class Books:
    """Keeps the directory until its stream moves on; a policy version never changes."""

    def __init__(self, policy: Policy, calendar: Calendar, public_url: str) -> None:
        self.policy = policy
        self.calendar = calendar
        self._public_url = public_url
        self._policies = {policy.version: policy}
        self.current = Directory.from_entries({})
        self.read_at = 0

    def rulebook(self, reading: Reading, draw: Draw, last_n: int) -> Rulebook:
        """The rulebook of one transaction; `last_n` is the directory stream's."""
        return Rulebook(
            policy=self.policy,
            policy_of=lambda version: self._policy_of(reading, version),
            directory=self.directory(reading, last_n),
            calendar=self.calendar,
            draw=draw,
            public_url=self._public_url,
        )

    def directory(self, reading: Reading, last_n: int) -> Directory:
        """As it stood when its stream had come to `last_n`."""
        if last_n != self.read_at:
            self.current = read_directory(reading)
            self.read_at = last_n
        return self.current

    def _policy_of(self, reading: Reading, version: str) -> Policy:
        if version not in self._policies:
            table = m.PolicyVersionTable
            found = reading.connection.execute(select(table.body).where(table.version == version))
            self._policies[version] = policy_from_json(found.scalar_one())
        return self._policies[version]


def read_directory(reading: Reading) -> Directory:
    table = m.DirectoryEntryTable
    found = reading.connection.execute(select(table.kind, table.identity, table.body))
    return Directory.from_entries({(k, i): orjson.loads(body) for k, i, body in found})


_streams = m.StreamTable
HOW_FAR = select(_streams.last_n).where(_streams.id == bindparam("id"))


def directory_version(reading: Reading) -> int:
    """How far the directory's stream has come."""
    found = reading.first(HOW_FAR, id=DIRECTORY_STREAM)
    return found[0] if found else 0
