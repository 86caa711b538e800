"""Check handover.pml exhaustively: as it stands it must hold, with each planted mistake it must
fail."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("handover.pml")
NEEDED = {"spin": "spin", "gcc": "gcc libc6-dev"}  # the program, and what brings it
LIMIT = 900  # seconds for one search
WHOLE = ("-m2000000", "-w24")  # room for the deepest path, and for a quick look-up of states
SMALL = ("-m100000", "-w18")

ALONE = "NEWS=1 STEPS=0 ANSWERS=0 DISPATCHERS=1 ESCALATORS=0"
SENDING = "NEWS=2 STEPS=0 ANSWERS=0 DISPATCHERS=2 ESCALATORS=0"
CROWD = "NEWS=1 STEPS=0 ANSWERS=0 DISPATCHERS=3 ESCALATORS=0"
ANSWERING = "NEWS=1 STEPS=3 ANSWERS=2 DISPATCHERS=0 ESCALATORS=2"
TELLING = "NEWS=1 STEPS=1 ANSWERS=1 DISPATCHERS=1 ESCALATORS=2"
TOGETHER = "NEWS=2 STEPS=1 ANSWERS=1 DISPATCHERS=1 ESCALATORS=1"
LETTERS = "NEWS=1 STEPS=2 ANSWERS=1 DISPATCHERS=1 ESCALATORS=1"
BOTH_SEND = "NEWS=1 STEPS=1 ANSWERS=1 DISPATCHERS=2 ESCALATORS=1"
FOUR_HANDS = "NEWS=2 STEPS=0 ANSWERS=0 DISPATCHERS=3 ESCALATORS=0"
SAFETY = "every safety promise"
HEAD = """| planted, or sought | promise | bounds | found | states | s |
|---|---|---|---|--:|--:|"""


@dataclass(frozen=True, slots=True)
class Run:
    """One search: which model, within which bounds, for what."""

    bounds: str
    promise: str = SAFETY
    plant: str = ""
    is_safety: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    broken: str  # the promise found broken, or nothing
    is_whole: bool  # every state was looked at
    states: int
    seconds: float


def _in_the_end(bounds: str, promise: str, plant: str = "") -> Run:
    return Run(bounds, promise, plant, is_safety=False)


QUICK = (
    Run(ANSWERING),
    Run(SENDING),
    _in_the_end(ANSWERING, "step_is_told"),
    _in_the_end(ANSWERING, "somebody_acts_or_all_are_told"),
)
SOUND = (
    *QUICK,
    Run(CROWD),
    Run(TELLING),
    Run(TOGETHER),
    Run(LETTERS),
    _in_the_end(SENDING, "alert_arrives"),
    _in_the_end(SENDING, "update_arrives"),
    _in_the_end(TELLING, "alert_arrives"),
    _in_the_end(TELLING, "step_is_told"),
    _in_the_end(TELLING, "letter_arrives"),
    _in_the_end(TELLING, "somebody_acts_or_all_are_told"),
)
LONG = (Run(BOTH_SEND), Run(FOUR_HANDS))
PLANTED = (
    Run(ALONE, "nothing_is_lost", "QUEUE_AFTER_COMMIT"),
    Run(ALONE, "nothing_is_lost", "BELIEVES_EVERY_COMMIT"),
    Run(ALONE, "saved_once", "NO_KEYS"),
    Run(ANSWERING, "undone_stays_undone", "NO_ANSWER_KEYS"),
    Run(SENDING, "taken_was_received", "MARK_BEFORE_SEND"),
    Run(SENDING, "taken_stays_taken", "LATE_FAILURE_WINS"),
    Run(SENDING, "alone_in_its_lane", "NO_FENCING"),
    Run(SENDING, "in_order", "LANE_NOT_LOCKED"),
    Run(SENDING, "all_is_within_reach", "GIVES_UP"),
    Run(SENDING, "all_is_within_reach", "LANE_NOT_WOKEN"),
    Run(TELLING, "only_a_person_ends_it", "DISCHARGE_ON_TAKEN"),
    Run(ANSWERING, "only_a_person_ends_it", "ANYBODY_DISCHARGES"),
    Run(ANSWERING, "only_a_person_ends_it", "UNDO_DOES_NOT_REOPEN"),
    Run(ANSWERING, "an_answer_ends_it", "UNDO_SEES_NO_OTHER"),
    Run(ANSWERING, "decided_once", "STEP_NOT_UNIQUE"),
    Run(ANSWERING, "never_early", "TELLS_EARLY"),
    Run(ANSWERING, "told_while_owed", "TELLS_AFTER_THE_ANSWER"),
    Run(ANSWERING, "told_has_its_letter", "LETTER_AFTER_COMMIT"),
    _in_the_end(SENDING, "alert_arrives", "LEASE_FOR_EVER"),
    _in_the_end(ANSWERING, "step_is_told", "UNDO_FORGETS_THE_LADDER"),
)
# What must come up somewhere, lest a search that finds nothing wrong have looked at nothing.
SEEN = (
    Run(SENDING, "never_seen", "OVERTAKING"),
    Run(SENDING, "never_seen", "A_STALE_HOLDER"),
    Run(ANSWERING, "never_seen", "ANSWERED_ANEW"),
    Run(ANSWERING, "never_seen", "OWED_AGAIN_AND_ALL_TOLD"),
    Run(TELLING, "never_seen", "REST"),
)


def missing() -> str:
    """A sentence saying what to install, or nothing."""
    absent = [packages for program, packages in NEEDED.items() if not shutil.which(program)]
    if not absent:
        return ""
    return f"The model is checked by spin: on Debian and Ubuntu, apt-get install {' '.join(absent)}"


def search(run: Run, folder: Path) -> Found:
    """Run the search to its end, or to the first fault."""
    began = time.monotonic()
    asked = [] if run.is_safety else ["-a", "-f", "-N", run.promise]
    said = _call(_built(run, folder), "./pan", *(SMALL if run.plant else WHOLE), *asked)
    seconds = time.monotonic() - began
    states = re.search(r"^\s*(\d+) states, stored", said, re.MULTILINE)
    if not states:
        raise RuntimeError(f"spin did not search {run}:\n{said}")
    is_whole = "Search not completed" not in said and "too small" not in said
    return Found(_broken(run, said), is_whole, int(states[1]), seconds)


def _built(run: Run, folder: Path) -> Path:
    """Where the search for these bounds is; it is made once."""
    given = [f"-D{bound}" for bound in run.bounds.split()] + _planted(run)
    given += ["-DWATCH"] if run.is_safety else []
    place = folder / " ".join(given)
    if not place.exists():
        place.mkdir()
        _call(place, "spin", *given, "-a", str(MODEL))
        kind = ["-DSAFETY", "-DNOCLAIM"] if run.is_safety else ["-DNFAIR=3"]
        speed = "-O0" if run.plant else "-O2"
        options = ["-w", "-DCOLLAPSE", "-DMEMLIM=6000", *kind]
        _call(place, "gcc", speed, *options, "-o", "pan", "pan.c")
    return place


def _planted(run: Run) -> list[str]:
    if not run.plant:
        return []
    return [f"-DSEES=SEES_{run.plant}" if run in SEEN else f"-DPLANT_{run.plant}"]


def _call(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    if done.returncode and command[0] != "./pan":
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def _broken(run: Run, said: str) -> str:
    if "acceptance cycle" in said:
        return run.promise
    found = re.search(r"assertion violated (\S+)", said)
    if found:
        return found[1]
    return "" if "errors: 0" in said else "another: see pan's own words"


def is_as_it_should_be(run: Run, found: Found) -> bool:
    return found.broken == run.promise if run.plant else not found.broken and found.is_whole


def report(run: Run, found: Found, *, is_well: bool) -> str:
    bounds = " ".join(re.findall(r"\d", run.bounds))
    said = _as_it_must(run) if is_well else _wrong(found)
    told = f"{run.plant or '-'} | {run.promise} | {bounds} | {said}"
    return f"| {told} | {found.states:,} | {found.seconds:.1f} |"


def _as_it_must(run: Run) -> str:
    if run in SEEN:
        return "comes up"
    return "broken, and found" if run.plant else "holds"


def _wrong(found: Found) -> str:
    said = f"broke {found.broken}" if found.broken else "holds"
    return f"WRONG: {said}{'' if found.is_whole else ', not searched whole'}"


def check(runs: Sequence[Run]) -> int:
    """Print a line for each search; says how many ended otherwise than they must."""
    print("Bounds: messages to police, steps, answers, dispatchers, escalators\n")
    print(HEAD)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for run in runs:
            found = search(run, Path(folder))
            is_well = is_as_it_should_be(run, found)
            print(report(run, found, is_well=is_well), flush=True)
            wrong += not is_well
    return wrong


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--quick", action="store_true", help="the small bounds alone")
    words.add_argument("--long", action="store_true", help="larger bounds besides: minutes more")
    given = words.parse_args()
    if absent := missing():
        print(absent)
        return 2
    sound = QUICK if given.quick else (*SOUND, *(LONG if given.long else ()))
    wrong = check((*sound, *PLANTED, *SEEN))
    print(f"{len(sound)} must hold, {len(PLANTED) + len(SEEN)} must not: {wrong} were otherwise.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
