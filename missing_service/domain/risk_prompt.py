"""Rule 16: police grade the risk, and nobody else; what they graded low may prompt "high?"."""

from collections.abc import Mapping
from typing import Any

from missing_service.domain.codes import Flag, RiskLevel
from missing_service.domain.episode import Episode

BELOW_MEDIUM = (RiskLevel.VERY_LOW, RiskLevel.LOW)
EXPLOITED = (
    Flag.CSE,
    Flag.CCE,
    Flag.COUNTY_LINES,
    Flag.TRAFFICKING_NRM,
    Flag.ONLINE_GROOMING,
)


def high_prompts(episode: Episode, report: Mapping[str, Any]) -> list[str]:
    """Why a child whom police graded below medium may be at high risk: a question, no grade."""
    if episode.risk not in BELOW_MEDIUM or not episode.is_searched_for:
        return []
    flags = (report.get("details") or {}).get("flags") or ()
    young = ["High? The child is young."] if episode.under_age else []
    known = [flag.value for flag in EXPLOITED if flag in flags]
    return young + [f"High? {flag.replace('_', ' ')} is known of the child." for flag in known]
