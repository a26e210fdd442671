"""Every door at once: at which addresses of the portal, pages and API, a person reads certain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.factories import World


def told_at(world: World, words: str, named: Mapping[str, Any], role: str, entity: str | None = None) -> set[str]:
    """The addresses at which this person is told these words. `named` are the ids that addresses ask for; an address
    that asks for another is left out. A download that is no text is held to its bytes.
    """
    browser, token = world.browser(role, entity), world.token(role, entity)
    headers = {"Authorization": f"Bearer {token}"}
    rules = [one for one in world.app.url_map.iter_rules() if "GET" in (one.methods or ()) and one.endpoint != "static"]
    found = set()
    with world.app.test_request_context():
        adapter = world.app.url_map.bind("localhost")
        paths = sorted(
            {adapter.build(one.endpoint, named, append_unknown=False) for one in rules if one.arguments <= set(named)}
        )
    for path in paths:
        if path == "/logout":
            continue
        answer = world.app.test_client().get(path, headers=headers) if path.startswith("/api/") else browser.get(path)
        if answer.status_code == 200 and words.encode() in answer.get_data():
            found.add(path)
    return found
