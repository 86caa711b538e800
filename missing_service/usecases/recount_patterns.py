"""What a withdrawal, or its undoing, makes of the questions that a child's other reports
prompted."""

from datetime import datetime

from missing_service.domain.episode import Episode
from missing_service.domain.events import SERVICE, PatternsRecounted
from missing_service.domain.recounting import changed, strategy_questions
from missing_service.journal import Unit, record


def recount_patterns(unit: Unit, episode: Episode, at: datetime) -> None:
    """Each question is held before it is judged, and each change stands in its own stream."""
    unit.lock(*{row.stream for row in strategy_questions(unit.state, episode)})
    questions = strategy_questions(unit.state, episode)
    for row, stands in list(changed(unit.state, questions, unit.book.policy)):
        event = PatternsRecounted(
            id=unit.draw.id(),
            stream=row.stream,
            at=at,
            by=SERVICE,
            question=row.id,
            stands=stands,
        )
        record(unit, event)
