"""Joins the pages to a Flask app."""

from flask import Blueprint, Flask, Response, request

from missing_service.access.headers import register_headers
from missing_service.access.looks import Looks
from missing_service.config import Settings
from missing_service.usecases.keep_photo import LARGEST_PHOTO
from missing_service.usecases.service import Service
from missing_service.web import acts, episode, photo
from missing_service.web.desk import EXTENSION, LARGEST_FORM, Desk
from missing_service.web.edt import pages as edt
from missing_service.web.faults import register_faults
from missing_service.web.managers import pages as managers
from missing_service.web.police import alert
from missing_service.web.police import pages as police
from missing_service.web.rendering import register_words
from missing_service.web.sessions import StoredSessions
from missing_service.web.signing import register_signing

PARTS = (edt, police, alert, managers, episode, acts, photo)
KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"


def register_pages(app: Flask, service: Service, settings: Settings) -> None:
    """Serve the pages from this app; errors outside every page's path are `show_http_fault`'s."""
    sessions = StoredSessions(service, settings.public_url)
    app.secret_key = settings.secret_key
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as its session
    app.session_interface = sessions
    app.extensions[EXTENSION] = Desk(service, settings, Looks(), sessions)
    app.register_blueprint(make_pages())
    register_words(app)
    register_headers(app)


def make_pages() -> Blueprint:
    pages = Blueprint(
        "pages",
        "missing_service.web",
        static_folder="static",
        static_url_path="/assets",
        template_folder="templates",
    )
    pages.before_request(_limit)
    pages.after_request(_keep_assets)
    register_signing(pages)
    for part in PARTS:
        part.PAGES.register(pages)
    register_faults(pages)
    return pages


def _limit() -> None:
    is_photo = request.endpoint == f"pages.{photo.add_photo.__name__}"
    request.max_content_length = LARGEST_FORM + (LARGEST_PHOTO if is_photo else 0)


def _keep_assets(response: Response) -> Response:
    """A file whose address holds its hash never changes; no page is kept anywhere."""
    is_file = request.endpoint == "pages.static" and "v" in request.args
    response.headers["Cache-Control"] = KEPT_FOR_A_YEAR if is_file else "no-store"
    return response
