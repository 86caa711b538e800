"""Every figure of default.toml against DOMAIN section 6, written out by hand."""

from datetime import time, timedelta

import pytest

from missing_service.domain.policy import DayRule, Hours, NextDay, ObligationKind
from missing_service.policy.load import load_policy

POLICY = load_policy()
S, M, H, D = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
KIND = ObligationKind

DUE = {
    KIND.police_acknowledgement: 15 * M,
    KIND.still_missing_review: None,  # each review's own instant
    KIND.police_declined_review: 1 * H,
    KIND.police_update: 4 * H,  # rule 1a
    KIND.interview_allocated: 24 * H,
    KIND.interview_offered: 48 * H,
    KIND.interview_held: 72 * H,  # rule 5, statutory guidance
    KIND.record_written: 24 * H,
    KIND.record_with_police: 24 * H,
    KIND.strategy_discussion: 4 * H,
    KIND.urgent_disclosure: 1 * H,  # rule 35
    KIND.interview_action: None,  # "its own due time"
    KIND.question_answered: 15 * M,  # rule 32
    KIND.school_told: DayRule(time(9), NextDay.SCHOOL),  # rule 21
    KIND.day_services_told: DayRule(time(9), NextDay.WORKING),  # rule 20
}

MISSING = {"well_being": False, "danger": False, "category": "MISSING"}
FOUND = {**MISSING, "well_being": True}
DANGER = {**MISSING, "danger": True}
UNSURE = {**MISSING, "category": "UNSURE"}
AWAY = {**MISSING, "category": "AWAY_UNAUTHORISED"}
AWAY_IN_DANGER = {**AWAY, "danger": True}


def after(length: timedelta) -> tuple[str, timedelta]:
    return "after", length


def at_due(length: timedelta = 0 * M) -> tuple[str, timedelta]:
    return "at_due", length


PEOPLE_POLICE_KEEP_WAITING = (
    "edt_worker edt_manager police_mash_supervisor head_of_service director_on_call police"
)
POLICE_UPDATE = "police police_mash_supervisor edt_worker edt_manager"
UNDECIDED = "edt_manager head_of_service"
DISCLOSURE = "team_manager edt_manager police service_manager"

# kind, what is known, the steps that then tell somebody, the repeats
LADDERS = [
    (
        KIND.police_acknowledgement,
        MISSING,
        [
            (after(5 * M), "edt_worker"),
            (after(15 * M), "edt_manager"),
            (after(30 * M), "police_mash_supervisor head_of_service"),
            (after(60 * M), "director_on_call"),
        ],
        [(30 * M, PEOPLE_POLICE_KEEP_WAITING)],
    ),
    (
        KIND.police_acknowledgement,
        FOUND,  # "once well-being is confirmed: worker and police every 30 min, manager at 08:00"
        [(after(30 * M), "edt_worker police"), (after(60 * M), "edt_worker police")],
        [(30 * M, "edt_worker police"), (time(8), "edt_manager")],
    ),
    *(
        (
            KIND.police_declined_review,
            facts,
            [(after(0 * M), "edt_manager"), (at_due(), UNDECIDED)],
            [(1 * H, UNDECIDED)],
        )
        for facts in (MISSING, UNSURE, DANGER, AWAY_IN_DANGER)
    ),
    (
        KIND.police_declined_review,
        AWAY,  # "on A without danger: EDT worker and EDT manager only"
        [(after(0 * M), "edt_worker edt_manager"), (at_due(), "edt_worker edt_manager")],
        [(1 * H, "edt_worker edt_manager")],
    ),
    (KIND.police_update, MISSING, [(at_due(), POLICE_UPDATE)], [(4 * H, POLICE_UPDATE)]),
    *(
        (
            KIND.still_missing_review,
            {**MISSING, "review": review},
            [(at_due(), tell), *later],
            [(24 * H, "edt_manager team_manager")],
        )
        for review, tell, later in (
            ("1h", "edt_worker", [(at_due(30 * M), "edt_manager")]),  # EDT answers these two
            ("6h", "edt_worker", [(at_due(30 * M), "edt_manager")]),
            ("24h", "edt_manager team_manager", []),  # strategy discussion?
            ("48h", "head_of_service", []),
            ("72h", "assistant_director", []),
            ("7d", "director", []),
            ("28d", "partnership_chair", []),
            ("monthly", "partnership_chair", []),  # "then monthly"
        )
    ),
    (
        KIND.interview_allocated,
        FOUND,
        [(at_due(), "team_manager")],
        [(24 * H, "team_manager")],
    ),
    (KIND.interview_offered, FOUND, [(at_due(), "team_manager")], [(24 * H, "team_manager")]),
    (
        KIND.interview_held,
        FOUND,
        [
            (at_due(-24 * H), "interviewer"),
            (at_due(), "team_manager"),
            (at_due(24 * H), "service_manager"),
            (at_due(4 * D), "assistant_director"),
            (at_due(7 * D), "director"),
        ],
        [(7 * D, "director")],  # "then weekly"
    ),
    (
        KIND.record_written,
        FOUND,
        [(at_due(), "interviewer"), (at_due(24 * H), "team_manager")],
        [(24 * H, "interviewer team_manager")],
    ),
    (
        KIND.record_with_police,
        FOUND,
        [
            (after(4 * H), "police"),
            (after(24 * H), "police"),
            (at_due(), "team_manager"),  # "from due as interview held"
            (at_due(24 * H), "service_manager"),
            (at_due(4 * D), "assistant_director"),
            (at_due(7 * D), "director"),
        ],
        [(7 * D, "director police")],
    ),
    *(
        (
            KIND.strategy_discussion,
            {**MISSING, "review": question},  # rule 37: soon after an answer, "the plan?"
            [(after(0 * M), "team_manager"), (at_due(), "team_manager service_manager")],
            [(24 * H, "team_manager service_manager")],
        )
        for question in ("first", "plan")
    ),
    (
        KIND.urgent_disclosure,
        FOUND,
        [(after(0 * M), "team_manager edt_manager"), (at_due(), DISCLOSURE)],
        [(30 * M, DISCLOSURE)],
    ),
    (
        KIND.interview_action,
        FOUND,
        [(at_due(), "owner"), (at_due(24 * H), "team_manager")],  # "its owner, then team manager"
        [(7 * D, "owner team_manager")],
    ),
    (
        KIND.question_answered,
        MISSING,
        [(after(0 * M), "owner"), (at_due(), "owner edt_manager")],
        [(15 * M, "owner edt_manager")],
    ),
    (KIND.question_answered, FOUND, [(after(0 * M), "owner")], [(time(8), "owner edt_manager")]),
    (
        KIND.school_told,
        MISSING,
        [(at_due(-30 * M), "owner"), (at_due(), "owner team_manager")],
        [(24 * H, "owner team_manager")],
    ),
    (KIND.day_services_told, MISSING, [(at_due(), "edt_manager")], [(1 * H, "edt_manager")]),
]


def general(kind):
    return POLICY.obligation(kind, "E09000015")


def matching(parts, facts):
    return [part for part in parts if all(facts.get(key) == said for key, said in part.when)]


def test_every_kind_of_obligation_has_a_due_time_and_a_ladder():
    assert {kind: general(kind).due for kind in ObligationKind} == DUE
    assert {kind for kind, *_ in LADDERS} == set(ObligationKind)


@pytest.mark.parametrize(("kind", "facts", "steps", "repeats"), LADDERS)
def test_who_is_told_and_when(kind, facts, steps, repeats):
    ladder = general(kind).ladder
    assert [
        (("after", s.after) if s.after is not None else ("at_due", s.at_due), " ".join(s.tell))
        for s in matching(ladder.steps, facts)
    ] == steps
    assert [(r.every or r.at, " ".join(r.tell)) for r in matching(ladder.repeats, facts)] == repeats


def test_every_step_of_the_file_stands_in_the_table_above():
    for kind in ObligationKind:
        tables = [facts for known, facts, *_ in LADDERS if known is kind]
        ladder = general(kind).ladder
        for part in (*ladder.steps, *ladder.repeats):
            assert any(matching([part], facts) for facts in tables), (kind, part)


def test_immediate_danger_halves_the_police_ladder_alone():
    factors = {kind: general(kind).factor(danger=True) for kind in ObligationKind}
    assert {kind for kind, factor in factors.items() if factor != 1} == {
        KIND.police_acknowledgement
    }
    assert factors[KIND.police_acknowledgement] * 2 == 1  # "immediate danger halves all"
    assert general(KIND.police_acknowledgement).factor(danger=False) == 1


def test_reviews_are_due_at_the_listed_lengths_and_then_monthly_for_ever():
    terms = general(KIND.still_missing_review)
    assert terms.reviews == (1 * H, 6 * H, 24 * H, 48 * H, 72 * H, 7 * D, 28 * D)
    assert terms.then_every == 30 * D
    assert [terms.review_after(number) for number in (0, 6, 7, 8)] == [
        1 * H,
        28 * D,
        58 * D,
        88 * D,
    ]
    names = [terms.review_name(number) for number in range(8)]
    assert names == ["1h", "6h", "24h", "48h", "72h", "7d", "28d", "monthly"]


# Rule 36: interview and action ladders, and what day services decide, speak in waking hours.
WAITS = {
    KIND.interview_allocated,
    KIND.interview_offered,
    KIND.interview_held,
    KIND.record_written,
    KIND.record_with_police,
    KIND.interview_action,
    KIND.strategy_discussion,
}


@pytest.mark.parametrize("kind", ObligationKind)
def test_only_what_can_wait_for_the_morning_does(kind):
    ladder = general(kind).ladder
    expected = Hours.WAKING if kind in WAITS else Hours.ANY
    assert {step.hours for step in ladder.steps} == {expected}
    if kind not in (KIND.school_told, KIND.day_services_told):  # theirs repeat by day
        assert {repeat.hours for repeat in ladder.repeats} == {expected}


@pytest.mark.parametrize("kind", ObligationKind)
def test_what_is_said_fits_a_tired_reader(kind):
    ladder = general(kind).ladder
    for part in (*ladder.steps, *ladder.repeats):
        first, _, then = part.say.partition(". ")  # what has not happened, then what to do now
        assert first
        assert then or part.tell == ("police",)
        assert len(part.say) <= 140
        assert part.say.endswith((".", "?"))
