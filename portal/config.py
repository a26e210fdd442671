"""Settings: read once from the environment (prefix PORTAL_), beside it from `var/settings.env`; a wrong one stops
the start with one sentence.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PORTAL_"
PORT = 8000
NAMES = (
    "BASE_URL",
    "CLOCK",
    "DATABASE_URL",
    "HOME",
    "MAIL_URL",
    "S3_ENDPOINT",
    "SECRET_KEY",
    "SIGNING_KEY",
    "STORAGE_URL",
    "TRUSTED_PROXIES",
)


class BadSetting(ValueError):
    """A setting is missing or wrong; the message says which and what to write."""


@dataclass(frozen=True)
class Settings:
    """What one running portal needs to know. `clock` is a day to run on, only with demonstration data."""

    secret_key: str
    database_url: str
    storage_url: str
    home: Path
    s3_endpoint: str | None = None
    signing_key: str | None = None
    mail_url: str | None = None
    base_url: str = f"http://127.0.0.1:{PORT}"
    clock: dt.date | None = None
    trusted_proxies: int = 0


def home(environ: Mapping[str, str]) -> Path:
    """The folder in which this portal keeps what it makes: `var` beside the code unless PORTAL_HOME says another."""
    return Path(environ.get(f"{PREFIX}HOME") or ROOT / "var")


def read_file(path: Path) -> dict[str, str]:
    """NAME=value lines of a settings file; blank lines and lines that begin with # are left out."""
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#")
    return {name.strip(): value.strip() for name, value in pairs}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises BadSetting with one sentence."""
    given = os.environ if environ is None else environ
    folder = home(given)
    values = {**read_file(folder / "settings.env"), **{k: v for k, v in given.items() if k.startswith(PREFIX)}}
    unknown = sorted(k for k in values if k.startswith(PREFIX) and k.removeprefix(PREFIX) not in NAMES)
    if unknown:
        raise BadSetting(
            f"{unknown[0]} is no setting of the portal; the settings are PORTAL_{', PORTAL_'.join(NAMES)}."
        )

    def value(name: str) -> str | None:
        return values.get(PREFIX + name) or None

    secret = value("SECRET_KEY")
    if secret is None or len(secret) < 32:
        raise BadSetting(
            "PORTAL_SECRET_KEY must be set to at least 32 random characters; "
            "`make run` writes one into var/settings.env."
        )
    return Settings(
        secret_key=secret,
        database_url=_database(value("DATABASE_URL") or f"sqlite:///{folder / 'portal.db'}"),
        storage_url=_storage(value("STORAGE_URL") or f"file://{folder / 'files'}"),
        home=folder,
        s3_endpoint=value("S3_ENDPOINT"),
        signing_key=value("SIGNING_KEY"),
        mail_url=_mail(value("MAIL_URL")),
        base_url=_address("BASE_URL", value("BASE_URL") or f"http://127.0.0.1:{_port(given.get('PORT'))}"),
        clock=_day(value("CLOCK")),
        trusted_proxies=_count("TRUSTED_PROXIES", value("TRUSTED_PROXIES")),
    )


def _database(text: str) -> str:
    if not re.match(r"(sqlite:///.+|postgresql(\+psycopg)?://)", text):
        raise BadSetting("PORTAL_DATABASE_URL must begin with sqlite:/// and name a file, or with postgresql://.")
    return text


def _storage(text: str) -> str:
    if not re.match(r"(file:///.+|s3://[^/]{3,})", text):
        raise BadSetting("PORTAL_STORAGE_URL must be file:///folder or s3://bucket.")
    return text


def _mail(text: str | None) -> str | None:
    if text is not None and not re.match(
        r"smtps?://([^/?#\s@]+@)?[^/?#\s@:]+(:\d{1,5})?/?\?from=[^@\s&]+@[^@\s&]+(&timeout=\d+(\.\d+)?)?$", text
    ):
        raise BadSetting(
            "PORTAL_MAIL_URL must be an address such as smtps://user:password@mail.example.org?from=portal@example.org."
        )
    return text


def _address(name: str, text: str) -> str:
    if not re.match(r"https?://[^/]+$", text.rstrip("/")):
        raise BadSetting(f"PORTAL_{name} must be an address such as https://reports.example.org, with no path.")
    return text.rstrip("/")


def _port(text: str | None) -> int:
    """The port that `portal.serve` listens on, as it tells its processes; its usual one where nothing is told."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,4}", text) else PORT


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadSetting("PORTAL_CLOCK must be a day such as 2025-06-16.") from None


def _count(name: str, text: str | None) -> int:
    if text is None:
        return 0
    if not text.isdigit():
        raise BadSetting(f"PORTAL_{name} must be a whole number such as 1.")
    return int(text)


def fresh(clock: str | None) -> str:
    """The text of a new settings file: a random key, and the day on which a demonstration runs."""
    lines = [
        "# Settings of this portal; the environment overrides them.",
        f"PORTAL_SECRET_KEY={secrets.token_urlsafe(48)}",
    ]
    if clock:
        lines.append(f"PORTAL_CLOCK={clock}")
    return "\n".join(lines) + "\n"


def prepare(clock: str | None) -> Path:
    """Writes the settings file of a fresh clone, readable by its owner alone; an existing one is left as it is."""
    path = home(os.environ) / "settings.env"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(fresh(clock))
    return path


if __name__ == "__main__":
    import sys

    prepare(sys.argv[1] if len(sys.argv) > 1 else None)
