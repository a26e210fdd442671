"""Owns the Ed25519 key of the installation, with which receipts are signed."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_BYTES = 32
KEY_FILE = "receipt-signing.key"


@dataclass(frozen=True)
class Signer:
    """Signs bytes. `public` is the public key in base64, `key_id` the first 16 hexadecimal digits of its SHA-256."""

    public: str
    key_id: str
    _private: Ed25519PrivateKey

    @classmethod
    def from_secret(cls, secret: bytes) -> Signer:
        """The signer of a secret of 32 bytes."""
        private = Ed25519PrivateKey.from_private_bytes(secret)
        public = private.public_key().public_bytes_raw()
        return cls(base64.b64encode(public).decode(), hashlib.sha256(public).hexdigest()[:16], private)

    @classmethod
    def from_setting(cls, setting: str | None, folder: Path) -> Signer:
        """The signer of the setting (base64 of 32 bytes), else of the key file in the folder, which is created once.

        A setting or a file of another form raises ValueError with one sentence.
        """
        if setting:
            return cls.from_secret(_decoded(setting, "The setting of the signing key"))
        path = folder / KEY_FILE
        if not path.exists():
            _create(path)
        return cls.from_secret(_decoded(path.read_text("ascii", "replace"), f"The key file {path}"))

    def sign(self, message: bytes) -> str:
        """The signature of the message, 64 bytes in base64."""
        return base64.b64encode(self._private.sign(message)).decode()


def _decoded(text: str, what: str) -> bytes:
    with contextlib.suppress(binascii.Error, ValueError):
        secret = base64.b64decode(text.strip(), validate=True)
        if len(secret) == SECRET_BYTES:
            return secret
    raise ValueError(f"{what} must be the base64 form of {SECRET_BYTES} random bytes.")


def _create(path: Path) -> None:
    """Writes a new secret whole and synced, for the owner only; of two processes at once the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(os.urandom(SECRET_BYTES)))
        file.flush()
        os.fsync(handle)
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)
