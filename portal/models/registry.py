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
    reports,
    review,
    sharing,
    sources,
)

MODULES = (accounts, bundles, cycles, entities, events, keeping, observations, reports, review, sharing, sources)

APPEND_ONLY = (
    "answer_revisions",
    "consents",
    "editions",
    "events",
    "observation_revisions",
    "restore_points",
    "takings",
    "versions",
)

metadata = Base.metadata
