"""Lanes: who sends next to whom, in order, held by a lease."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from adapters.database.statements import Statements
from missing_service.domain.delivery import Delivery


def make_due(
    cursor: Any, statements: Statements, deliveries: Iterable[Delivery], now: datetime
) -> None:
    """An idle lane is due at once; one that backs off keeps its pace."""
    statement = statements.upsert_lane
    for delivery in deliveries:
        values = {
            "lane": delivery.lane,
            "recipient": delivery.recipient,
            "channel": delivery.channel,
            "destination": delivery.channel,
            "urgent": delivery.urgent,
            "next_attempt": now,
        }
        cursor.execute(statement.text, statement.given(values))
