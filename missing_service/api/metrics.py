"""Figures for Prometheus: what the rows say when they are asked for, and what was answered."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from missing_service.usecases.read_health import read_duty
from missing_service.usecases.read_lists import list_queue
from missing_service.usecases.service import Service


class Metrics:
    """One registry for each app, so that two in one process do not meet."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, service: Service, roles: Iterable[str]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(DutyCollector(service, tuple(roles)))
        self._answered = Counter(
            "missing_http_answers",
            "Requests answered, by route.",
            ["method", "route", "status"],
            registry=self._registry,
        )

    def page(self) -> bytes:
        return generate_latest(self._registry)

    def count(self, response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT") else "other"
        self._answered.labels(method, route, str(response.status_code)).inc()
        return response


class DutyCollector(Collector):
    """Reads the rows at each scrape."""

    def __init__(self, service: Service, roles: tuple[str, ...]) -> None:
        self._service = service
        self._roles = roles

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        duty, now = read_duty(self._service, self._roles), self._service.clock.now()
        ages = {
            "missing_oldest_undelivered_seconds": (
                "Longest waiting news to a force.",
                duty.oldest_undelivered,
            ),
            "missing_oldest_unacknowledged_seconds": (
                "Longest unanswered report.",
                duty.oldest_unacknowledged,
            ),
        }
        for name, (said, since) in ages.items():
            yield GaugeMetricFamily(name, said, value=_age(since, now))
        said = "Ladders with a step that nobody decided in time."
        yield GaugeMetricFamily("missing_overdue_untold", said, value=duty.overdue_untold)
        said = "Ladder roles with nobody on the rota."
        yield GaugeMetricFamily("missing_roles_with_nobody", said, value=len(duty.empty_roles))
        waiting = GaugeMetricFamily(
            "missing_queue_depth", "Messages not taken yet.", labels=["destination"]
        )
        for item in list_queue(self._service)["items"]:
            waiting.add_metric([item["destination"]], item["depth"])
        yield waiting


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
