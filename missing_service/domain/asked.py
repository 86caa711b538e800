"""The questions of police as they stand, each with what was answered."""

from typing import Any

from missing_service.domain import events as e
from missing_service.domain.casefile import CaseFile
from missing_service.domain.stored import plain


def questions_view(file: CaseFile) -> list[dict[str, Any]]:
    """Oldest first; what was recorded by mistake is left out."""
    return [_question(file, asked) for asked in file.questions if asked.id not in file.undone]


def standing_replies(file: CaseFile, question: object) -> list[e.QuestionAnswered]:
    return [r for r in file.replies if r.question == question and r.id not in file.undone]


def _question(file: CaseFile, asked: e.QuestionAsked) -> dict[str, Any]:
    """Answered since the first answer; the words are those of the last."""
    replies = standing_replies(file, asked.id)
    last = replies[-1].content if replies else {}
    return {
        "id": str(asked.id),
        "text": asked.content.get("text"),
        "by": asked.content.get("by"),
        "by_phone": asked.by_phone,
        "force": asked.force,
        "asked_at": plain(asked.at),
        "answered_at": plain(replies[0].at) if replies else None,
        "answer": last.get("text"),
        "answered_by": last.get("by"),
    }
