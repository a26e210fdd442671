"""The main job by the API alone: written, cleared, submitted, reviewed, accepted, published, bundled with channel
b, and checked without the portal.
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from portal.config import ROOT
from tests.journeys import kazakhstan
from tests.journeys.calls import Caller, question_path
from tests.journeys.conftest import Running


def caller(portal: Running, email: str) -> Caller:
    return Caller(portal.address, portal.token(email))


def take(by: Caller, report: str, step: str, **order: Any) -> dict[str, Any]:
    answered = by.post(f"/reports/{report}/steps/{step}", order, Idempotency_Key=f"{report}-{step}")
    assert answered.status == 200, answered.body.decode()
    found: dict[str, Any] = answered.json
    return found


def test_one_report_goes_the_whole_way(portal: Running, shared_data: Path, tmp_path: Path) -> None:
    focal, certifier = caller(portal, "focal.point.kaz@example.org"), caller(portal, "certifier.kaz@example.org")
    reviewer, lead = caller(portal, "reviewer@example.org"), caller(portal, "lead@example.org")
    data_officer, stranger = caller(portal, "data.officer@example.org"), caller(portal, "focal.point.xaa@example.org")

    # channel b, as the files are; a second import changes nothing
    for file, told in kazakhstan.CHANNEL_B:
        first = data_officer.upload("/datasets", shared_data / file, **told)
        assert first.status == 201, first.body.decode()
        assert first.json["new"] > 0
        again = data_officer.upload("/datasets", shared_data / file, **told)
        assert (again.json["new"], again.json["revised"]) == (0, 0)

    # writing
    started = focal.post("/reports", {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["ru"]})
    assert started.status == 201, started.body.decode()
    report = started.json["id"]
    written = kazakhstan.answers(shared_data)
    for question, value in written.items():
        saved = focal.put(question_path(report, question), {"value": value, "language": "ru", "base_revision": 0})
        assert (saved.status, saved.json.get("revision")) == (200, 1), (question, saved.body.decode())
    held = []
    for name in kazakhstan.ATTACHMENTS:
        laid = focal.upload(
            f"/reports/{report}/attachments", shared_data / "uploads" / "multilingual" / name, question="A.4/files"
        )
        assert laid.status == 201, laid.body.decode()
        held.append(laid.json["id"])
    refused = focal.upload(
        f"/reports/{report}/attachments",
        shared_data / "uploads" / "hostile" / "simple_macro.docm",
        question="A.4/files",
    )
    assert refused.status in {415, 422}
    assert refused.json["detail"]
    files = [{"attachment": held[0], "caption": "План"}, {"attachment": held[1], "caption": ""}]
    assert (
        focal.put(question_path(report, "A.4/files"), {"value": files, "language": "ru", "base_revision": 0}).status
        == 200
    )
    assert stranger.get(f"/reports/{report}").status == 404
    assert reviewer.get(f"/reports/{report}/answers").status == 404

    # clearance and submission; the second of two identical submissions gives the same receipt
    take(focal, report, "ask")
    assert (
        focal.put(question_path(report, "F.2/summary"), {"value": "x", "language": "ru", "base_revision": 1}).status
        == 409
    )
    first = certifier.post(f"/reports/{report}/steps/submit", {}, Idempotency_Key="submit-1")
    second = certifier.post(f"/reports/{report}/steps/submit", {}, Idempotency_Key="submit-1")
    assert (first.status, first.body) == (second.status, second.body)
    assert first.status == 200, first.body.decode()
    version, receipt = f"/reports/{report}/versions/1", f"/reports/{report}/versions/1/receipt"
    (tmp_path / "receipt.json").write_bytes(certifier.get(receipt).body)
    (tmp_path / "version.json").write_bytes(certifier.get(version).body)
    _verified(tmp_path / "receipt.json", tmp_path / "version.json")

    # review
    queue = reviewer.get("/review/queue?entity=KAZ").json["items"]
    assert [(row["entity"], row["state"], row["timing"]) for row in queue] == [("KAZ", "submitted", "in_time")]
    take(reviewer, report, "claim")
    hindered = reviewer.post(f"/reports/{report}/steps/accept", {}, Idempotency_Key="too-early")
    assert (hindered.status, hindered.json["type"]) == (409, "not_now")
    edition = reviewer.get(f"/guidelines/{started.json['edition']}").json
    checks = [{"point": point["key"], "verdict": "yes", "note": ""} for point in edition["checklist"]]
    checked = reviewer.put(f"/review/{report}/checks", {"points": checks})
    assert checked.status == 200, checked.body.decode()
    take(reviewer, report, "accept")
    take(certifier, report, "consent", attachments=[held[0]])
    take(lead, report, "publish")

    # the public sees what was published, and of the files the one that the state opened
    public = Caller(portal.address)
    assert report in {item["id"] for item in public.get("/public/reports").json["items"]}
    shown = public.get(f"/public/reports/{report}")
    assert shown.status == 200, shown.body.decode()

    # the bundle
    asked = lead.post("/bundles", {"cycle": "2026"})
    assert asked.status == 202, asked.body.decode()
    bundle = asked.json["id"]
    for _ in range(300):
        if lead.get(f"/bundles/{bundle}").json["state"] == "ready":
            break
        time.sleep(0.2)
    ready = lead.get(f"/bundles/{bundle}").json
    content = lead.get(f"/bundles/{bundle}/file").body
    assert (ready["state"], ready["sha256"]) == ("ready", hashlib.sha256(content).hexdigest())
    (tmp_path / "bundle.zip").write_bytes(content)
    _verified(tmp_path / "bundle.zip")
    _holds(zipfile.ZipFile(io.BytesIO(content)), certifier.get(version).body, written)
    out = tmp_path / "again.zip"
    portal.flask("bundle", "build", "--cycle", "2026", "--out", str(out))
    assert out.read_bytes() == content
    assert "The chain is whole" in portal.flask("audit", "verify")


def _verified(*files: Path) -> None:
    command = [sys.executable, "-m", "portal.verify", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def _holds(archive: zipfile.ZipFile, version: bytes, written: dict[str, Any]) -> None:
    """The version to the byte, every typed figure in the table of answers, and the figures of channel b beside them."""
    assert archive.read("reports/KAZ/v1/version.json") == version
    rows = list(csv.DictReader(io.StringIO(archive.read("answers.csv").decode())))
    mine = [row for row in rows if row["entity"] == "KAZ"]
    figures = [row for row in mine if row["question"] == "1.3.2.1/NUA-21" and row["field"].endswith(".value")]
    typed = {row["value"] for row in figures if row["whose"] == "own"}
    assert typed == {row["value"] for row in written["1.3.2.1/NUA-21"]["rows"]}
    assert {row["value"] for row in figures if row["whose"] == "international"} - typed
    figures = csv.DictReader(io.TextIOWrapper(archive.open("observations.csv"), "utf-8"))
    sources = {row["source"] for row in figures if row["area"] == "KAZ"}
    assert {"un_sdg", "un_habitat", "world_bank"} <= sources
