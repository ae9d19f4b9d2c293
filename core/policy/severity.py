"""Severity weights of crime types: documented presets from an editable table."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from pathlib import Path

from evenbeat.core.errors import PolicyError

DEFAULT_PRESET = "harm_index"
_COLUMNS = {"preset", "crime_type", "weight", "unit", "source"}


def load_severity(
    preset: str = DEFAULT_PRESET, *, override: Path | None = None
) -> dict[str, float]:
    """Return the weight of each crime type in one preset.

    Parameters
    ----------
    preset
        ``flat``, ``harm_index`` or ``cost_of_crime``, or one that the override adds.
    override
        A CSV of the same columns that stands in place of the shipped table.

    Raises
    ------
    PolicyError
        The table lacks a column, a weight is negative or no number, or the preset is unknown.

    References
    ----------
    Sherman, Neyroud and Neyroud 2016, https://doi.org/10.1093/police/paw003.
    McCollister, French and Fang 2010, https://doi.org/10.1016/j.drugalcdep.2009.12.002.

    Examples
    --------
    >>> load_severity("flat")["theft"]
    1.0
    """
    text = _shipped() if override is None else override.read_text("utf-8-sig")
    presets = _parse(text, origin=str(override or "severity.csv"))
    if preset not in presets:
        raise PolicyError(f"No severity preset is called {preset!r}; known are {sorted(presets)}.")
    return dict(presets[preset])


@cache
def _shipped() -> str:
    return (resources.files("evenbeat.core.policy") / "tables" / "severity.csv").read_text("utf-8")


def _parse(text: str, *, origin: str) -> dict[str, dict[str, float]]:
    """Return preset -> crime type -> weight."""
    reader = csv.DictReader(text.splitlines())
    missing = _COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise PolicyError(f"{origin} lacks the columns {sorted(missing)}.")
    presets: dict[str, dict[str, float]] = {}
    for row in reader:
        try:
            weight = float(row["weight"])
        except ValueError:
            weight = -1.0
        if not 0 <= weight < float("inf"):
            raise PolicyError(
                f"{origin}: the weight of {row['crime_type']} in {row['preset']} must be a "
                f"number of at least 0, got {row['weight']!r}."
            )
        presets.setdefault(row["preset"], {})[row["crime_type"]] = weight
    return presets
