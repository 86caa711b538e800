"""Whether it is alive, ready, and doing its duty: for machines that watch; of no child."""

from flask import Blueprint, Response, request

from missing_service.api.callers import find_key
from missing_service.api.calls import answer
from missing_service.api.metrics import Metrics
from missing_service.ports import StoreUnavailable
from missing_service.usecases.read_health import duty_view, read_duty, read_readiness
from missing_service.usecases.service import Service

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def make_health(service: Service, metrics: Metrics, roles: tuple[str, ...]) -> Blueprint:
    """The four routes that need no key, but for the figures read from elsewhere."""
    health = Blueprint("health", __name__)

    def healthz() -> Response:
        """This process answers."""
        return answer({"status": "ok"})

    def readyz() -> Response:
        """Database, schema and workers; 503 while any of them is not ready."""
        try:
            found = read_readiness(service)
        except StoreUnavailable:
            found = {"database": False, "schema": False, "workers": False}
        ready = all(found.values())
        return answer({"ready": ready, **found}, 200 if ready else 503)

    def duty() -> Response:
        """What has waited longest, what was missed, and who is on no rota."""
        return answer(duty_view(read_duty(service, roles)))

    def show_metrics() -> Response:
        """Figures for Prometheus, by key or from this machine."""
        if not _is_local():
            find_key(service)
        return Response(metrics.page(), content_type=metrics.content_type)

    rules = {"/healthz": healthz, "/readyz": readyz, "/health/duty": duty}
    for rule, view in {**rules, "/metrics": show_metrics}.items():
        health.add_url_rule(rule, view_func=view)
    return health


def _is_local() -> bool:
    """From this machine itself, and not through a proxy on it."""
    passed_on = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in LOOPBACK and not passed_on
