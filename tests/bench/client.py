"""A small HTTP client on a bare socket: it costs the machine little, and the same for both sides."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Status, header lines by lower-case name (the last of each), and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection that is kept, and opened anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port, self.held = port, b""
        self.socket: socket.socket | None = None

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Sends one request and reads its whole answer."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        whole = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
        if self.socket is not None:
            try:
                return self._exchange(self.socket, whole)
            except ConnectionError:
                self.close()  # the server had closed the idle connection: once more on a new one, as browsers do
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._exchange(self.socket, whole)

    def _exchange(self, line: socket.socket, request: bytes) -> Answer:
        line.sendall(request)
        return self._read()

    def _read(self) -> Answer:
        while b"\r\n\r\n" not in self.held:
            self._more()
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        if headers.get("transfer-encoding") == "chunked":
            body = self._chunks()
        else:
            body = self._exactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(first.split(" ", 2)[1]), headers, body)

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            while b"\r\n" not in self.held:
                self._more()
            size, _, self.held = self.held.partition(b"\r\n")
            part = self._exactly(int(size, 16) + 2)[:-2]
            if not part:
                return b"".join(parts)
            parts.append(part)

    def _exactly(self, size: int) -> bytes:
        parts = [self.held]
        have = len(self.held)
        while have < size:
            part = self._receive()
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.held = whole[size:]
        return whole[:size]

    def _more(self) -> None:
        self.held += self._receive()

    def _receive(self) -> bytes:
        assert self.socket is not None
        part = self.socket.recv(1 << 18)
        if not part:
            self.close()
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        """Ends the connection."""
        if self.socket is not None:
            self.socket.close()
        self.socket, self.held = None, b""
