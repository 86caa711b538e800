"""Do police have it? Decided from what stands on record, in words that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from missing_service.domain.directory import Directory
from missing_service.web.times import instant_of

Board = Mapping[str, Any]
ACKNOWLEDGEMENT = "police_acknowledgement"
WRITE = "Then press “Police gave a reference”, and write it down here."
HEADLINES = {
    "RECORDED_MISSING": ("YES", "Yes. Police have it."),
    "DUPLICATE_OF": ("YES", "Yes. Police have it with another report of this child."),
    "RECORDED_OTHER": ("PARTLY", "Police know, but have not recorded the child as missing."),
    "DECLINED": ("NO", "No. Police have declined."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer: one word, one line, since when, by whose answer, why, and what to do now."""

    word: str  # YES, PARTLY, NO, NOT YET
    headline: str
    since: str
    answer: Mapping[str, Any] | None
    why: str
    do: tuple[str, ...]
    is_urgent: bool = False  # in danger, or later than it may be

    @property
    def is_waiting(self) -> bool:
        """No person has answered: the page keeps asking by itself."""
        return self.word in ("NO", "NOT YET")


def police_duty(episode: Board) -> Mapping[str, Any] | None:
    """The duty that police answer: the open one, else the last."""
    own = [o for o in episode["obligations"] if o["kind"] == ACKNOWLEDGEMENT]
    is_open = [o for o in own if o["state"] == "OPEN"]
    return next(iter([*is_open, *reversed(own)]), None)


def standing(board: Board, directory: Directory, now: datetime) -> Standing:
    """What stands, from the answers given and the state of the alert."""
    episode = board["episode"]
    duty = police_duty(episode)
    if duty and duty["state"] == "OPEN":
        return _unanswered(board, duty, directory, now)
    ended = [a for a in board["answers"] if a["ends"]]
    own = [a for a in ended if duty and a["obligation"] == duty["id"]] or ended
    if not own:
        return Standing("NO", "Nobody at the police has answered.", _since(board), None, "", ())
    answer = own[0]
    word, headline = HEADLINES.get(answer["outcome"], HEADLINES["RECORDED_MISSING"])
    return Standing(word, headline, answer["at"], answer, "", _after(word))


def _after(word: str) -> tuple[str, ...]:
    if word == "YES":
        return ()
    return ("The council must decide within the hour: accept what police say, or escalate.",)


def _since(board: Board) -> str:
    since: str = board["episode"]["recorded_at"]
    return since


def _unanswered(
    board: Board, duty: Mapping[str, Any], directory: Directory, now: datetime
) -> Standing:
    said = [a for a in board["answers"] if a["obligation"] == duty["id"]]
    last = said[-1] if said else None
    declined = last is not None and last["outcome"] == "DECLINED"
    return Standing(
        word="NO" if declined else "NOT YET",
        headline=_headline(last),
        since=duty["started_at"],
        answer=last,
        why="" if declined else _why(board, directory, now),
        do=_do(board, duty, directory, now),
        is_urgent=_in_danger(board) or instant_of(duty["due_at"]) <= now,
    )


def _headline(last: Mapping[str, Any] | None) -> str:
    match last and last["outcome"]:
        case "DECLINED":
            return "No. Police declined, and gave no reference."
        case "WRONG_FORCE":
            return "Not yet. The first force says that it belongs to another."
        case "DUPLICATE_OF":
            return "Not yet. Police call it a duplicate, and no open episode is the same."
        case _:
            return "Not yet. No person at the police has answered."


def _why(board: Board, directory: Directory, now: datetime) -> str:
    """How far the alert has come: a machine's yes is no person's."""
    episode = board["episode"]
    force = directory.forces.get(episode["force"])
    name = force.name if force else episode["force"]
    if directory.is_told_by_telephone(episode["force"], now):
        return f"{name} is told by telephone. Nobody there knows of this child until you ring."
    match episode["police"].get("alert"):
        case "TAKEN":
            return f"The computer of {name} took the alert. No person there has answered."
        case "FAILING":
            return f"The alert to {name} is NOT getting through. It goes on being tried."
        case _:
            return f"The alert to {name} is on its way."


def _do(
    board: Board, duty: Mapping[str, Any], directory: Directory, now: datetime
) -> tuple[str, ...]:
    episode = board["episode"]
    force = directory.forces.get(episode["force"])
    phone = force.phone if force else "101"
    if board.get("well_being"):
        return (f"The child is found. Ring {phone} all the same: give them missing and found.",)
    if _in_danger(board):
        return ("Ring 999 now, and ask for their reference.", WRITE)
    return (_ring(episode, duty, phone, directory, now), WRITE)


def _in_danger(board: Board) -> bool:
    said = board["episode"]["report"].get("immediate_danger")
    return said == "YES" and not board.get("well_being")


def _ring(
    episode: Board, duty: Mapping[str, Any], phone: str, directory: Directory, now: datetime
) -> str:
    by_telephone = directory.is_told_by_telephone(episode["force"], now)
    is_stuck = episode["police"].get("alert") == "FAILING"
    if by_telephone or is_stuck or duty["steps_told"] or instant_of(duty["due_at"]) <= now:
        return f"Ring {phone} now, and ask for their reference."
    return f"If nobody answers soon, ring {phone} and ask for their reference."
