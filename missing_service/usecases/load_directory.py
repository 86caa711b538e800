"""Make the directory and the policy known: what a file names is added and changed, nothing
removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from missing_service.domain.directory import Entries, changes
from missing_service.domain.events import Actor, DirectoryChanged, PolicyLoaded
from missing_service.domain.policy import Policy, policy_to_json
from missing_service.domain.registry import DirectoryEntry, PolicyVersion
from missing_service.domain.telling import DIRECTORY_STREAM, SERVICE_STREAM
from missing_service.journal import record
from missing_service.usecases.service import Service

Secrets = Mapping[tuple[str, str], Sequence[str]]


def found_streams(service: Service) -> None:
    """Open the streams of the directory and of the service itself, once."""
    at = service.clock.now()

    def once(unit: Any) -> None:
        for stream, kind in ((DIRECTORY_STREAM, "directory"), (SERVICE_STREAM, "service")):
            if unit.find("stream", stream) is None:
                unit.open_stream(stream, kind)

    service.store.write(once, service.new_draw(at))


def keep_policy(service: Service, policy: Policy, *, actor: Actor) -> bool:
    """Keep this version for the obligations that are opened under it."""
    at = service.clock.now()

    def once(unit: Any) -> bool:
        unit.lock(DIRECTORY_STREAM)
        if unit.state.find(PolicyVersion, policy.version):
            return False
        event = PolicyLoaded(
            **_head(unit, actor, at), version=policy.version, body=policy_to_json(policy)
        )
        record(unit, event)
        return True

    return service.store.write(once, service.new_draw(at))


def load_directory(
    service: Service, entries: Entries, secrets: Secrets, *, actor: Actor
) -> list[str]:
    """Add and change what the entries name; answers what changed, one line each."""
    at = service.clock.now()

    def once(unit: Any) -> list[str]:
        unit.lock(DIRECTORY_STREAM)
        rows = unit.state.all(DirectoryEntry, DIRECTORY_STREAM)
        current = {(r.kind, r.identity): orjson.loads(r.body) for r in rows}
        found = changes(current, entries)
        if found:
            record(unit, _event(unit, found, secrets, actor, at))
        return [f"{'changed' if c.was else 'added'} {c.kind} {c.identity}" for c in found]

    return service.store.write(once, service.new_draw(at))


def _head(unit: Any, actor: Actor, at: datetime) -> dict[str, Any]:
    return {"id": unit.draw.id(), "stream": DIRECTORY_STREAM, "at": at, "by": actor}


def _event(
    unit: Any, found: Sequence[Any], secrets: Secrets, actor: Actor, at: datetime
) -> DirectoryChanged:
    named = {(c.kind, c.identity) for c in found}
    return DirectoryChanged(
        **_head(unit, actor, at),
        changes=tuple({"kind": c.kind, "identity": c.identity, "now": c.now} for c in found),
        secrets={
            f"{kind}/{identity}": list(values)
            for (kind, identity), values in secrets.items()
            if (kind, identity) in named
        },
    )
