"""Every table of the portal, imported once so that the metadata is whole."""

from __future__ import annotations

from portal.db import Base
from portal.models import (
    accounts,
    bundles,
    cycles,
    entities,
    events,
    keeping,
    observations,
    outbox,
    phases,
    remarks,
    reports,
    review,
    sharing,
    sources,
)

MODULES = (
    accounts,
    bundles,
    cycles,
    entities,
    events,
    keeping,
    observations,
    outbox,
    phases,
    remarks,
    reports,
    review,
    sharing,
    sources,
)

APPEND_ONLY = (
    "answer_revisions",
    "consents",
    "deliverables",
    "editions",
    "events",
    "intentions",
    "internal_notes",
    "observation_revisions",
    "phase_closings",
    "remark_words",
    "restore_points",
    "sign_offs",
    "takings",
    "versions",
)

metadata = Base.metadata
