"""The directory of the simulation: one council, three forces with a machine and one without, a
person for every ladder role."""

from tests.domain.directories import HARROW, channel, council, entries, force, person, slot

LADDER_ROLES = (
    "edt_worker", "edt_manager", "police_mash_supervisor", "head_of_service", "director_on_call",
    "team_manager", "service_manager", "assistant_director", "director", "partnership_chair",
)  # fmt: skip
NEAR, EAST, FAR, SILENT = "E06000060", "E06000042", "E09000003", "E10000999"

DIRECTORY = entries(
    council(),
    council(NEAR, "Near", "NEA"),
    council(EAST, "East", "EAS"),
    council(FAR, "Far", "FAR"),
    force("met", (HARROW,)),
    force("near", (NEAR,)),
    force("east", (EAST,)),
    force("far", (FAR,)),  # told by telephone
    channel("met", "cad", url="https://met.example/", position=1),
    channel("met", "mailbox", kind="email", address="desk@met.example", position=2),
    channel("near", "cad", url="https://near.example/", position=1),
    channel("east", "cad", url="https://east.example/", position=1),
    channel("east", "spare", url="https://spare.example/", position=2),
    *[person(f"{role}@harrow.example") for role in LADDER_ROLES],
    person("admin@harrow.example"),
    *[slot(f"{role}@harrow.example", role) for role in LADDER_ROLES],
)
SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
SECRETS = {
    ("channel", name): (SECRET,) for name in ("met/cad", "near/cad", "east/cad", "east/spare")
}
