"""Owns the frozen form of a contribution that was sent, canonical bytes never written again, and its receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from forms.answers import canonical
from portal.documents.receipt import Signs, signed
from portal.documents.version import FrozenFile, instant

FORMAT = "nua-contribution/1"
RECEIPT_FORMAT = "nua-contribution-receipt/1"


@dataclass(frozen=True)
class FrozenContribution:
    """All that a version of a contribution says. It names the partner, never a person. `answers` are (question, kind,
    value); `areas` are (key of the area, whether it is a state named here).
    """

    contribution: str
    cycle: str
    channel: str
    call: str | None
    partner: Mapping[str, Any]
    edition: str
    edition_digest: str
    modality: str
    language: str
    title: str
    licence: str
    credit: str
    areas: Sequence[tuple[str, bool]]
    number: int
    sent_at: dt.datetime
    answers: Sequence[tuple[str, str, Any]]
    files: Sequence[FrozenFile] = ()


def freeze(sent: FrozenContribution) -> bytes:
    """The canonical bytes: the same for the same content, in whatever order answers, areas and files come."""
    return canonical(
        {
            "format": FORMAT,
            "contribution": sent.contribution,
            "cycle": sent.cycle,
            "channel": sent.channel,
            "call": sent.call,
            "partner": dict(sent.partner),
            "edition": {"key": sent.edition, "digest": sent.edition_digest},
            "modality": sent.modality,
            "languages": [sent.language],
            "title": sent.title,
            "licence": sent.licence,
            "credit": sent.credit,
            "areas": [{"area": area, "named": named} for area, named in sorted(sent.areas)],
            "number": sent.number,
            "sent_at": instant(sent.sent_at),
            "answers": [
                {"question": question, "kind": kind, "language": sent.language, "value": value}
                for question, kind, value in sorted(sent.answers, key=lambda answer: answer[0])
            ],
            "files": [asdict(file) for file in sorted(sent.files, key=lambda file: file.id)],
        }
    )


def receipt(sent: FrozenContribution, digest: str, size: int, chain: tuple[int, str], signer: Signs) -> bytes:
    """The receipt of these bytes: digest, size, files, when they came, where the chain of events stood."""
    stated = {
        "contribution": sent.contribution,
        "channel": sent.channel,
        "cycle": sent.cycle,
        "partner": sent.partner["name"],
        "number": sent.number,
        "version": {"sha256": digest, "size": size},
        "files": [asdict(file) for file in sorted(sent.files, key=lambda file: file.id)],
        "sent_at": instant(sent.sent_at),
        "chain": {"sequence": chain[0], "head": chain[1]},
        "key_id": signer.key_id,
    }
    return signed(stated, signer, RECEIPT_FORMAT)
