"""Who may do what: the one table. What stands in no row is not served."""

from collections.abc import Mapping
from dataclasses import dataclass

from missing_service.domain.codes import Role
from missing_service.domain.errors import Invalid, NotAllowed
from missing_service.domain.events import Actor

EDT, INTERVIEWER, MANAGER = Role.EDT, Role.INTERVIEWER, Role.MANAGER
POLICE, LEAD, ADMIN = Role.POLICE, Role.LEAD, Role.ADMIN
NAME_THE_PERSON = "Name the person who does this: name=<percent-encoded UTF-8>; role=<role>."


@dataclass(frozen=True, slots=True)
class Permission:
    roles: frozenset[Role]
    is_personal: bool = False  # a person must be named for the record


def _for(*roles: Role, named: bool = False) -> Permission:
    return Permission(frozenset(roles), named)


_SEES_EPISODES = _for(EDT, MANAGER, INTERVIEWER, LEAD, POLICE)

PERMISSIONS: Mapping[str, Permission] = {
    "report": _for(EDT),
    "read episodes": _SEES_EPISODES,
    "update": _for(EDT, MANAGER, POLICE),
    "keep photo": _for(EDT, MANAGER),
    "change category": _for(EDT, MANAGER),
    "record coming back": _for(EDT, MANAGER, POLICE),
    "record told": _for(EDT, MANAGER),
    "change owner": _for(EDT, MANAGER, named=True),
    "ask": _for(POLICE, EDT, MANAGER),
    "answer a question": _for(POLICE, EDT, MANAGER),
    "correct": _for(EDT, MANAGER, POLICE, named=True),
    "link": _for(EDT, MANAGER, named=True),
    "withdraw": _for(EDT, MANAGER, named=True),
    "search children": _for(EDT, MANAGER),
    "read profile": _for(EDT, MANAGER),
    "keep profile": _for(EDT, MANAGER),
    "read obligations": _for(MANAGER, LEAD, EDT, POLICE),
    "acknowledge": _for(POLICE, EDT),  # by telephone it is personal: the call itself asks
    "record a call": _for(EDT, named=True),
    "take": _for(EDT, MANAGER, INTERVIEWER, LEAD, POLICE, named=True),
    "decide": _for(MANAGER, EDT, named=True),
    "read interviews": _for(MANAGER, INTERVIEWER, LEAD, POLICE),
    "allocate": _for(MANAGER, INTERVIEWER, named=True),
    "end interview": _for(MANAGER, INTERVIEWER, named=True),
    "write record": _for(INTERVIEWER, MANAGER),
    "sign off": _for(INTERVIEWER, MANAGER, named=True),
    "read record": _for(INTERVIEWER, MANAGER, LEAD, POLICE),
    "retry": _for(ADMIN),
    "read queue": _for(ADMIN),
}


def check(act: str, actor: Actor) -> None:
    """Refuse what the caller's role may not do, or may do only in a person's name."""
    permission = PERMISSIONS[act]
    if actor.role not in permission.roles:
        raise NotAllowed("Your role may not do this.")
    if permission.is_personal:
        need_person(actor)


def need_person(actor: Actor) -> None:
    """Somebody is on record for this: a key alone is not a person."""
    if not actor.is_named:
        raise Invalid({"On-Behalf-Of": NAME_THE_PERSON})
