"""The clients of a fault test: people who save and submit without pause, and repeat a request until it is answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from tests.factories import csrf
from tests.faults.journal import Journal, Save, Step
from tests.faults.server import Caller, Server

LANGUAGE = "en"
PAUSE = 0.004
BUSY = (502, 503)


class Client(threading.Thread):
    """One person at work. Every round is a full turn of work; a request without an answer is sent again as it was."""

    def __init__(self, server: Server, journal: Journal, token: str | None, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.caller, self.journal, self.ended = Caller(server, token), journal, ended

    def run(self) -> None:
        """Works until the end is called; a fault of the client itself is a surprise too."""
        try:
            self.begin()
            while not self.ended.is_set():
                self.round()
                time.sleep(PAUSE)
        except Ended:
            return
        except Exception as fault:
            self.journal.surprises.append(f"{type(self).__name__}: {type(fault).__name__}: {fault}")

    def begin(self) -> None:
        """What comes before the first round."""

    def round(self) -> None:
        """One turn of work."""
        raise NotImplementedError

    def insist(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Sends until a whole answer comes, however often the server vanishes meanwhile."""
        while not self.ended.is_set():
            try:
                status, answer = self.caller.send(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self.journal.cut()
                self.ended.wait(0.1)
                continue
            if status not in BUSY:
                return status, answer
            self.ended.wait(0.02)
        raise Ended


class Ended(Exception):
    """The test is over; what was not answered stays unanswered."""


class Saver(Client):
    """Writes one answer again and again through the API, each time upon the revision it was told."""

    def __init__(
        self, server: Server, journal: Journal, token: str | None, ended: threading.Event, report: str, question: str
    ) -> None:
        super().__init__(server, journal, token, ended)
        self.report, self.question = report, question
        self.who, self.count, self.base = uuid.uuid4().hex[:8], 0, 0

    @property
    def address(self) -> str:
        """The answer in the API."""
        return f"/api/v1/reports/{self.report}/answers/{self.question}"

    def begin(self) -> None:
        """Reads the revision that stands."""
        self.base = json.loads(self.insist("GET", self.address)[1])["revision"]

    def words(self) -> str:
        """A text that nobody has sent before."""
        self.count += 1
        return f"Text {self.count} of {self.who}\n\nIt stands for what a ministry writes: {'more words ' * 20}"

    def round(self) -> None:
        """One save."""
        self.save()

    def save(self) -> Save:
        """Saves a new text; an honest 409 is answered by reading again."""
        save = Save(self.report, self.question, self.words().strip(), self.base)
        self.journal.saves.append(save)
        status, answer = self.put(save)
        told = json.loads(answer)
        if status == 200:
            save.merged, save.kept = told["merged"], told["value"]
            save.revision = self.base = told["revision"]
            self.journal.answered()
        elif status == 409:
            self.journal.conflict()
            self.begin()
        else:
            self.journal.surprises.append(f"save on revision {save.base}: {status} {told.get('detail')}")
            self.begin()
        return save

    def put(self, save: Save) -> tuple[int, bytes]:
        """Sends the save."""
        body = {"value": save.value, "language": LANGUAGE, "base_revision": save.base}
        return self.insist("PUT", self.address, body)


class Writer(Saver):
    """The same through the autosave of the page: a browser's cookie, and the token of its forms."""

    def __init__(self, *args: Any, email: str, password: str) -> None:
        super().__init__(*args)
        self.email, self.password = email, password
        self.page: dict[str, str] = {}

    def begin(self) -> None:
        """Logs in, and reads the token of the forms."""
        if not self.page:
            cookie, token = self._look("/login", {})
            form = urlencode({"csrf_token": token, "email": self.email, "password": self.password})
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            status, _body = self.insist("POST", "/login", form, cookie | kind)
            if status != 303:
                raise RuntimeError(f"the log-in was answered with {status}")
            cookie = self._cookie() or cookie
            changed, token = self._look(f"/reports/{self.report}/sections/{self.question.partition('/')[0]}", cookie)
            self.page = (changed or cookie) | {"X-CSRFToken": token, "Accept": "application/json"}

    def _look(self, path: str, cookie: dict[str, str]) -> tuple[dict[str, str], str]:
        status, page = self.insist("GET", path, None, cookie)
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}")
        return self._cookie(), csrf(page.decode())

    def _cookie(self) -> dict[str, str]:
        found = self.caller.answered.get("Set-Cookie")
        return {"Cookie": found.partition(";")[0]} if found else {}

    def put(self, save: Save) -> tuple[int, bytes]:
        """Sends the save as the page's script does."""
        fields = {save.question: save.value}
        body = {"question": save.question, "language": LANGUAGE, "fields": fields, "base_revision": save.base}
        status, answer = self.insist("POST", f"/reports/{self.report}/answers", body, self.page)
        if status == 200:
            told = json.loads(answer)
            if "stale" in told:
                return 409, answer
            return status, json.dumps(told | {"value": told["value"] if told["merged"] else save.value}).encode()
        return status, answer


class Submitter(Saver):
    """Takes a report through its whole turn: a change, clearance, submission, withdrawal, and open again."""

    def __init__(self, *args: Any, certifier: str) -> None:
        super().__init__(*args)
        self.certifier = certifier

    def round(self) -> None:
        """One turn, each step under a key of its own."""
        save = self.save()
        self.step("ask", {})
        submitted = self.step("submit", {}, self.certifier)
        if submitted.answer is not None:
            submitted.number, submitted.words = json.loads(submitted.answer)["version"], save.value
            address = f"/api/v1/reports/{self.report}/versions/{submitted.number}/receipt"
            status, receipt = self.insist("GET", address)
            if status == 200:
                submitted.receipt = receipt
            else:
                self.journal.surprises.append(f"the receipt of version {submitted.number}: {status}")
        self.step("withdraw", {"reason": "A corrected report follows."}, self.certifier)
        self.step("reopen", {"reason": "For the next turn."}, self.certifier)

    def step(self, name: str, order: dict[str, str], token: str | None = None) -> Step:
        """Takes a step; the same key is sent until it is answered."""
        own = self.caller.headers["Authorization"].removeprefix("Bearer ")
        step = Step(self.report, name, uuid.uuid4().hex, order, token or own)
        self.journal.steps.append(step)
        status, answer = self.insist("POST", step.address, order, step.headers)
        if status == 200:
            step.answer = answer
            self.journal.answered()
        else:
            self.journal.surprises.append(f"step {name}: {status} {json.loads(answer).get('detail')}")
        return step
