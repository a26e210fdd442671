"""The API as a program outside calls it: plain HTTP, JSON, a token."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Answered:
    """An answer: status, headers in small letters, bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """A program with the token of one person."""

    address: str
    token: str | None = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One call of `/api/v1`; `body` is JSON, or bytes with their own Content-Type."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if body is not None and not isinstance(body, bytes) else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return Answered(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as refused:
            return Answered(refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read())

    def get(self, path: str, **headers: str) -> Answered:
        return self.call("GET", path, **headers)

    def put(self, path: str, body: Any) -> Answered:
        return self.call("PUT", path, body)

    def post(self, path: str, body: Any = None, **headers: str) -> Answered:
        return self.call("POST", path, {} if body is None else body, **headers)

    def upload(self, path: str, file: Path, **fields: str) -> Answered:
        """A file with further fields, as a form sends them."""
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file.read_bytes(), b"\r\n"]
        parts.append(f"--{mark}--\r\n".encode())
        return self.call("POST", path, b"".join(parts), Content_Type=f"multipart/form-data; boundary={mark}")


def question_path(report: str, key: str) -> str:
    """The address of an answer."""
    return f"/reports/{report}/answers/{urllib.parse.quote(key)}"
