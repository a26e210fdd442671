"""Every table of the portal, imported once so that the metadata is whole."""

from __future__ import annotations

from portal.db import Base
from portal.models import accounts, bundles, cycles, entities, events, observations, reports, review

MODULES = (accounts, bundles, cycles, entities, events, observations, reports, review)

APPEND_ONLY = (
    "answer_revisions",
    "consents",
    "editions",
    "events",
    "observation_revisions",
    "versions",
)

metadata = Base.metadata
