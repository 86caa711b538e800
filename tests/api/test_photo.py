"""A photo of the child: kept without what the camera wrote, told to police, shown to those who may
see it; the report stands whatever becomes of it."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from missing_service.bootstrap import verify
from tests import pictures as p
from tests.adapters.verify_tampering import (
    behind_its_back,
    blamed,
    change,
    remove,
    rows_of,
    table_of,
)
from tests.api.conftest import Caller, World, an_answer, owed
from tests.api.test_every_field import sent

OLD = "The photo is more than three months old: the child may look different now. Ask for another."


def put(caller: Caller, reference: str, image: bytes, asked: str = "", **more: Any) -> TestResponse:
    where = f"/api/v1/episodes/{reference}/photo{asked}"
    headers = {
        "Authorization": f"Bearer {caller.token}",
        "On-Behalf-Of": "name=Asha%20Patel; role=worker",
        **more.pop("headers", {}),
    }
    more.setdefault("content_type", "image/jpeg")
    return caller.client.put(where, data=image, headers=headers, **more)


def told(answer: TestResponse) -> tuple[int, str, str]:
    """The status, and the first field that is named with its sentence."""
    fault = answer.get_json()["errors"][0]
    return answer.status_code, fault["field"], fault["message"]


def test_a_photo_is_kept_told_to_police_and_shown(world: World):
    reference = world.report()["reference"]
    found = put(world.edt, reference, p.from_a_phone(), "?taken_on=2026-11-01")
    assert found.status_code == 200, found.get_data(as_text=True)
    photo = found.get_json()["photo"]
    assert (photo["type"], photo["taken_on"]) == ("image/jpeg", "2026-11-01")
    shown = world.met.get(f"/episodes/{reference}/photo")
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert Image.open(BytesIO(shown.data)).size == (40, 60)
    assert p.CANARY.encode() not in shown.data
    assert (photo["sha256"], photo["bytes"]) == (sha256(shown.data).hexdigest(), len(shown.data))
    assert shown.headers["Cache-Control"] == "no-store"


def test_police_are_sent_a_numbered_update_that_says_where_it_is(world: World):
    episode = world.report()
    put(world.edt, episode["reference"], p.picture(), "?taken_on=2026-11-01")
    body = sent(world, episode, 2)
    said = "A photo of the child was kept. It was taken on 1 November 2026."
    assert body["change"]["summary"] == said
    (field,) = body["change"]["fields"]
    assert (field["field"], field["was"]) == ("photo", None)
    where = f"/api/v1/episodes/{episode['reference']}/photo"
    assert field["now"]["url"] == f"https://missing.example{where}"
    assert body["episode"]["photo"]["sha256"] == field["now"]["sha256"]


def test_a_later_photo_takes_the_place_of_the_first_and_police_hear_of_both(world: World):
    episode = world.report()
    first = put(world.edt, episode["reference"], p.picture()).get_json()["photo"]
    second = put(world.edt, episode["reference"], p.picture("PNG", (30, 30))).get_json()["photo"]
    assert world.edt.get(f"/episodes/{episode['reference']}").get_json()["photo"] == second
    assert sent(world, episode, 3)["change"]["fields"][0]["was"] == first


def test_the_same_photo_again_changes_nothing(world: World):
    reference = world.report()["reference"]
    first = put(world.edt, reference, p.picture()).get_json()
    assert put(world.edt, reference, p.picture()).get_json() == first


@pytest.mark.parametrize(
    ("taken_on", "warned"),
    [
        ("2026-08-27", []),  # 89 days before
        ("2026-08-26", []),  # 90: not over
        ("2026-08-25", [OLD]),
        ("1850-01-01", [OLD]),
        ("2027-01-01", ["The photo was taken on a day that lies in the future: check it."]),
        ("9999-12-31", ["The photo was taken on a day that lies in the future: check it."]),
        ("NOT_KNOWN", []),
    ],
)
def test_an_old_photo_is_kept_with_a_warning(one_world: World, taken_on: str, warned: list[str]):
    reference = one_world.report()["reference"]
    found = put(one_world.edt, reference, p.picture(), f"?taken_on={taken_on}")
    assert found.status_code == 200, found.get_data(as_text=True)
    assert [d["message"] for d in found.get_json()["doubts"]] == warned


def test_police_are_told_that_a_photo_is_old(world: World):
    episode = world.report()
    put(world.edt, episode["reference"], p.picture(), "?taken_on=2025-06-01")
    said = sent(world, episode, 2)["change"]["summary"]
    assert said == f"A photo of the child was kept. It was taken on 1 June 2025. {OLD}"


def test_a_photo_grows_old_while_the_child_is_missing(world: World):
    reference = world.report()["reference"]
    put(world.edt, reference, p.picture(), "?taken_on=2026-11-01")
    world.clock.advance(days=100)
    assert [d["message"] for d in world.edt.get(f"/episodes/{reference}").get_json()["doubts"]] == [
        OLD
    ]


NAMED = ("image/jpeg", "image/png", "text/plain", "application/octet-stream")


@pytest.mark.parametrize("named", NAMED)
def test_the_content_decides_not_the_name(one_world: World, named: str):
    reference = one_world.report()["reference"]
    assert put(one_world.edt, reference, p.picture("WEBP"), content_type=named).status_code == 200
    refused = put(one_world.edt, reference, b"<script>alert(1)</script>", content_type=named)
    assert told(refused)[:2] == (415, "photo")


@pytest.mark.parametrize(
    ("image", "status", "word"),
    [
        (b"", 422, "empty or damaged"),
        (p.picture()[:300], 422, "empty or damaged"),
        (p.picture("GIF"), 415, "JPEG, PNG or WebP"),
        (b"%PDF-1.7", 415, "JPEG, PNG or WebP"),
        (p.bomb(), 413, "40 million pixels"),
        (p.picture() + bytes(10 * 1024 * 1024), 413, "10 MiB"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_the_report_stands(
    one_world: World, image: bytes, status: int, word: str
):
    episode = one_world.report()
    before = put(one_world.edt, episode["reference"], p.picture()).get_json()
    refused = put(one_world.edt, episode["reference"], image)
    assert told(refused)[:2] == (status, "photo")
    assert word in told(refused)[2]
    assert told(refused)[2].endswith("The report stands without it.")
    assert one_world.edt.get(f"/episodes/{episode['reference']}").get_json() == before


def test_ten_mebibytes_are_not_too_many(one_world: World):
    image = p.picture()
    image += bytes(10 * 1024 * 1024 - len(image))
    assert put(one_world.edt, one_world.report()["reference"], image).status_code == 200


def test_a_packed_photo_and_a_day_that_is_none_are_refused(one_world: World):
    reference = one_world.report()["reference"]
    packed = put(one_world.edt, reference, p.picture(), headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    for day in ("2026-02-30", "June", "2026-11-01T10:00:00Z"):
        assert told(put(one_world.edt, reference, p.picture(), f"?taken_on={day}"))[:2] == (
            422,
            "taken_on",
        )


def test_who_may_keep_and_who_may_see(world: World):
    reference = world.report()["reference"]
    for caller in (world.met, world.lead, world.interviewer):
        assert put(caller, reference, p.picture()).status_code == 403
    assert put(world.manager, reference, p.picture()).status_code == 200
    assert put(world.barnet, reference, b"anything").status_code == 404
    for caller in (world.gmp, world.barnet):
        assert caller.get(f"/episodes/{reference}/photo").status_code == 404
    assert world.admin.get(f"/episodes/{reference}/photo").status_code == 403
    for caller in (world.met, world.lead, world.interviewer, world.edt):
        assert caller.get(f"/episodes/{reference}/photo").status_code == 200


def test_where_there_is_no_photo_there_is_nothing(one_world: World):
    reference = one_world.report()["reference"]
    assert one_world.edt.get(f"/episodes/{reference}/photo").status_code == 404
    assert put(one_world.edt, "HRW-NEVER", p.picture()).status_code == 404


def test_a_closed_episode_takes_no_photo(one_world: World):
    reference = one_world.report()["reference"]
    back = {"at": "2026-11-24T22:59:00Z", "well_being_confirmed_by": "Jo"}
    one_world.edt.post(f"/episodes/{reference}/returned", back)
    one_world.edt.post(f"/episodes/{reference}/closed", {"reason": "home"})
    assert put(one_world.edt, reference, p.picture()).status_code == 409


def test_seeing_a_photo_is_a_look(world: World):
    reference = world.report()["reference"]
    put(world.edt, reference, p.picture())
    before = looks(world)
    world.met.get(f"/episodes/{reference}/photo")
    assert looks(world) == before + 1


def looks(world: World) -> int:
    return int(verify(world.application).counts.get("looks", 0))


def test_it_stands_in_the_chronology_and_the_log_vouches_for_it(world: World):
    reference = world.report()["reference"]
    put(world.edt, reference, p.picture(), "?taken_on=2026-11-01")
    told_of = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    words = {item["kind"]: item["what"] for item in told_of}["episode.photo_kept"]
    assert words == "A photo of the child was kept. It was taken on 1 November 2026."
    assert verify(world.application).is_sound


def test_a_photo_that_was_altered_or_is_gone_is_named(world: World):
    reference = world.report()["reference"]
    photo = put(world.edt, reference, p.picture()).get_json()["photo"]
    text, engine = table_of("private_text"), world.application.store.engine
    with behind_its_back(engine) as connection:
        row = next(r for r in rows_of(connection, text) if str(r["id"]) == photo["id"])
        assert b"JFIF" not in row["content"]
        change(connection, text, row, {"content": row["content"][:-1] + b"?"})
        assert blamed(connection) == {"private_text"}
    with behind_its_back(engine) as connection:
        remove(connection, text, {"id": row["id"]})
        assert blamed(connection) == {"private_text"}


def test_a_force_that_it_was_routed_away_from_sees_the_photo_that_it_was_told_of(world: World):
    episode = world.report()
    first = put(world.edt, episode["reference"], p.picture()).get_json()["photo"]
    where = f"/obligations/{owed(episode, 'police_acknowledgement')}/acknowledgement"
    wrong = an_answer(outcome="WRONG_FORCE", reference=None, reason="not ours", force="gmp")
    assert world.met.post(where, wrong).status_code == 200
    second = put(world.edt, episode["reference"], p.picture(size=(30, 30))).get_json()["photo"]
    for force, photo in ((world.met, first), (world.gmp, second)):
        shown = force.get(f"/episodes/{episode['reference']}/photo")
        assert sha256(shown.data).hexdigest() == photo["sha256"]
