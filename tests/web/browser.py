"""A browser without pictures: it keeps its cookies, reads pages, and sends their forms back."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HIDDEN = ("csrf_token", "once")


class Reading(HTMLParser):
    """What stands on a page: its elements with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words)).replace(" ,", ",").replace(" .", ".")

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.elements if tag in tags]


@dataclass
class Browser:
    client: FlaskClient
    base: str
    page: TestResponse | None = field(default=None, repr=False)

    def open(self, path: str, **more: Any) -> TestResponse:
        self.page = self.client.get(path, base_url=self.base, **more)
        return self.page

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page to which an answer leads."""
        return self.open(answer.headers["Location"])

    def send(
        self, path: str, typed: dict[str, Any], *, drawn: str | None = None, **more: Any
    ) -> TestResponse:
        """Send the form of the page `drawn` (else of `path`) with what was typed."""
        html = self.open(drawn or path).get_data(as_text=True)
        return self.post(path, {**hidden(html), **typed}, **more)

    def post(self, path: str, data: dict[str, Any], **more: Any) -> TestResponse:
        self.page = self.client.post(path, data=data, base_url=self.base, **more)
        return self.page

    def sign_in(self, who: str) -> "Browser":
        answer = self.send("/sign-in", {"who": who})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self


def hidden(html: str) -> dict[str, str]:
    """The hidden fields that a form of ours must send back."""
    found: dict[str, str] = {}
    for name in HIDDEN:
        value = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', html)
        found |= {name: unescape(value[-1])} if value else {}
    return found


def read(answer: TestResponse) -> Reading:
    return Reading(answer.get_data(as_text=True))


def text_of(answer: TestResponse) -> str:
    return read(answer).text
