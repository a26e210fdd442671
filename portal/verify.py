"""Owns the check of receipts and bundles by anyone, anywhere: this one file and Python's standard library, no portal.

    python -m portal.verify RECEIPT [FILE...]    a receipt, and the version and attachments it speaks of
    python -m portal.verify BUNDLE.zip           a whole bundle

Each line begins with OK, WRONG or note. The exit status is 0 when nothing is wrong, else 1.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 18
RECEIPT_FORMAT = "nua-receipt/1"
VERSION_FORMAT = "nua-version/1"
CONTRIBUTION_RECEIPT_FORMAT = "nua-contribution-receipt/1"
CONTRIBUTION_FORMAT = "nua-contribution/1"
BUNDLE_FORMAT = "nua-bundle/1"
MANIFEST = "manifest.json"
READ_ALOUD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)

# Ed25519 by RFC 8032. Points are in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(point: Point) -> Point:
    a, b = point[0] * point[0] % P, point[1] * point[1] % P
    h = a + b
    e = h - (point[0] + point[1]) ** 2 % P
    g = a - b
    f = 2 * point[2] * point[2] % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _decode(text: bytes) -> Point | None:
    """The point that 32 bytes stand for, or None where they stand for none."""
    number = int.from_bytes(text, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encode(point: Point) -> bytes:
    scale = pow(point[2], -1, P)
    x, y = point[0] * scale % P, point[1] * scale % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
assert _BASE is not None
BASE: Point = _BASE


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are the Ed25519 signature of the message under the public key of 32 bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key = _decode(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    table = (NEUTRAL, BASE, minus, _add(BASE, minus))
    point = NEUTRAL
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        point = _double(point)
        if chosen := (s >> bit & 1) | (k >> bit & 1) << 1:
            point = _add(point, table[chosen])
    return _encode(point) == signature[:32]


class Checks:
    """How many of the lines said so far tell of something wrong, and the keys that were met."""

    def __init__(self) -> None:
        self.wrong = 0
        self.keys: set[str] = set()

    def that(self, holds: bool, sentence: str, otherwise: str) -> bool:
        """Prints the first sentence when it holds, else the second; gives whether it holds."""
        print(f"OK     {sentence}" if holds else f"WRONG  {otherwise}")
        self.wrong += not holds
        return holds

    def fail(self, sentence: str) -> None:
        """Prints what is wrong."""
        self.that(False, "", sentence)

    def note(self, sentence: str) -> None:
        """Prints what the reader should know; nothing is wrong."""
        print(f"note   {sentence}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _parsed(text: bytes, *forms: str) -> dict[str, Any]:
    """The JSON object of one of these formats; anything else raises ValueError."""
    found = json.loads(text, object_pairs_hook=_object)
    if not isinstance(found, dict) or found.get("format") not in forms:
        raise ValueError(f"it is not of the form {' or '.join(forms)}")
    return found


def canonical(value: Any) -> bytes:
    """Names sorted, no blanks, UTF-8: the same bytes for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _hashed(stream: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while block := stream.read(BLOCK):
        size += len(block)
        digest.update(block)
    return size, digest.hexdigest()


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return b""


def _short_code(signed: bytes) -> str:
    text = base64.b32encode(hashlib.sha256(signed).digest()).decode().translate(READ_ALOUD)
    return "-".join(text[start : start + 4] for start in (0, 4, 8))


def check_receipt(text: bytes, name: str, keys: Sequence[str], checks: Checks) -> dict[str, Any] | None:
    """Checks form, signature, key and code of a receipt; gives its statement when the signature holds."""
    try:
        receipt = _parsed(text, RECEIPT_FORMAT, CONTRIBUTION_RECEIPT_FORMAT)
        statement, public = receipt["statement"], receipt["public_key"]
        whose = f"{_whose(receipt['format'], statement)}, event {statement['chain']['sequence']}"
        practice = statement.get("practice", False)
        [(file["id"], file["name"], file["size"], file["sha256"]) for file in statement["files"]]
        signed = receipt["format"].encode() + b"\n" + canonical(statement)
        statement["version"]["sha256"], statement["key_id"]
    except (ValueError, KeyError, TypeError) as error:
        checks.fail(f"{name} cannot be read as a receipt: {type(error).__name__}, {error}.")
        return None
    raw = _decoded(public)
    key_id = hashlib.sha256(raw).hexdigest()[:16]
    holds = checks.that(
        signature_holds(raw, signed, _decoded(receipt.get("signature"))),
        f"{name} is signed and unchanged: {whose}.",
        f"{name} was changed after it was signed, or was never signed by the key it names.",
    )
    if practice:
        checks.note(f"{name} says practice: the version was made to practise with, and counts nowhere.")
    if not (receipt.get("key_id") == statement["key_id"] == key_id):
        checks.fail(f"{name} names another key than the one that it carries.")
    if receipt.get("short_code") != _short_code(signed):
        checks.fail(f"{name} carries another short code than its own, which is {_short_code(signed)}.")
    if keys and public not in keys:
        checks.fail(f"{name} is signed by the key {public}, which is not the one given with --key.")
    elif not keys and public not in checks.keys:
        checks.keys.add(public)
        checks.note(f"{name} is signed by the key {public}. Compare it with the key that the portal publishes.")
    return statement if holds else None


def _whose(form: str, statement: dict[str, Any]) -> str:
    """What a receipt speaks of: a version of a report, or of a contribution of a partner."""
    if form == CONTRIBUTION_RECEIPT_FORMAT:
        return (
            f"contribution {statement['contribution']} of {statement['partner']} in channel {statement['channel']}, "
            f"cycle {statement['cycle']}, version {statement['number']}, sent at {statement['sent_at']}"
        )
    return (
        f"{statement['entity']}, cycle {statement['cycle']}, version {statement['number']}, "
        f"submitted at {statement['submitted_at']} ({statement['timing']})"
    )


def _same_submission(version: bytes, statement: dict[str, Any]) -> bool:
    """Whether a version says the same of itself and of its files as the receipt does."""
    of_a_partner = "contribution" in statement
    try:
        document = _parsed(version, CONTRIBUTION_FORMAT if of_a_partner else VERSION_FORMAT)
    except ValueError:
        return False
    named: tuple[str, ...] = ("entity", "cycle", "number", "submitted_at", "files", "practice")
    if of_a_partner:
        named = ("contribution", "channel", "cycle", "number", "sent_at", "files")
    return all(document.get(part) == statement.get(part) for part in named)


def check_files(statement: dict[str, Any], paths: Sequence[Path], checks: Checks) -> None:
    """Checks each file against the digests of the statement, and says which of them nobody gave."""
    wanted = {file["sha256"]: f"the attachment {file['name']}" for file in statement["files"]}
    wanted[statement["version"]["sha256"]] = "the version"
    missing = dict(wanted)
    for path in paths:
        try:
            with path.open("rb") as stream:
                _, digest = _hashed(stream)
        except OSError as error:
            checks.fail(f"{path} cannot be read: {error.strerror}.")
            continue
        checks.that(
            digest in wanted,
            f"{path} is {wanted.get(digest)} that the receipt speaks of.",
            f"{path} is neither the version nor an attachment of this receipt, or it was changed (SHA-256 {digest}).",
        )
        missing.pop(digest, None)
        if digest == statement["version"]["sha256"] and not _same_submission(path.read_bytes(), statement):
            checks.fail(f"{path} says something else of its entity, number, time or files than the receipt.")
    for what in missing.values():
        checks.note(f"{what[0].upper()}{what[1:]} was not given, so it was not compared.")


def check_bundle(path: Path, keys: Sequence[str], checks: Checks) -> None:
    """Checks everything in a bundle: nothing missing, added or changed, and each version against its receipt."""
    with zipfile.ZipFile(path) as bundle:
        for name, count in Counter(bundle.namelist()).items():
            if count > 1:
                checks.fail(f"{name} stands in the bundle {count} times.")
        try:
            text = bundle.read(MANIFEST)
            listed = {file["name"]: (file["size"], file["sha256"]) for file in _parsed(text, BUNDLE_FORMAT)["files"]}
        except (*UNREADABLE, KeyError, TypeError) as error:
            checks.fail(f"The bundle has no {MANIFEST} that can be read: {error}.")
            return
        checks.note(f"The SHA-256 of {MANIFEST} is {hashlib.sha256(text).hexdigest()}. Compare it with the portal's.")
        found = _contents(bundle, checks)
        for name in sorted(listed.keys() - found.keys()):
            checks.fail(f"{name} is missing from the bundle.")
        for name in sorted(found.keys() - listed.keys() - {MANIFEST}):
            checks.fail(f"{name} was added to the bundle; its manifest does not name it.")
        changed = [name for name in sorted(listed.keys() & found.keys()) if listed[name] != found[name]]
        for name in changed:
            checks.fail(f"{name} was changed or is damaged; it is not what the manifest names.")
        _check_frame(path, bundle, checks)
        same = len(listed.keys() & found.keys()) - len(changed)
        checks.that(same == len(listed), f"All {same} files are as the manifest names them.", "Not all files are.")
        _check_versions(bundle, found, keys, checks)


def _check_frame(path: Path, bundle: zipfile.ZipFile, checks: Checks) -> None:
    """All bytes but the contents of the members and the comment must have the digest that is the comment."""
    if not bundle.comment:
        checks.note("The bundle was packed again by another program; its contents alone are compared.")
        return
    frame, at = hashlib.sha256(), 0
    with path.open("rb") as stream:
        for member in sorted(bundle.infolist(), key=lambda member: member.header_offset):
            stream.seek(member.header_offset)
            header = stream.read(30)
            start = member.header_offset + 30 + sum(struct.unpack("<HH", header[26:]))
            stream.seek(at)
            frame.update(stream.read(max(0, start - at)))
            at = start + member.compress_size
        stream.seek(at)
        frame.update(stream.read()[: -len(bundle.comment)])
    if frame.hexdigest().encode() != bundle.comment:
        checks.fail("The headers or the directory of the ZIP were changed or are damaged.")


def _contents(bundle: zipfile.ZipFile, checks: Checks) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each member; one that cannot be unpacked gets a size of -1."""
    found = {}
    for member in bundle.infolist():
        try:
            with bundle.open(member) as stream:
                found[member.filename] = _hashed(stream)
        except UNREADABLE as error:
            checks.fail(f"{member.filename} cannot be unpacked: {error}.")
            found[member.filename] = (-1, "")
    return found


def _check_versions(
    bundle: zipfile.ZipFile, found: dict[str, tuple[int, str]], keys: Sequence[str], checks: Checks
) -> None:
    folders = sorted({"/".join(name.split("/")[:3]) for name in found if name.startswith("reports/")})
    for folder in folders:
        version, receipt = f"{folder}/version.json", f"{folder}/receipt.json"
        if version not in found or receipt not in found:
            checks.fail(f"{folder} does not hold both version.json and receipt.json.")
            continue
        try:
            document, text = bundle.read(version), bundle.read(receipt)
        except UNREADABLE:
            continue
        statement = check_receipt(text, receipt, keys, checks)
        if statement is not None:
            _check_version(folder, document, found, statement, checks)


def _check_version(
    folder: str, document: bytes, found: dict[str, tuple[int, str]], statement: dict[str, Any], checks: Checks
) -> None:
    digest = hashlib.sha256(document).hexdigest()
    checks.that(
        digest == statement["version"]["sha256"]
        and _same_submission(document, statement)
        and folder == f"reports/{statement['entity']}/v{statement['number']}",
        f"{folder}/version.json is the version that its receipt speaks of.",
        f"{folder}/version.json is not the version that its receipt speaks of.",
    )
    inside = {name for name in found if name.startswith(f"{folder}/files/")}
    for file in statement["files"]:
        names = {name for name in inside if name.startswith(f"{folder}/files/{file['id']}-")}
        if not names:
            checks.fail(f"The attachment {file['name']} of {folder} is missing.")
        for name in sorted(names):
            if found[name] != (file["size"], file["sha256"]):
                checks.fail(f"{name} is not the attachment that the receipt speaks of.")
        inside -= names
    for name in sorted(inside):
        checks.fail(f"{name} is no attachment of that version.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks what the command line names; gives the exit status."""
    parser = argparse.ArgumentParser(prog="portal.verify", description="Checks a receipt with its files, or a bundle.")
    parser.add_argument("path", type=Path, help="a receipt (JSON) or a bundle (ZIP)")
    parser.add_argument("files", type=Path, nargs="*", help="the version and the attachments of the receipt")
    parser.add_argument("--key", action="append", default=[], help="a public key that the portal publishes, in base64")
    parser.add_argument("--sha256", help="the SHA-256 that the portal shows for the bundle")
    asked = parser.parse_args(arguments)
    checks = Checks()
    try:
        with asked.path.open("rb") as stream:
            is_bundle = stream.read(2) == b"PK"
            stream.seek(0)
            digest = _hashed(stream)[1]
        if asked.sha256:
            checks.that(digest == asked.sha256.lower(), "The SHA-256 is the one given.", f"The SHA-256 is {digest}.")
        if is_bundle:
            check_bundle(asked.path, asked.key, checks)
        elif (statement := check_receipt(asked.path.read_bytes(), asked.path.name, asked.key, checks)) is not None:
            check_files(statement, asked.files, checks)
    except UNREADABLE as error:
        checks.fail(f"{asked.path} cannot be read: {error}.")
    print("Nothing is wrong." if not checks.wrong else f"{checks.wrong} of the lines above say WRONG.")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
