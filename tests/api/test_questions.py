"""What police ask in mid-search, through the API: asked, recorded by telephone, answered."""

from uuid import uuid4

import pytest

from tests.api.conftest import World, owed

ASKED = {"text": "Which exit? Is his phone on?"}


def fields(found) -> list[str]:
    return [error["field"] for error in found.get_json()["errors"]]


def test_police_ask_and_the_desk_answers(world: World):
    reference = world.report()["reference"]
    asked = world.met.post(f"/episodes/{reference}/questions", {**ASKED, "by": "PC Ann Lee"})
    assert asked.status_code == 200, asked.get_data(as_text=True)
    (question,) = asked.get_json()["questions"]
    assert question == {
        "id": question["id"],
        "text": ASKED["text"],
        "by": "PC Ann Lee",
        "by_phone": False,
        "force": "met",
        "asked_at": "2026-11-24T23:00:00.000000Z",
        "answered_at": None,
        "answer": None,
        "answered_by": None,
    }
    duty = owed(asked.get_json(), "question_answered")
    world.clock.advance(minutes=4)
    where = f"/episodes/{reference}/questions/{question['id']}/answer"
    replied = world.edt.post(where, {"text": "The north exit; it is off."})
    assert owed(replied.get_json(), "question_answered", "DISCHARGED") == duty
    again = world.edt.post(where, {"text": "The north exit; it is off."})
    assert (again.status_code, again.get_json()["version"]) == (200, replied.get_json()["version"])
    (seen,) = world.met.get(f"/episodes/{reference}").get_json()["questions"]
    assert (seen["answer"], seen["answered_by"]) == ("The north exit; it is off.", "Asha Patel")
    assert seen["answered_at"] == "2026-11-24T23:04:00.000000Z"
    items = world.edt.get(f"/episodes/{reference}/deliveries").get_json()["items"]
    assert [i["type"] for i in items].count("episode.question") == 2
    told = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    said = {item["kind"]: item["what"] for item in told}
    assert said["question.asked"] == f"Police asked (PC Ann Lee): {ASKED['text']}"
    assert said["question.answered"].endswith("Asha Patel: The north exit; it is off.")


def test_a_machine_that_names_nobody_is_heard(small_world: World):
    reference = small_world.report()["reference"]
    found = small_world.met.post(f"/episodes/{reference}/questions", ASKED)
    assert (found.status_code, found.get_json()["questions"][0]["by"]) == (200, None)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({**ASKED, "by": "PC Lee"}, ["by_phone"]),
        ({**ASKED, "by_phone": True}, ["by"]),
        ({"by": "PC Lee", "by_phone": True}, ["text"]),
        ({"text": " ", "by": "PC Lee", "by_phone": True}, ["text"]),
        ({**ASKED, "by": "PC Lee", "by_phone": True, "urgent": True}, ["urgent"]),
    ],
)
def test_what_was_asked_by_telephone_names_the_officer(small_world: World, said, missing):
    reference = small_world.report()["reference"]
    found = small_world.edt.post(f"/episodes/{reference}/questions", said)
    assert (found.status_code, fields(found)) == (422, missing)


def test_an_answer_is_somebodys(small_world: World):
    reference = small_world.report()["reference"]
    said = {**ASKED, "by": "PC Lee", "by_phone": True}
    asked = small_world.edt.post(f"/episodes/{reference}/questions", said).get_json()
    where = f"/episodes/{reference}/questions/{asked['questions'][0]['id']}/answer"
    found = small_world.caller("harrow-edt").post(where, {"text": "North."})
    assert (found.status_code, fields(found)) == (422, ["by"])
    found = small_world.caller("harrow-edt").post(where, {"text": "North.", "by": "Jo"})
    assert found.get_json()["questions"][0]["answered_by"] == "Jo"


def test_no_answer_without_its_question(small_world: World):
    reference = small_world.report()["reference"]
    never = small_world.edt.post(
        f"/episodes/{reference}/questions/{uuid4()}/answer", {"text": "North."}
    )
    assert never.status_code == 404
    asked = small_world.met.post(f"/episodes/{reference}/questions", ASKED).get_json()
    number = next(
        item["n"]
        for item in small_world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
        if item["kind"] == "question.asked"
    )
    undone = {"undoes": number, "reason": "another child's"}
    assert small_world.edt.post(f"/episodes/{reference}/corrections", undone).status_code == 200
    where = f"/episodes/{reference}/questions/{asked['questions'][0]['id']}/answer"
    assert small_world.edt.post(where, {"text": "North."}).status_code == 409
