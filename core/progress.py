"""How long work reports where it stands; the edge decides how to show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told after each step of long work."""

    def __call__(self, stage: str, fraction: float) -> None:
        """Take the stage's name in plain words and the fraction done, 0 to 1."""
        ...


def silent(stage: str, fraction: float) -> None:
    """Ignore progress."""
