"""Rule 16: a grade below medium prompts "high?" of some children, and stays the police's."""

import pytest

from missing_service.domain.risk_prompt import high_prompts
from tests.domain.rules import Story

YOUNG = "High? The child is young."
CCE = "High? CCE is known of the child."


@pytest.mark.parametrize(
    ("risk", "under_age", "flags", "prompts"),
    [
        ("LOW", True, [], [YOUNG]),
        ("VERY_LOW", False, ["CCE", "PREGNANT"], [CCE]),
        ("LOW", True, ["CCE"], [YOUNG, CCE]),
        ("LOW", False, ["PREGNANT"], []),
        ("LOW", False, None, []),
        ("MEDIUM", True, ["CCE"], []),
        ("HIGH", True, ["CCE"], []),
        ("NOT_GRADED", True, ["CCE"], []),  # there is no grade yet to ask about
    ],
)
def test_what_prompts_the_question(risk, under_age, flags, prompts):
    story = Story()
    story.reported(under_age=under_age)
    story.answered(risk=risk)
    assert high_prompts(story.episode, {"details": {"flags": flags}}) == prompts
    assert story.episode.risk == risk
