"""Who asks: the key, and the person whom it names."""

import re
from dataclasses import dataclass
from hashlib import sha256

from flask import request

from missing_service.access.on_behalf import read_on_behalf
from missing_service.api.errors import Unauthenticated
from missing_service.domain.directory import Key
from missing_service.domain.errors import Invalid
from missing_service.domain.events import Actor
from missing_service.usecases.read_with_look import Looker
from missing_service.usecases.service import RequestKey, Service

BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,1000})", re.IGNORECASE)
KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: by whom, of which service, and under which key it may be asked again."""

    service: Service
    actor: Actor
    looker: Looker
    key: RequestKey | None = None


def find_key(service: Service) -> tuple[Key, str]:
    """The key in force whose token came with the request, and the session that it stands for."""
    found = BEARER.fullmatch(request.headers.get("Authorization", ""))
    if not found:
        raise Unauthenticated
    token = sha256(found[1].encode()).hexdigest()
    key = service.store.directory().key_for(token, service.clock.now())
    if key is None:
        raise Unauthenticated
    return key, token[:16]


def actor_of(key: Key) -> Actor:
    """The key's role and organisation, and the person named by it."""
    name, title = read_on_behalf(request.headers.get("On-Behalf-Of"))
    return Actor(f"key:{key.name}", key.organisation, key.role, name, title)


def request_key(actor: Actor) -> RequestKey | None:
    """Under which an act is done once: whose, which, and a hash of all that was asked."""
    given = request.headers.get("Idempotency-Key")
    if given is None or request.method != "POST":
        return None
    if not KEY.fullmatch(given):
        raise Invalid({"Idempotency-Key": "Give 1 to 255 printable ASCII characters."})
    whole = b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data()))
    return RequestKey(f"{actor.principal}|{actor.name or ''}", given, sha256(whole).digest())
