"""Visitors: the same visits to the portal and to the floor, over a socket or inside this process."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import urlencode

from werkzeug.test import Client

from tests.bench.client import Answer
from tests.bench.data import WORDS, Facts
from tests.factories import csrf

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Line(Protocol):
    """Something that carries a request and brings the answer."""

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Sends one request and gives its whole answer."""


class Inside:
    """An application inside this process, to count what it asks of its database."""

    def __init__(self, app: Any) -> None:
        self.client = Client(app, use_cookies=False)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """See Line."""
        answer = self.client.open(path, method=method, data=body, headers=dict(headers or {}))
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers}, answer.get_data())


class Unexpected(AssertionError):
    """A page answered otherwise than it must; a benchmark of it would be worth nothing."""


class Controls(HTMLParser):
    """The controls of a page's forms: how many of each sort, and the fields that a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.counts = {"textarea": 0, "text": 0, "radio": 0, "select": 0}
        self.fields: list[tuple[str, str]] = []
        self._open: str | None = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag in ("textarea", "select"):
            self.counts[tag] += 1
            self._open, self._text = name, ""
        elif tag == "option" and self._open and "selected" in given:
            self._text = given.get("value") or ""
        elif tag == "input" and name:
            if kind in self.counts:
                self.counts[kind] += 1
            if kind in ("text", "hidden") or (kind == "radio" and "checked" in given):
                self.fields.append((name, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if self._open and self.lasttag == "textarea":
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if tag in ("textarea", "select") and self._open:
            self.fields.append((self._open, self._text.removeprefix("\n")))
            self._open = None


class Visitor:
    """One visitor with a section of its own to write in."""

    def __init__(self, line: Line, facts: Facts, number: int = 0) -> None:
        self.line, self.facts, self.count = line, facts, 0
        self.section = facts.sections[(facts.sections.index("1.1.2.1") + number) % len(facts.sections)]
        self.writing: dict[str, str] = {}
        self.reviewing: dict[str, str] = {}

    def read(self) -> Controls:
        """Reads the form of the section and keeps its fields; gives its controls."""
        raise NotImplementedError

    def ask(
        self, wanted: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer, which must have the wanted status."""
        answer = self.line.send(method, path, body, headers)
        if answer.status != wanted:
            raise Unexpected(
                f"{type(self).__name__}: {method} {path} was answered with {answer.status}: {answer.body[:300]!r}"
            )
        return answer

    def login_page(self) -> Answer:
        """The page to log in on."""
        return self.ask(200, "GET", "/login")

    def edit(self) -> Answer:
        """The section as a form."""
        return self.ask(200, "GET", self.section_address, headers=self.writing)

    def queue(self, state: str = "") -> Answer:
        """The 193 reports, or those of one state."""
        return self.ask(200, "GET", f"/review?state={state}" if state else "/review", headers=self.reviewing)

    def review(self) -> Answer:
        """One whole report."""
        return self.ask(200, "GET", f"/review/{self.facts.reviewed}", headers=self.reviewing)

    def table(self) -> Answer:
        """Every figure as CSV."""
        return self.ask(200, "GET", "/data.csv")

    def bundle(self) -> Answer:
        """The bundle, whole."""
        return self.ask(200, "GET", self.bundle_address, headers=self.reviewing)

    @property
    def bundle_address(self) -> str:
        """Where the bundle is drawn."""
        return "/bundle.zip"

    @property
    def section_address(self) -> str:
        """The section of this visitor."""
        return f"/reports/{self.facts.draft}/sections/{self.section}"

    def words(self) -> str:
        """A text that was never sent before, so that no save is one of nothing."""
        self.count += 1
        return f"{WORDS}\n\n{uuid.uuid4().hex} {self.count} {WORDS}"


class OnPortal(Visitor):
    """A visitor of the portal."""

    def prepare(self) -> Controls:
        """Logs both people in and reads the form once; gives its controls."""
        self.writing = self._enter(self.facts.focal_point)
        self.reviewing = self._enter(self.facts.reviewer)
        return self.read()

    def read(self) -> Controls:
        """Reads the form of the section: its fields, and the revisions that they stand at."""
        answer = self.edit()
        self.writing |= _cookie(answer)
        page = answer.body.decode()
        controls = Controls(page)
        self.fields = dict(controls.fields)
        self.token = csrf(page)
        self.question = f"{self.section}/actions"
        self.revision = int(self.fields[f"{self.question}@revision"])
        return controls

    def _enter(self, email: str) -> dict[str, str]:
        page = self.ask(200, "GET", "/login")
        return _cookie(self._log_in(email, page))

    def _log_in(self, email: str, page: Answer) -> Answer:
        form = {"csrf_token": csrf(page.body.decode()), "email": email, "password": self.facts.password}
        return self.ask(303, "POST", "/login", urlencode(form).encode(), _cookie(page) | URLENCODED)

    @property
    def bundle_address(self) -> str:
        """Where the bundle is drawn."""
        return f"/bundles/{self.facts.bundle}/file"

    def open_door(self) -> None:
        """What comes before a log-in."""
        self.door = self.login_page()

    def log_in(self) -> Answer:
        """Sends address and password."""
        return self._log_in(self.facts.reviewer, self.door)

    def save(self) -> Answer:
        """Sends the whole form, as its enctype says, with one text changed."""
        fields = self.fields | {self.question: self.words(), f"{self.question}@revision": str(self.revision)}
        mark = "----a-boundary-of-the-bench"
        parts = (f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
        body = ("".join(parts) + f"--{mark}--\r\n").encode()
        headers = self.writing | {"Content-Type": f"multipart/form-data; boundary={mark}"}
        answer = self.ask(303, "POST", self.section_address, body, headers)
        self.revision += 1
        return answer

    def autosave(self) -> Answer:
        """Sends one answer, as the page's script does."""
        sent = {"question": self.question, "language": "en", "base_revision": self.revision}
        body = json.dumps(sent | {"fields": {self.question: self.words()}}).encode()
        headers = self.writing | JSON | {"X-CSRFToken": self.token}
        answer = self.ask(200, "POST", f"/reports/{self.facts.draft}/answers", body, headers)
        told = json.loads(answer.body)
        if told["revision"] != self.revision + 1:
            raise Unexpected(f"an autosave upon {self.revision} gave revision {told['revision']}")
        self.revision += 1
        return answer


class OnFloor(Visitor):
    """A visitor of the floor."""

    def prepare(self) -> Controls:
        """Logs both people in and reads the form once; gives its controls."""
        for email in (self.facts.focal_point, self.facts.reviewer):
            self.open_door()
            cookie = _cookie(self._log_in(email))
            self.writing, self.reviewing = self.writing or cookie, cookie
        return self.read()

    def read(self) -> Controls:
        """Reads the form of the section."""
        controls = Controls(self.edit().body.decode())
        self.fields = dict(controls.fields)
        return controls

    def open_door(self) -> None:
        """What comes before a log-in."""
        self.login_page()

    def log_in(self) -> Answer:
        """Sends address and password."""
        return self._log_in(self.facts.reviewer)

    def _log_in(self, email: str) -> Answer:
        form = {"email": email, "password": self.facts.password}
        return self.ask(303, "POST", "/login", urlencode(form).encode(), URLENCODED)

    def _filled(self) -> dict[str, str]:
        texts = {name: WORDS * 2 for name in self.fields if name.startswith("area")}
        return self.fields | texts | {"area0": self.words()}

    def save(self) -> Answer:
        """Sends the whole form with one text changed."""
        body = urlencode(self._filled()).encode()
        return self.ask(303, "POST", self.section_address, body, self.writing | URLENCODED)

    def autosave(self) -> Answer:
        """Sends the section as JSON."""
        body = json.dumps({"section": self.section, "values": {"area0": self.words()}}).encode()
        return self.ask(200, "POST", f"/reports/{self.facts.draft}/answers", body, self.writing | JSON)


def _cookie(answer: Answer) -> dict[str, str]:
    found = answer.headers.get("set-cookie")
    return {"Cookie": found.partition(";")[0]} if found else {}


def rows(page: bytes) -> int:
    """The rows of a table's body."""
    return len(re.findall(rb"<tr[ >]", page.partition(b"<tbody")[2]))
