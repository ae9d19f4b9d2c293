"""The readers of everything besides incidents, one signature: a raw table in, a table out."""

from __future__ import annotations

from evenbeat.core.ingest.areas import read_boundary, read_districts, read_neighbourhoods
from evenbeat.core.ingest.events import read_events
from evenbeat.core.ingest.places import read_places
from evenbeat.core.ingest.streets import read_streets
from evenbeat.core.ingest.weather import read_weather

__all__ = [
    "read_boundary",
    "read_districts",
    "read_events",
    "read_neighbourhoods",
    "read_places",
    "read_streets",
    "read_weather",
]
