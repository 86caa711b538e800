import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from adapters.clock import elapsed, sleep
from adapters.event_wake import EventWake
from adapters.wake import PostgresWake
from missing_service.ports import Wake
from tests.peers.between import Between


@pytest.fixture(params=["event", "postgresql", "postgresql away"])
def wake(request: pytest.FixtureRequest) -> Iterator[Wake]:
    """Each kind of wake, and one whose database cannot be reached."""
    if request.param == "event":
        yield EventWake()
        return
    away = "postgresql://nobody@127.0.0.1:1/none"
    url = away if "away" in request.param else request.getfixturevalue("postgres_url")
    with closing(PostgresWake(url)) as made:
        made.wait(5 if url != away else 0)  # it says once that it listens
        yield made


def listening(url: str, **options: float) -> PostgresWake:
    wake = PostgresWake(url, **options)
    assert wake.wait(5), "it never came to listen"
    return wake


def test_a_wait_that_nobody_ends_times_out(wake: Wake) -> None:
    began = elapsed()
    assert not wake.wait(0.1)
    assert 0.09 < elapsed() - began < 1


def test_work_wakes_at_once(wake: Wake) -> None:
    timer = threading.Timer(0.05, wake.set)
    timer.start()
    began = elapsed()
    assert wake.wait(5)
    assert elapsed() - began < 1
    timer.join()


def test_a_hint_that_came_before_is_kept_once(wake: Wake) -> None:
    wake.set()
    wake.set()
    assert wake.wait(0)
    assert not wake.wait(0.1)


def test_work_in_one_process_wakes_another(postgres_url: str) -> None:
    with closing(listening(postgres_url)) as here, closing(listening(postgres_url)) as there:
        here.set()
        began = elapsed()
        assert there.wait(5)
        assert elapsed() - began < 1


def test_the_checks_of_others_are_no_news(postgres_url: str) -> None:
    with (
        closing(listening(postgres_url)) as here,
        closing(listening(postgres_url, check_every=0.1)),
    ):
        assert not here.wait(0.5)


def test_a_url_of_sqlalchemy_is_understood(postgres_url: str) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    with closing(listening(url)):
        pass


def test_it_hears_again_after_its_connection_was_cut(postgres_url: str) -> None:
    with closing(listening(postgres_url)) as here, closing(listening(postgres_url)) as there:
        cut_all_others(postgres_url)
        assert there.wait(5), "it does not listen again"
        assert here.wait(5), "it does not listen again"
        here.set()
        assert there.wait(5)


def test_a_connection_that_has_gone_deaf_is_found_out(postgres_url: str) -> None:
    """As behind a pooler that gives each statement another connection: LISTEN says yes, in vain."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA deaf")
        connection.execute(
            "CREATE FUNCTION deaf.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''"
        )
    separator = "&" if "?" in postgres_url else "?"
    deaf = f"{postgres_url}{separator}options=-csearch_path%3Ddeaf,pg_catalog"
    with closing(listening(deaf, check_every=0.2)) as wake:
        assert wake.wait(5), "it did not connect anew"


def test_a_connection_whose_answers_are_swallowed_is_found_out(postgres_url: str) -> None:
    """As behind a middleman that has lost its way: what is said is taken, nothing comes back."""
    with (
        Between(postgres_url) as between,
        closing(listening(between.url, check_every=0.2, patience=0.5)) as wake,
    ):
        assert between.deafen()
        assert wake.wait(5), "it did not connect anew"
        assert between.swallowed


def test_it_closes_at_once_though_no_answer_comes(postgres_url: str) -> None:
    with Between(postgres_url) as between:
        wake = listening(between.url, patience=1.0)
        between.deafen()
        wake.set()  # and is not answered
        sleep(0.1)
        began = elapsed()
        wake.close()
        assert elapsed() - began < 3


def test_a_connection_that_hears_is_kept(postgres_url: str) -> None:
    with closing(listening(postgres_url, check_every=0.1)) as wake:
        assert not wake.wait(0.8)


def test_many_hints_while_the_database_is_away_hold_nobody_up() -> None:
    with closing(PostgresWake("postgresql://nobody@127.0.0.1:1/none")) as wake:
        began = elapsed()
        for _ in range(5000):
            wake.set()
        assert elapsed() - began < 1
        assert wake.wait(0)


def cut_all_others(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    sleep(0.05)
