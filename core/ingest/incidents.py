"""The door to incidents: read them, merge them, and tell how a file would be understood."""

from __future__ import annotations

from evenbeat.core.ingest.incident_reader import read_incidents, training_weights
from evenbeat.core.ingest.understanding import describe_understanding, render_understanding
from evenbeat.core.ingest.upsert import UpsertCounts, upsert_incidents

__all__ = [
    "UpsertCounts",
    "describe_understanding",
    "read_incidents",
    "render_understanding",
    "training_weights",
    "upsert_incidents",
]
