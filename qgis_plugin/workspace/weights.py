"""Factors of priority by district or shift and crime type, as people change them."""

from __future__ import annotations

from typing import Any

DISTRICTS = "district_weights"
SHIFTS = "shift_weights"
SEVERITY = "severity"
PLAIN = 1.0
Factors = dict


class Weights:
    """The factors as they are in the settings, and as they are on the screen.

    Parameters
    ----------
    told
        What the engine's `priorities` tells.
    shifts
        Names of the shifts.
    """

    def __init__(self, told: dict[str, Any], shifts: list[str]) -> None:
        self.crime_types: list[str] = told["crime_types"]
        self.rows = {
            DISTRICTS: [(one["district_id"], one["name"]) for one in told["districts"]],
            SHIFTS: [(name, name) for name in shifts],
        }
        self.version: str = told["version"]
        self._kept = {
            DISTRICTS: _spread(told["factors"]), SHIFTS: _spread(told["shift_factors"]),
            SEVERITY: {(SEVERITY, name): value for name, value in told["severity"].items()},
        }  # fmt: skip
        self._now = {kind: dict(factors) for kind, factors in self._kept.items()}

    def value(self, kind: str, row: str, crime_type: str) -> float:
        """Return a factor, 1 where none is set; of `SEVERITY` the weight."""
        return self._now[kind].get((row, crime_type), PLAIN)

    def is_changed(self, kind: str, row: str, crime_type: str) -> bool:
        """Return whether a factor differs from the settings'."""
        return self.value(kind, row, crime_type) != self._kept[kind].get((row, crime_type), PLAIN)

    def set(self, kind: str, row: str, crime_type: str, value: float) -> None:
        """Change a factor on the screen.

        Raises
        ------
        ValueError
            It is negative.
        """
        if value < 0:
            raise ValueError("A factor is 0 or more.")
        self._now[kind][row, crime_type] = value

    def revert(self) -> None:
        """Take back what is not saved."""
        self._now = {kind: dict(factors) for kind, factors in self._kept.items()}

    def changes(self) -> list[dict[str, Any]]:
        """Return what is not saved, as `settings-change` takes it."""
        made = []
        for kind, factors in self._now.items():
            for (row, crime_type), value in factors.items():
                if not self.is_changed(kind, row, crime_type):
                    continue
                path = ["plan", kind, crime_type] if kind == SEVERITY else [
                    "plan", kind, row, crime_type
                ]  # fmt: skip
                takes_out = kind != SEVERITY and value == PLAIN
                made.append({"path": path, "value": None if takes_out else value})
        return made

    def request(self) -> dict[str, Any]:
        """Return the factors on the screen, as `priority-preview` takes them."""
        return {
            DISTRICTS: _nested(self._now[DISTRICTS]), SHIFTS: _nested(self._now[SHIFTS]),
            SEVERITY: {name: value for (_, name), value in self._now[SEVERITY].items()},
        }  # fmt: skip


def _spread(factors: dict[str, dict[str, float]]) -> dict[tuple[str, str], float]:
    return {(row, name): value for row, inner in factors.items() for name, value in inner.items()}


def _nested(factors: dict[tuple[str, str], float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for (row, name), value in factors.items():
        found.setdefault(row, {})[name] = value
    return found
