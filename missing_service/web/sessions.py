"""Sessions of the pages: kept as rows, known by a token of which only the hash is stored."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from missing_service.domain.codes import Role
from missing_service.ports import Session, StoreBusy, StoreUnavailable
from missing_service.usecases.service import Service

T = TypeVar("T")
IDLE = timedelta(minutes=15)
IDLE_AT_THE_DESK = timedelta(minutes=30)  # EDT: on the telephone, the page open before them
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
OUTSIDE = ("/api/", "/health", "/readyz", "/metrics", "/assets/")  # these take no cookie
BY_ITSELF = "again"  # a page that drew itself again: nobody need be there


class PageSession(CallbackDict[str, Any], SessionMixin):
    """What one request knows of its session; `row` is None until there is something to keep."""

    def __init__(self, row: Session | None, token: str | None, fault: Exception | None) -> None:
        super().__init__(json.loads(row.content) if row else {}, _changed)
        self.row = row
        self.token = token  # the browser's, where its row was found or is begun
        self.fault = fault  # the store could not say who this is
        self.modified = False

    @property
    def person(self) -> str | None:
        return self.row.person if self.row else None

    @property
    def name(self) -> str:
        """What the access log calls this session: it opens nothing."""
        return self.row.token_hash.hex()[:16] if self.row else ""


def _changed(session: Any) -> None:
    session.modified = True


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    secure: bool


def cookie_for(public_url: str) -> Cookie:
    """`__Host-` wherever the browser can keep it: on https."""
    secure = public_url.startswith("https:")
    return Cookie("__Host-session" if secure else "session", secure)


class StoredSessions(SessionInterface):
    """Finds, keeps and ends the rows; a store that is down never hides what a page has done."""

    def __init__(self, service: Service, public_url: str) -> None:
        self.service = service
        self.cookie = cookie_for(public_url)

    def open_session(self, app: Flask, request: Request) -> PageSession:  # noqa: ARG002 - Flask's
        token = request.cookies.get(self.cookie.name)
        if not token or request.path.startswith(OUTSIDE):
            return PageSession(None, None, None)
        try:
            row = self._read(lambda reader: reader.sessions.find(_hash(token)))
        except StoreUnavailable as fault:
            return PageSession(None, None, fault)
        if row is None or is_over(row, self.service.clock.now()):
            return PageSession(None, None, None)
        return PageSession(row, token, None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Keep what was changed; a session that nobody begins leaves no row."""
        if not isinstance(session, PageSession) or session.fault:
            return
        try:
            self._save(session, response)
        except (StoreUnavailable, StoreBusy):
            return  # the page was made, and what it did stands: only the session is not kept

    def _save(self, session: PageSession, response: Response) -> None:
        now = self.service.clock.now()
        if session.row is None:
            if session:
                self.begin(session, None, now)
                self.hand_out(session, response)
        elif session.modified or _is_stale(session.row, now):
            seen_at = session.row.seen_at if BY_ITSELF in request.args else now
            row = replace(session.row, seen_at=seen_at, content=_content(session))
            self._write(lambda unit: unit.sessions.save(row))

    def begin(self, session: PageSession, person: str | None, now: datetime) -> None:
        """A new token, whatever there was before: what was known of the old one opens nothing."""
        old, token = session.row, secrets.token_urlsafe(32)
        row = Session(_hash(token), person, now, now, _content(session))

        def once(unit: Any) -> None:
            if old:
                unit.sessions.end(old.token_hash)
            unit.sessions.end_begun_before(now - LONGEST)
            unit.sessions.begin(row)

        self._write(once)
        session.row, session.token, session.modified = row, token, False

    def end(self, session: PageSession) -> None:
        row = session.row
        session.clear()
        if row:
            self._write(lambda unit: unit.sessions.end(row.token_hash))
        session.row = session.token = None

    def hand_out(self, session: PageSession, response: Response) -> None:
        """Give the browser its token."""
        response.set_cookie(
            self.cookie.name,
            session.token or "",
            secure=self.cookie.secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def take_back(self, response: Response) -> None:
        response.delete_cookie(
            self.cookie.name, path="/", secure=self.cookie.secure, httponly=True, samesite="Lax"
        )
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'

    def _read(self, function: Callable[[Any], T]) -> T:
        return self.service.store.read(function)

    def _write(self, function: Callable[[Any], None]) -> None:
        draw = self.service.new_draw(self.service.clock.now())
        self.service.store.write(function, draw, look=True)


def _is_stale(row: Session, now: datetime) -> bool:
    return BY_ITSELF not in request.args and abs(now - row.seen_at) >= TOUCH_EVERY


def is_over(row: Session, now: datetime) -> bool:
    """Unused for too long, or as old as a session may become; a clock set back ends it too."""
    at_the_desk = json.loads(row.content).get("role") == Role.EDT
    idle = IDLE_AT_THE_DESK if at_the_desk else IDLE
    return abs(now - row.seen_at) >= idle or abs(now - row.created_at) >= LONGEST


def _content(session: PageSession) -> str:
    return json.dumps(dict(session))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
