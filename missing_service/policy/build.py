"""Turns the checked content of the policy files into the frozen values that the rules take."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from missing_service.domain.code_list import Code, CodeList
from missing_service.domain.policy import (
    Figures,
    Ladder,
    ObligationKind,
    ObligationPolicy,
    Policy,
    Repeat,
    Step,
    Trigger,
    Waking,
    make_policy,
)

Content = Mapping[str, Any]


def build_policy(content: Content) -> Policy:
    """A policy under its own version, from content that was found without fault."""
    figures = Figures(**content["figures"])
    waking = Waking(figures.waking_from, figures.waking_until)
    return make_policy(
        obligations=_obligations(content["obligation"], waking),
        councils={
            code: _obligations(council["obligation"], waking)
            for code, council in content["council"].items()
        },
        triggers=tuple(Trigger(name=name, **row) for name, row in content["trigger"].items()),
        code_lists={name: _code_list(row) for name, row in content["code_list"].items()},
        figures=figures,
    )


def _obligations(rows: Content, waking: Waking) -> dict[ObligationKind, ObligationPolicy]:
    return {
        ObligationKind(kind): _obligation(ObligationKind(kind), row, waking)
        for kind, row in rows.items()
    }


def _obligation(kind: ObligationKind, row: Content, waking: Waking) -> ObligationPolicy:
    return ObligationPolicy(
        kind=kind,
        due=row.get("due"),
        danger_factor=row.get("danger_factor", Fraction(1)),
        ladder=_ladder(row, waking),
        reviews=tuple(row.get("reviews", ())),
        then_every=row.get("then_every"),
    )


def _ladder(row: Content, waking: Waking) -> Ladder:
    steps = tuple(
        Step(each.get("after"), each.get("at_due"), **_told(each)) for each in row.get("step", ())
    )
    repeats = tuple(
        Repeat(each.get("every"), each.get("at"), **_told(each)) for each in row.get("repeat", ())
    )
    return Ladder(steps, repeats, waking)


def _told(row: Content) -> dict[str, Any]:
    return {
        "tell": tuple(row["tell"]),
        "say": row["say"],
        "when": row["when"],
        "hours": row["hours"],
    }


def _code_list(row: Content) -> CodeList:
    codes = (Code(**{**code, "aliases": tuple(code["aliases"])}) for code in row.get("code", ()))
    return CodeList(row["version"], tuple(codes))
