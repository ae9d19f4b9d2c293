"""The policy's tables: plain CSV files that a person can read and review."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


@cache
def read_policy_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a shipped table, e.g. ``"crime_types.csv"``."""
    text = resources.files("evenbeat.core.policy").joinpath("tables", name).read_text("utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))
