"""A version freezes to the same bytes for the same content, and its receipt states what was frozen, signed."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from forms.answers import canonical, digest
from portal.adapters.signing import KEY_FILE, Signer
from portal.documents import receipt as receipts
from portal.documents.receipt import Receipt
from portal.documents.version import FrozenAnswer, FrozenFile, FrozenFinding, Submission, freeze, instant
from portal.verify import canonical as stdlib_canonical

AT = dt.datetime(2025, 6, 30, 17, 0, tzinfo=dt.timezone(dt.timedelta(hours=5)))
ANSWERS = (
    FrozenAnswer("F.2/summary", "narrative", "ru", 3, "Доклад о городах", "original"),
    FrozenAnswer("F.2/summary", "narrative", "en", 1, "A report on cities", "unofficial"),
    FrozenAnswer("1.1.2.4/NUA-14", "number", "", 2, {"value": "17.4", "year": 2021}),
)
FILES = (
    FrozenFile("b", "отчёт.pdf", "application/pdf", 10, "0" * 64, "F.2/summary"),
    FrozenFile("a", "table.csv", "text/csv", 5, "1" * 64),
)
SUBMISSION = Submission(
    entity="XAA",
    cycle="2022-2026",
    edition="nua-2024",
    edition_digest="2" * 64,
    modality="digital",
    languages=("ru", "en"),
    number=1,
    submitted_at=AT,
    submitted_by="certifier",
    answers=ANSWERS,
    files=FILES,
    findings=(FrozenFinding("F.2/summary", "warning", "length", "The text is short.", "It is enough."),),
)
SIGNER = Signer.from_secret(bytes(range(32)))


def _receipt(**changes: object) -> Receipt:
    given = Receipt(
        entity="XAA",
        cycle="2022-2026",
        number=1,
        version_sha256=digest(freeze(SUBMISSION)),
        version_size=len(freeze(SUBMISSION)),
        files=FILES,
        submitted_at=AT,
        deadline=dt.datetime(2025, 7, 2, 12, tzinfo=dt.UTC),
        timing="received before the deadline",
        chain_sequence=17,
        chain_head="3" * 64,
    )
    return dataclasses.replace(given, **changes)  # type: ignore[arg-type]


def test_a_version_is_canonical_json() -> None:
    document = json.loads(freeze(SUBMISSION))
    assert canonical(document) == freeze(SUBMISSION)
    assert document["submitted_at"] == "2025-06-30T12:00:00.000000Z"
    assert [(one["question"], one["language"]) for one in document["answers"]] == [
        ("1.1.2.4/NUA-14", ""),
        ("F.2/summary", "en"),
        ("F.2/summary", "ru"),
    ]
    assert sorted(document) == sorted(
        [
            "format",
            "entity",
            "cycle",
            "edition",
            "modality",
            "languages",
            "number",
            "submitted_at",
            "submitted_by",
            "answers",
            "files",
            "findings",
        ]
    )


def test_the_order_of_answers_and_files_does_not_count() -> None:
    other = dataclasses.replace(SUBMISSION, answers=ANSWERS[::-1], files=FILES[::-1])
    assert freeze(other) == freeze(SUBMISSION)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"submitted_at": AT + dt.timedelta(microseconds=1)},
        {"answers": (*ANSWERS[:2], dataclasses.replace(ANSWERS[2], value={"value": "17.40", "year": 2021}))},
        {"answers": ANSWERS[:2]},
        {"files": FILES[:1]},
        {"findings": ()},
    ],
)
def test_any_change_changes_the_bytes(change: dict[str, object]) -> None:
    assert freeze(dataclasses.replace(SUBMISSION, **change)) != freeze(SUBMISSION)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"answers": (*ANSWERS, ANSWERS[0])}, {"files": (*FILES, FILES[0])}])
def test_nothing_stands_twice(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="twice"):
        freeze(dataclasses.replace(SUBMISSION, **change))  # type: ignore[arg-type]


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        instant(dt.datetime(2025, 6, 30))
    assert instant(dt.datetime(2025, 7, 1, 23, 59, 59, 7, tzinfo=dt.UTC)) == "2025-07-01T23:59:59.000007Z"


def test_a_receipt_states_and_signs() -> None:
    document = json.loads(receipts.sign(_receipt(), SIGNER))
    statement = document["statement"]
    assert sorted(document) == ["format", "key_id", "public_key", "short_code", "signature", "statement"]
    assert statement["version"] == {"sha256": digest(freeze(SUBMISSION)), "size": len(freeze(SUBMISSION))}
    assert statement["files"] == json.loads(freeze(SUBMISSION))["files"]
    assert (statement["deadline"], statement["chain"]) == (
        "2025-07-02T12:00:00.000000Z",
        {"sequence": 17, "head": "3" * 64},
    )
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(document["public_key"]))
    key.verify(base64.b64decode(document["signature"]), b"nua-receipt/1\n" + stdlib_canonical(statement))


def test_the_same_facts_give_the_same_receipt() -> None:
    assert receipts.sign(_receipt(), SIGNER) == receipts.sign(_receipt(files=FILES[::-1]), SIGNER)
    assert receipts.sign(_receipt(), SIGNER) != receipts.sign(_receipt(number=2), SIGNER)


def test_the_short_code_can_be_read_aloud() -> None:
    codes = {json.loads(receipts.sign(_receipt(chain_sequence=at), SIGNER))["short_code"] for at in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {14}
    assert set("".join(codes)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = Signer.from_setting(None, tmp_path / "home")
    second = Signer.from_setting("", tmp_path / "home")
    assert first.public == second.public
    path = tmp_path / "home" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [KEY_FILE]
    assert Signer.from_setting(path.read_text(), tmp_path / "other").key_id == first.key_id
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("setting", ["x", "AAAA", base64.b64encode(bytes(31)).decode(), "ключ"])
def test_a_wrong_key_is_one_sentence(setting: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be the base64 form of 32 random bytes"):
        Signer.from_setting(setting, tmp_path)
    (tmp_path / KEY_FILE).write_text(setting)
    with pytest.raises(ValueError, match="must be the base64 form of 32 random bytes"):
        Signer.from_setting(None, tmp_path)


def test_a_signature_is_of_the_message() -> None:
    message = os.urandom(100)
    Ed25519PublicKey.from_public_bytes(base64.b64decode(SIGNER.public)).verify(
        base64.b64decode(SIGNER.sign(message)), message
    )
