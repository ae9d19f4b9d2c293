"""What somebody else did between two readings of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """One box that changed: by whom, to which state, with which reason."""

    name: str
    state: str
    reviewer: str
    reason: str
    is_new: bool


def between(known: Mapping[str, dict[str, Any]], found: Iterable[dict[str, Any]]) -> list[Change]:
    """Return the boxes that are new or of a newer version than the known ones."""
    changes = []
    for box in found:
        before = known.get(box["assignment_id"])
        if before is None or before["version"] != box["version"]:
            changes.append(Change(
                box["assignment_id"], box["state"], box["reviewer"] or "", box["reason"] or "",
                before is None,
            ))  # fmt: skip
    return changes
