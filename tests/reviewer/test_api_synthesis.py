"""The synthesis for programs: the same people, services and refusals as on the pages."""

from __future__ import annotations

import json

from tests.factories import World
from tests.reviewer.synthesising import (
    passage,
    submitted,
)


def test_statements_by_the_api(world: World) -> None:
    report = submitted(world)
    key = passage(report).key
    client, token = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    draft = {"cycle": "2026", "heading": "1.1.1.1", "text": "Cash transfers reach the poor."}
    ground = {"kind": "passage", "reference": key, "stance": "for"}
    made = client.post("/api/v1/statements", json=draft | {"citations": [ground]}, headers=token)
    assert made.status_code == 201, made.text
    told = made.get_json()
    address = f"/api/v1/statements/{told['id']}"
    assert (told["state"], told["behind"]["states"], told["citations"][0]["reference"]) == ("draft", ["KAZ"], key)
    assert client.post(f"{address}/support", json={"revision": 1}, headers=token).get_json()["state"] == "supported"
    stale = client.put(address, json={"text": "Another.", "base_revision": 9}, headers=token)
    assert (stale.status_code, stale.get_json()["theirs"]) == (409, "Cash transfers reach the poor.")
    assert client.post("/api/v1/statements", json=draft | {"score": 1}, headers=token).status_code == 422
    wrong = client.post("/api/v1/statements", json=draft | {"heading": "9"}, headers=token)
    assert [one["where"] for one in wrong.get_json()["problems"]] == ["heading"]
    listed = client.get("/api/v1/statements?state=supported&limit=1", headers=token).get_json()
    assert ([one["id"] for one in listed["items"]], listed["next"]) == ([told["id"]], None)
    state = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    assert client.get("/api/v1/statements", headers=state).status_code == 403
    assert json.loads(client.get("/api/v1/statements?limit=1", headers=token).data)["items"][0]["waiting"] == 0
