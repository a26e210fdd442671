"""The verifier needs nothing of the portal, agrees with another Ed25519, and finds every change of a receipt."""

from __future__ import annotations

import ast
import base64
import dataclasses
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forms.answers import digest
from portal import verify
from portal.documents import receipt as receipts
from portal.documents.version import freeze
from portal.verify import main, signature_holds
from tests.portal.test_receipt import SIGNER, SUBMISSION, _receipt

CONTENT = {"a": b"a,b,c", "b": b"0123456789"}


@pytest.fixture
def handed_out(tmp_path: Path) -> dict[str, Path]:
    """What a state keeps: the receipt, the version and its two attachments."""
    files = tuple(
        dataclasses.replace(file, sha256=digest(CONTENT[file.id]), size=len(CONTENT[file.id]))
        for file in SUBMISSION.files
    )
    version = freeze(dataclasses.replace(SUBMISSION, files=files))
    given = _receipt(files=files, version_sha256=digest(version), version_size=len(version))
    contents = {"receipt": receipts.sign(given, SIGNER), "version": version, **CONTENT}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def test_agrees_with_cryptography_on_a_thousand_messages() -> None:
    draw = random.Random(20250702)
    for at in range(1000):
        key = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), draw.randbytes(at % 200)
        signature = key.sign(message)
        assert signature_holds(public, message, signature)
        altered = bytearray(signature + message)
        altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
        assert not signature_holds(public, bytes(altered[64:]), bytes(altered[:64]))


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_the_standard(public: str, message: str, signature: str) -> None:
    assert signature_holds(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


def test_a_signature_cannot_be_written_in_a_second_way() -> None:
    public, message, signature = (bytes.fromhex(part) for part in RFC_8032[1])
    scalar = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not signature_holds(public, message, signature[:32] + scalar.to_bytes(32, "little"))
    assert not signature_holds(public, message, signature + b"\0")
    assert not signature_holds(public + b"\0", message, signature)
    assert not signature_holds(b"\xff" * 32, message, signature)


def test_needs_only_the_standard_library() -> None:
    tree = ast.parse(Path(verify.__file__).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == set()


def test_runs_alone_on_another_machine(handed_out: dict[str, Path], tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "verify.py"
    alone.parent.mkdir()
    shutil.copy(verify.__file__, alone)
    given = [str(handed_out[name]) for name in ("receipt", "version", "a", "b")]
    command = [sys.executable, "-I", "-S", str(alone), *given, "--key", SIGNER.public]
    done = subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["OK", "OK", "OK", "OK", "Nothing"]


def test_a_file_that_was_not_given_is_said(handed_out: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(handed_out["receipt"]), str(handed_out["version"])]) == 0
    said = capsys.readouterr().out
    assert "note   The attachment table.csv was not given, so it was not compared." in said
    assert "Compare it with the key that the portal publishes." in said


@pytest.mark.parametrize("name", ["version", "a", "b"])
def test_a_flipped_bit_in_a_file_is_named(
    handed_out: dict[str, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(handed_out[name].read_bytes())
    content[len(content) // 2] ^= 1
    handed_out[name].write_bytes(content)
    assert main([str(path) for path in handed_out.values()]) == 1
    said = capsys.readouterr().out
    assert f"WRONG  {handed_out[name]} is neither the version nor an attachment" in said
    assert said.count("WRONG  ") == 1


def test_every_flipped_bit_of_the_statement_is_found(
    handed_out: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    whole, draw = handed_out["receipt"].read_bytes(), random.Random(1)
    for at in draw.sample(range(len(whole)), 150):
        altered = bytearray(whole)
        altered[at] ^= 1 << draw.randrange(7)
        handed_out["receipt"].write_bytes(altered)
        assert main([str(handed_out["receipt"]), "--key", SIGNER.public]) == 1, altered[max(0, at - 20) : at + 20]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"short_code": "0000-0000-0000"}, "short code"),
        ({"key_id": "0" * 16}, "another key"),
        ({"signature": base64.b64encode(bytes(64)).decode()}, "changed after it was signed"),
        ({"signature": None}, "changed after it was signed"),
        ({"public_key": base64.b64encode(bytes(31)).decode()}, "changed after it was signed"),
        ({"format": "nua-receipt/2"}, "cannot be read as a receipt"),
        ({"statement": []}, "cannot be read as a receipt"),
    ],
)
def test_an_altered_receipt_says_what_is_wrong(
    handed_out: dict[str, Path], change: dict[str, object], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(handed_out["receipt"].read_bytes()) | change
    handed_out["receipt"].write_text(json.dumps(document))
    assert main([str(handed_out["receipt"])]) == 1
    assert word in capsys.readouterr().out


def test_a_receipt_of_another_key_is_refused_when_the_key_is_pinned(
    handed_out: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert main([str(handed_out["receipt"]), "--key", base64.b64encode(other).decode()]) == 1
    assert "not the one given with --key" in capsys.readouterr().out


def test_what_cannot_be_read_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 not a zip")
    for name in ("absent", "empty", "broken.zip"):
        assert main([str(tmp_path / name)]) == 1
    assert capsys.readouterr().out.count("WRONG  ") == 3
