"""One thread that takes turns, whatever a step raises."""

import threading

from adapters.clock import SystemClock, elapsed
from tests.workers.conftest import until
from workers.crew import Crew
from workers.turns import Turns


def turns(step, **options) -> Turns:
    return Turns("test", step, SystemClock(), **options)


def test_a_step_that_found_work_is_taken_again_at_once():
    left = [True, True, True, False]
    taken = turns(lambda: left.pop(0) if left else False, longest=5)
    taken.start()
    until(lambda: not left, 2)
    taken.stop()
    assert taken.join(2)


def test_the_bell_ends_a_wait():
    seen = []
    taken = turns(lambda: bool(seen.append(elapsed())), longest=30)
    taken.start()
    until(lambda: len(seen) == 1, 2)
    taken.ring()
    until(lambda: len(seen) == 2, 2)
    taken.stop()
    assert taken.join(2)


def test_after_an_exception_it_goes_on_and_is_not_seen_as_looking():
    steps = []

    def step() -> bool:
        steps.append(1)
        if len(steps) < 2:
            raise RuntimeError("unforeseen")
        return False

    taken = turns(step)
    taken.start()
    before = taken.seen_at
    until(lambda: len(steps) >= 2, 5)
    until(lambda: taken.seen_at > before, 5)
    taken.stop()
    assert taken.join(2)


def test_a_crew_carries_many_at_once_and_finishes_them():
    crew, gate, done = Crew("test", most=4), threading.Barrier(4, timeout=5), []
    for n in range(4):
        crew.carry(lambda n=n: (gate.wait(), done.append(n)))
    assert crew.finish(within=5)
    assert sorted(done) == [0, 1, 2, 3]


def test_a_crew_is_no_larger_than_it_may_be_and_uses_its_hands_again():
    crew, done = Crew("test", most=2), []
    for n in range(20):
        crew.carry(lambda n=n: done.append((n, threading.current_thread().name)))
    assert crew.finish(within=5)
    assert len(done) == 20
    assert len({name for _, name in done}) <= 2


def test_a_load_that_raises_takes_no_hand_with_it():
    crew, done = Crew("test", most=1), []
    crew.carry(lambda: 1 / 0)
    crew.carry(lambda: done.append(1))
    assert crew.finish(within=5)
    assert done == [1]


def test_a_crew_says_when_something_is_not_done_in_time():
    crew, gate = Crew("test", most=1), threading.Event()
    crew.carry(lambda: gate.wait(5))
    assert not crew.finish(within=0.1)
    gate.set()
