"""Owns the receipt of a submission: a signed statement that anyone can check without the portal (portal.verify)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from forms.answers import canonical
from portal.documents.version import FrozenFile, instant

FORMAT = "nua-receipt/1"
CODE_LENGTH = 12
CODE_GROUP = 4
_READ_ALOUD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class Signs(Protocol):
    """What signs a receipt: `portal.adapters.signing.Signer` does."""

    @property
    def public(self) -> str:
        """The public key in base64."""

    @property
    def key_id(self) -> str:
        """The short name of the key."""

    def sign(self, message: bytes) -> str:
        """The signature in base64."""


@dataclass(frozen=True)
class Receipt:
    """What the portal states about a version: its digest, when it came, its files, where the chain of events stood.

    `practice` says that the version is one to practise with and counts nowhere; it is stated only where it is so.
    `timing` is the label of the submission against the deadline; `chain_head` is the hash of the submission's event.
    """

    entity: str
    cycle: str
    number: int
    version_sha256: str
    version_size: int
    files: Sequence[FrozenFile]
    submitted_at: dt.datetime
    deadline: dt.datetime
    timing: str
    chain_sequence: int
    chain_head: str
    practice: bool = False


def sign(receipt: Receipt, signer: Signs) -> bytes:
    """The receipt as canonical JSON: format, statement, signature, public key, key id, and the code for reading aloud.

    Ed25519 is deterministic, so the same facts and key give the same bytes.
    """
    return signed(_statement(receipt, signer.key_id), signer, FORMAT)


def signed(stated: dict[str, Any], signer: Signs, form: str) -> bytes:
    """A statement of this format as a receipt; it names the key of the signer as `key_id`."""
    return canonical(
        {
            "format": form,
            "statement": stated,
            "signature": signer.sign(signed_bytes(stated, form)),
            "public_key": signer.public,
            "key_id": signer.key_id,
            "short_code": short_code(stated, form),
        }
    )


def signed_bytes(statement: dict[str, Any], form: str = FORMAT) -> bytes:
    """The bytes under the signature: the name of the format, a line end, and the canonical JSON of the statement."""
    return form.encode() + b"\n" + canonical(statement)


def short_code(statement: dict[str, Any], form: str = FORMAT) -> str:
    """Sixty bits of the statement's SHA-256 in three groups of four signs, without I, L, O and U: `7K2M-0QXD-94TA`."""
    text = base64.b32encode(hashlib.sha256(signed_bytes(statement, form)).digest()).decode().translate(_READ_ALOUD)
    return "-".join(text[start : start + CODE_GROUP] for start in range(0, CODE_LENGTH, CODE_GROUP))


def _statement(receipt: Receipt, key_id: str) -> dict[str, Any]:
    stated = {
        "entity": receipt.entity,
        "cycle": receipt.cycle,
        "number": receipt.number,
        "version": {"sha256": receipt.version_sha256, "size": receipt.version_size},
        "files": [asdict(file) for file in sorted(receipt.files, key=lambda file: file.id)],
        "submitted_at": instant(receipt.submitted_at),
        "deadline": instant(receipt.deadline),
        "timing": receipt.timing,
        "chain": {"sequence": receipt.chain_sequence, "head": receipt.chain_head},
        "key_id": key_id,
    }
    return stated | {"practice": True} if receipt.practice else stated
