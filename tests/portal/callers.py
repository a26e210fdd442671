"""A program that calls the API as one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.factories import World


@dataclass
class Caller:
    """Calls with the token of this role, or with none for the role ""."""

    world: World
    role: str
    entity: str | None = None

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if self.role:
            headers["Authorization"] = f"Bearer {self.world.token(self.role, self.entity)}"
        return self.world.app.test_client().open(
            f"/api/v1{path}", method=method, headers=headers, buffered=True, **more
        )

    def get(self, path: str, **more: Any) -> Any:
        return self("GET", path, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        return self("PUT", path, json=body, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self("POST", path, json=body, **more)
