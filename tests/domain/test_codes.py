"""The code lists: older words for police risk still say what they said."""

import pytest

from missing_service.domain.codes import DECISIONS, OUTCOMES, InterviewStatus, RiskLevel, risk_level
from missing_service.domain.policy import ObligationKind


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("NO_APPARENT_RISK", RiskLevel.VERY_LOW),
        ("ABSENT", RiskLevel.VERY_LOW),
        ("HIGH", RiskLevel.HIGH),
        ("NOT_GRADED", RiskLevel.NOT_GRADED),
    ],
)
def test_a_risk_level_is_known_by_its_older_names_too(said: str, meant: RiskLevel):
    assert risk_level(said) is meant


def test_no_other_word_is_a_risk_level():
    with pytest.raises(ValueError, match="STANDARD"):
        risk_level("STANDARD")


def test_decisions_answer_duties_that_exist():
    assert set(DECISIONS) <= set(ObligationKind)


def test_an_interview_that_is_only_offered_has_no_outcome_yet():
    before = {InterviewStatus.NOT_OFFERED, InterviewStatus.OFFERED, InterviewStatus.BOOKED}
    assert set(InterviewStatus) - set(OUTCOMES) == before
