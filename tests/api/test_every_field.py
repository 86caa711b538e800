"""Each field of a report: taken, kept as it was said, sent to police, and shown."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from missing_service.domain.delivery import Delivery
from missing_service.domain.state import State
from missing_service.web.report_rows import report_rows
from tests.api.conftest import World
from tests.domain.directories import BARNET, HARROW

AT = "2026-11-24T21:30:00.000000Z"
CHILD = {"name": "Sam Okoro"}
ASKED = {"answer": "YES", "note": "as before", "said_by": "Jo Grant", "said_at": AT}
QUESTIONS = (
    "out_of_character", "missing_before", "medical_needs", "victim_of_crime", "hurt_or_harmed",
    "sexual_exploitation", "self_harm", "danger_to_others", "travelled_abroad", "anything_else",
)  # fmt: skip
FLAGS = (
    "CSE", "CCE", "COUNTY_LINES", "TRAFFICKING_NRM", "SELF_HARM", "SUICIDE", "SUBSTANCE", "GANG",
    "RADICALISATION", "DOMESTIC_ABUSE", "HONOUR_BASED", "PREGNANT", "LEARNING_DISABILITY",
    "NEURODIVERSE", "UASC", "ABDUCTION", "ONLINE_GROOMING",
)  # fmt: skip
LEGAL = (
    "CHILD_PROTECTION_PLAN", "CHILD_IN_NEED", "CARE_ORDER", "SECTION_20", "REMAND",
    "DEPRIVATION_OF_LIBERTY",
)  # fmt: skip
ASSOCIATE = {"name": "Kai", "relation": "friend", "age": 19, "phone": "07700 900123"}
PLACE = {"address": "the skate park", "why": "goes there", "checked_by": "Jo Grant"}

# DOMAIN section 4, tier by tier: what is said, and a word of it as a page shows it
TIER_1: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("name", {"child": {"name": "Sam Okoro"}}, "Sam Okoro"),
    ("description", {"child": {"description": "A boy in green"}}, "A boy in green"),
    ("date of birth", {"child": {**CHILD, "date_of_birth": "2012-05-01"}}, "2012-05-01"),
    ("estimated age", {"child": {**CHILD, "estimated_age": 13}}, "About 13"),
    ("looked after", {"child": {**CHILD, "looked_after": "YES", "looked_after_by": HARROW}}, "Yes"),
    ("category", {"category": "UNSURE"}, ""),
    ("last seen at", {"last_seen": {"at": AT, "precision": "APPROXIMATE"}}, AT),
    ("last seen unknown", {"last_seen": {"at": None, "precision": "UNKNOWN"}}, "Not known"),
    ("last seen where", {"last_seen": {"place": "bus stop", "council": BARNET}}, "Barnet"),
    ("last seen by", {"last_seen": {"by": "a teacher", "responsible_adult": "YES"}}, "a teacher"),
    ("concern", {"concern": "His phone is off"}, "His phone is off"),
    ("done so far", {"done_so_far": {"checks": ["KNOWN_PLACES"], "note": "twice"}}, "twice"),
    ("danger", {"immediate_danger": "YES"}, ""),
    (
        "reporter",
        {"reporter": {"name": "Jo", "role": "SCHOOL", "organisation": "Larkspur", "phone": "1"}},
        "Larkspur",
    ),
    ("police know", {"police_informed": {"answer": "YES", "reference": "CAD 12"}}, "CAD 12"),
    ("noticed", {"became_aware_at": AT}, AT),
    ("reported", {"reported_at": AT}, AT),
)
TIER_2: tuple[tuple[str, dict[str, Any], str], ...] = (
    *[(q, {"questions": {q: ASKED}}, "as before") for q in QUESTIONS],
    ("case id", {"child": {**CHILD, "case_id": "c-12"}}, "c-12"),
    ("identifier", {"child": {**CHILD, "identifier": "943 1", "identifier_kind": "NHS"}}, "943 1"),
    (
        "appearance",
        {"details": {"appearance": {
            "height": "1.60", "build": "slim", "hair": "brown", "eyes": "green",
            "ethnicity": "WBRI", "marks": "scar", "glasses": "NO", "note": "n",
        }}},
        "scar",
    ),
    ("appearance in words", {"details": {"appearance": "slim, brown hair"}}, "slim"),
    ("clothing", {"details": {"clothing": "a red coat"}}, "a red coat"),
    ("phones", {"details": {"phones": [{"number": "07700 900124", "note": "off"}]}}, "900124"),
    ("online", {"details": {"online": ["@sam on Chat"]}}, "@sam"),
    ("devices", {"details": {"devices": ["a grey tablet"]}}, "a grey tablet"),
    (
        "medical",
        {"details": {"medical": {
            "conditions": "epilepsy", "medication": "valproate", "next_dose_at": AT,
            "allergies": "nuts", "disability": "none", "note": "n",
        }}},
        "valproate",
    ),
    ("medical in words", {"details": {"medical": "asthma"}}, "asthma"),
    (
        "communication",
        {"details": {"communication": {
            "needs": "signs", "language": "Tigrinya", "interpreter": "YES", "note": "n",
        }}},
        "Tigrinya",
    ),
    *[(flag, {"details": {"flags": [flag]}}, flag) for flag in FLAGS],
    ("associates", {"details": {"associates": [{**ASSOCIATE, "concern": "older"}]}}, "older"),
    ("places", {"details": {"places": [PLACE]}}, "skate park"),
    ("responsible council", {"details": {"responsible_council": BARNET}}, BARNET),
    ("host council", {"details": {"host_council": BARNET}}, BARNET),
    (
        "placement",
        {"details": {"placement": {"type": "children's home", "address": "1 Elm", "provider": "P",
                                   "since": "June"}}},
        "1 Elm",
    ),
    (
        "protected",
        {"details": {"protected": {
            "address": {"from": ["father"]}, "carer_identity": True,
            "no_contact": [{"person": "uncle", "order": "non-molestation", "until": "2027"}],
        }}},
        "uncle",
    ),
)  # fmt: skip
TIER_3: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("vehicle", {"details": {"vehicle": "a blue moped"}}, "moped"),
    (
        "money and documents",
        {"details": {"money_and_documents": {
            "money": "about £20", "travel_card": "YES", "passport": "NOT_KNOWN", "note": "n",
        }}},
        "£20",
    ),
    ("money in words", {"details": {"money_and_documents": "£20"}}, "£20"),
    *[(code, {"details": {"legal": [code]}}, code) for code in LEGAL],
)  # fmt: skip
FIELDS = [*TIER_1, *TIER_2, *TIER_3]


def holds(kept: Any, said: Any) -> bool:
    """Whether all that was said stands where it was said."""
    if isinstance(said, Mapping):
        return all(holds(kept[name], value) for name, value in said.items())
    return bool(kept == said)


def sent(world: World, episode: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The body of that number to the episode's force."""

    def read(reading: Any) -> bytes:
        rows = State(reading).all(Delivery, reading.listing.find("reference", episode["reference"]))
        row = next(r for r in rows if r.number == number and r.recipient == "met")
        return bytes(reading.text(row.body))

    body: dict[str, Any] = orjson.loads(world.application.store.read(read))["data"]
    return body


def shown(world: World, episode: Mapping[str, Any]) -> str:
    directory = world.application.store.directory()
    return "\n".join(f"{label}: {value}" for label, value, _ in report_rows(episode, directory))


@pytest.mark.parametrize(("said", "word"), [pytest.param(s, w, id=n) for n, s, w in FIELDS])
def test_what_is_said_is_kept_sent_and_shown(one_world: World, said: dict[str, Any], word: str):
    episode = one_world.report(**said)
    assert holds(episode["report"], said)
    assert holds(sent(one_world, episode, 1)["episode"]["report"], said)
    assert (
        one_world.met.get(f"/episodes/{episode['reference']}").get_json()["report"]
        == (episode["report"])
    )
    assert word in shown(one_world, episode)
    assert [d["field"] for d in episode["doubts"]] == []


@pytest.mark.parametrize(
    ("said", "word"), [pytest.param(s, w, id=n) for n, s, w in [*TIER_2, *TIER_3]]
)
def test_each_later_fact_is_a_numbered_update_that_says_what_changed(
    one_world: World, said: dict[str, Any], word: str
):
    episode = one_world.report()
    found = one_world.edt.post(f"/episodes/{episode['reference']}/updates", {"report": said})
    assert found.status_code == 200, found.get_data(as_text=True)
    assert holds(found.get_json()["report"], said)
    body = sent(one_world, episode, 2)
    assert holds(body["episode"]["report"], said)
    assert body["change"]["fields"]
    assert word in shown(one_world, found.get_json())


def test_the_least_that_can_be_said_sends_the_alert(one_world: World):
    """Tier 1 alone, and of it all but five fields not known."""
    episode = one_world.report(child={"description": "A child in a red coat"})
    assert sent(one_world, episode, 1)["change"]["summary"] == "A child is reported missing."
    assert episode["lists"] == {"questionnaire": "12"}


def test_the_version_of_each_list_that_was_used_is_kept(world: World):
    episode = world.report(details={"flags": ["CSE"], "legal": ["REMAND"]})
    assert episode["lists"] == {"flag": "1", "legal": "1", "questionnaire": "12"}
    where = f"/episodes/{episode['reference']}/updates"
    risk = {"level": "MEDIUM", "by": "PC Lee", "by_phone": True}
    lists = world.edt.post(where, {"police_risk": risk}).get_json()["lists"]
    assert lists == {**episode["lists"], "police_risk": "1"}
    assert sent(world, episode, 2)["episode"]["lists"] == lists


def test_a_word_that_is_in_no_list_is_kept_and_flagged_until_it_is_said_anew(world: World):
    episode = world.report(details={"flags": ["SOMETHING_NEW"], "appearance": {"ethnicity": "?"}})
    assert episode["report"]["details"]["flags"] == ["SOMETHING_NEW"]
    names = [d["field"] for d in episode["doubts"]]
    assert names == ["details.appearance.ethnicity", "details.flags"]
    where = f"/episodes/{episode['reference']}/updates"
    found = world.edt.post(where, {"details": {"flags": ["CSE"], "appearance": "tall"}})
    assert found.get_json()["doubts"] == []


def test_sightings_are_added_to_and_never_replaced(world: World):
    episode = world.report()
    where = f"/episodes/{episode['reference']}/updates"
    for place in ("the station", "the market"):
        world.edt.post(where, {"sighting": {"at": AT, "place": place, "by": "a guard"}})
    seen = world.met.get(f"/episodes/{episode['reference']}").get_json()["sightings"]
    assert [each["place"] for each in seen] == ["the station", "the market"]
    assert seen[0] == {
        "at": AT,
        "place": "the station",
        "by": "a guard",
        "recorded_at": "2026-11-24T23:00:00.000000Z",
        "recorded_by": "Asha Patel",
    }
    assert [sent(world, episode, n)["change"]["fields"][1]["now"] for n in (2, 3)] == [
        "the station",
        "the market",
    ]


def test_the_councils_own_view_of_the_risk_stands_beside_the_grade_of_police(world: World):
    episode = world.report()
    where = f"/episodes/{episode['reference']}/updates"
    found = world.edt.post(where, {"council_risk": {"level": "HIGH", "why": "he said so"}})
    assert found.get_json()["council_risk"] == {"level": "HIGH", "why": "he said so"}
    assert found.get_json()["police"]["risk"] == "NOT_GRADED"
