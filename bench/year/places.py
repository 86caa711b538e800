"""London's councils, its two forces and the counties around, and who is on call in each council."""

from collections.abc import Mapping, Sequence
from typing import Any

from missing_service.domain.directory import Entries

COUNCILS = tuple(f"E090000{n:02}" for n in range(1, 34))  # the City, then 32 boroughs
COUNTIES = {  # where a child was last seen, if not in London, and whose it is
    "E10000012": "essex",
    "E10000015": "herts",
    "E10000016": "kent",
    "E10000030": "surrey",
}
ROLES = (
    "edt_worker", "edt_manager", "police_mash_supervisor", "head_of_service", "director_on_call",
    "team_manager", "service_manager", "assistant_director", "director", "partnership_chair",
)  # fmt: skip
FORCES = {"city": ("E09000001",), "met": COUNCILS[1:]}
FORCES |= {force: (county,) for county, force in COUNTIES.items()}
START, END = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
PURPOSES = ["report", "record", "reminder"]
SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
SECRETS = {("channel", f"{force}/cad"): (SECRET,) for force in FORCES}
MAILBOX = "desk@met.example"  # the second way to one force


def on_call(role: str, council: str) -> str:
    return f"{role}@{council.lower()}.example"


def endpoint(force: str) -> str:
    return f"https://{force}.example/"


def directory(councils: Sequence[str]) -> Entries:
    """What a service of these councils is told at its beginning."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for council in (*councils, *COUNTIES):
        short = f"{council[0]}{council[-2:]}"
        entry = {"code": council, "name": council, "short": short, "edt_phone": "020"}
        found["council", council] = entry
    for force, covers in FORCES.items():
        owned = {"code": force, "name": force, "covers": list(covers), "phone": "101"}
        found["force", force] = owned
        found |= _channel(force, "cad", 1, kind="webhook", url=endpoint(force))
    found |= _channel("met", "mailbox", 2, kind="email", address=MAILBOX)
    for council in councils:
        for role in ROLES:
            found |= _on_call(role, council)
    return found


def _channel(owner: str, name: str, position: int, **how: str) -> Entries:
    entry = {"owner": owner, "name": name, "for": PURPOSES, "position": position, **how}
    return {("channel", f"{owner}/{name}"): entry}


def _on_call(role: str, council: str) -> Entries:
    email = on_call(role, council)
    slot = {"role": role, "council": council, "person": email, "from": START, "until": END}
    return {
        ("person", email): {"email": email, "name": role.replace("_", " ")},
        ("rota", f"{role}|{council}|{email}|{START}"): slot,
    }
