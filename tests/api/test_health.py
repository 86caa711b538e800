"""Alive, ready, doing its duty; the queue, and one message tried by hand."""

from flask import Flask
from sqlalchemy import insert, update

from adapters.database import models as m
from missing_service.api.app import register_api
from missing_service.domain.events import SERVICE
from missing_service.usecases.load_directory import load_directory
from tests.api.conftest import World, a_report, an_answer, owed
from tests.domain.directories import council


def _bare(world: World, path: str, **more):
    return world.app.test_client().get(path, **more)


def _beat(world: World) -> None:
    with world.application.store.engine.begin() as connection:
        row = {"worker": "deliver", "at": world.application.store.now()}
        connection.execute(insert(m.HeartbeatTable).values(**row))


def test_it_is_ready_while_workers_beat(world: World):
    assert _bare(world, "/healthz").get_json() == {"status": "ok"}
    silent = _bare(world, "/readyz")
    assert silent.status_code == 503
    assert silent.get_json() == {
        "ready": False,
        "database": True,
        "schema": True,
        "workers": False,
    }
    _beat(world)
    assert _bare(world, "/readyz").status_code == 200


def test_it_is_not_ready_30_seconds_after_the_last_beat(small_world: World):
    _beat(small_world)
    small_world.clock.advance(seconds=29)
    assert _bare(small_world, "/readyz").status_code == 200
    small_world.clock.advance(seconds=1)
    assert _bare(small_world, "/readyz").status_code == 503


def test_it_is_not_ready_without_its_database(small_world: World):
    with small_world.application.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE heartbeat")
    assert _bare(small_world, "/readyz").status_code == 503


def test_the_duty_is_told_without_a_child(small_world: World):
    small_world.report()
    small_world.clock.advance(minutes=6)
    found = _bare(small_world, "/health/duty")
    duty = found.get_json()
    assert duty["oldest_undelivered"] == "2026-11-24T23:00:00.000000Z"
    assert duty["oldest_unacknowledged"] == "2026-11-24T23:00:00.000000Z"
    assert duty["overdue_untold"] == 1
    assert "E09000015/head_of_service" in duty["roles_with_nobody"]
    assert "E09000015/edt_worker" not in duty["roles_with_nobody"]
    assert b"Sam" not in found.get_data()
    assert b"HRW-" not in found.get_data()


def test_a_database_at_another_schema_is_not_ready(world: World):
    _beat(world)
    with world.application.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    found = _bare(world, "/readyz")
    assert found.status_code == 503
    assert found.get_json() == {"ready": False, "database": True, "schema": False, "workers": True}


def test_one_worker_that_beats_is_enough_beside_one_that_died(small_world: World):
    _beat(small_world)
    small_world.clock.advance(minutes=5)
    assert _bare(small_world, "/readyz").status_code == 503
    small_world.application.pulse.beat("another")
    assert _bare(small_world, "/readyz").status_code == 200


def test_where_nothing_waits_the_duty_has_no_oldest(small_world: World):
    assert _figures(small_world) == (None, None, 0)
    episode = small_world.report()
    started = "2026-11-24T23:00:00.000000Z"
    assert _figures(small_world) == (started, started, 0)
    duty = owed(episode, "police_acknowledgement")
    assert (
        small_world.met.post(f"/obligations/{duty}/acknowledgement", an_answer()).status_code == 200
    )
    assert _figures(small_world) == (started, None, 0)
    with small_world.application.store.engine.begin() as connection:
        connection.execute(update(m.DeliveryTable).values(state="TAKEN"))
    assert _figures(small_world) == (None, None, 0)


def test_a_message_to_a_person_is_no_news_to_police(world: World):
    world.report()
    with world.application.store.engine.begin() as connection:
        connection.execute(update(m.DeliveryTable).values(number=0))
    assert _figures(world)[0] is None


def test_a_step_that_was_decided_or_is_just_due_was_not_missed(small_world: World):
    small_world.report()
    small_world.clock.advance(minutes=5, seconds=5)
    assert _figures(small_world)[2] == 0
    small_world.clock.advance(seconds=1)
    assert _figures(small_world)[2] == 1


def test_a_council_that_is_only_named_for_its_force_needs_nobody_on_call(small_world: World):
    named = council("E08000003", "Manchester", "MCR")
    load_directory(small_world.application.service, dict([named]), {}, actor=SERVICE)
    roles = _bare(small_world, "/health/duty").get_json()["roles_with_nobody"]
    assert {role.partition("/")[0] for role in roles} == {"E09000015", "E09000003"}


def test_only_roles_that_a_ladder_tells_are_looked_at(small_world: World):
    app = Flask("other")
    roles = ("head_of_service", "edt_worker")
    register_api(app, small_world.application.service, ladder_roles=roles)
    found = app.test_client().get("/health/duty").get_json()["roles_with_nobody"]
    assert {role.partition("/")[2] for role in found} <= set(roles)
    assert "E09000015/head_of_service" in found


def test_without_its_database_the_duty_is_not_known(small_world: World):
    with small_world.application.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE obligation RENAME TO gone")
    assert _bare(small_world, "/health/duty").status_code == 503


def _figures(world: World) -> tuple:
    duty = _bare(world, "/health/duty").get_json()
    return duty["oldest_undelivered"], duty["oldest_unacknowledged"], duty["overdue_untold"]


def test_metrics_are_for_this_machine_or_by_key(one_world: World):
    one_world.edt.post("/episodes", a_report())
    found = _bare(one_world, "/metrics")
    assert found.status_code == 200
    assert b'missing_queue_depth{destination="met/cad"}' in found.get_data()
    assert b'route="/api/v1/episodes"' in found.get_data()
    away = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    assert _bare(one_world, "/metrics", **away).status_code == 401
    passed_on = {"headers": {"X-Forwarded-For": "192.0.2.7"}}
    assert _bare(one_world, "/metrics", **passed_on).status_code == 401
    key = {"headers": {"Authorization": "Bearer harrow-admin"}, **away}
    assert _bare(one_world, "/metrics", **key).status_code == 200


def test_the_queue_says_what_each_destination_has_not_taken(world: World):
    world.report()
    world.clock.advance(seconds=1)
    world.report()
    (item,) = world.admin.get("/queue").get_json()["items"]
    assert (item["destination"], item["depth"], item["failing"]) == ("met/cad", 2, 0)
    assert item["oldest"].startswith("2026-11-24T23:00:00")


def test_an_administrator_has_one_message_tried_now(world: World):
    reference = world.report()["reference"]
    (sent,) = world.edt.get(f"/episodes/{reference}/deliveries").get_json()["items"]
    found = world.admin.post(f"/deliveries/{sent['id']}/retry")
    assert found.status_code == 200
    assert found.get_json()["id"] == sent["id"]
    assert found.get_json()["state"] == "QUEUED"
    story = world.edt.get(f"/episodes/{reference}/chronology").get_json()["items"]
    assert story[-1]["kind"] == "delivery.retried"


HEADERS = (
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Cache-Control",
    "X-Robots-Tag",
    "Vary",
)


def test_every_answer_carries_the_security_headers(one_world: World):
    paths = (
        "/healthz",
        "/metrics",
        "/api/v1/episodes",
        "/api/v1/nothing",
        "/nothing",
        "/api/v1/docs",
        "/api/v1/docs/swagger-ui.css",
        "/api/v1/openapi.json",
    )
    for path in paths:
        headers = _bare(one_world, path).headers
        assert [name for name in HEADERS if name not in headers] == [], path
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers
        assert "Set-Cookie" not in headers
        loose = "unsafe-inline" in headers["Content-Security-Policy"]
        assert loose is (path == "/api/v1/docs")
        assert "script-src 'self';" in headers["Content-Security-Policy"]


def test_the_docs_page_asks_nobody_else(one_world: World):
    page = _bare(one_world, "/api/v1/docs").get_data(as_text=True)
    assert "http:" not in page
    assert "https:" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        found = _bare(one_world, f"/api/v1/docs/{name}")
        assert found.status_code == 200
        assert len(found.get_data()) > 100
    assert b"validatorUrl: null" in found.get_data()


def test_a_fault_of_ours_says_whom_to_ring(small_world: World, monkeypatch):
    def fall(*_, **__):
        raise RuntimeError("Sam Okoro")

    small_world.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(small_world.application.store, "write", fall)
    found = small_world.edt.post("/episodes", a_report())
    assert found.status_code == 500
    assert found.content_type == "application/problem+json"
    assert "101" in found.get_json()["detail"]
    assert b"Sam" not in found.get_data()
