"""What a feature is: declared once, as a value; what policy does not allow cannot be declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evenbeat.core.policy.features import require_feature

Layout = Literal["own", "own_shift", "shared", "shared_shift", "moment"]
Measure = Literal["distance", "density", "length", "share"]
Phase = Literal["shift", "weekday", "season"]


@dataclass(frozen=True, slots=True)
class Feature:
    """The declaration of one predictor.

    Parameters
    ----------
    name
        Stable name, made of words on the policy's allow-list.
    group
        Features of one group say nearly the same; an explanation takes one of them.
    layout
        What it varies by: ``own`` (crime type, cell), ``own_shift`` (crime type, shift, cell),
        ``shared`` (cell), ``shared_shift`` (shift, cell) or ``moment`` (shift).
    unit
        Unit of the values.
    words
        How people are told, with ``{value}`` and ``{crimes}`` to be filled in; empty when it is
        never told.
    dated
        Whether every value is known to have been known at the cut-off. A layer without dates is
        taken as it is, and its features say so here.
    sign
        1 where more of it can only mean more risk, -1 where it can only mean less, else 0.

    Raises
    ------
    PolicyError
        The name holds a word that is not on the allow-list.
    """

    name: str
    group: str
    layout: Layout
    unit: str
    words: str = ""
    dated: bool = True
    sign: Literal[-1, 0, 1] = 0

    def __post_init__(self) -> None:
        require_feature(self.name)


@dataclass(frozen=True, slots=True)
class HistorySum:
    """A feature that sums past incidents, spread in space and faded in time.

    Parameters
    ----------
    feature
        Its declaration.
    of
        ``own`` for the incidents of the crime type itself, or a key or a member of `sums.RELATED`.
    window_days
        Older incidents do not count.
    half_life_days
        Days after which an incident counts half, or None.
    bandwidth_m
        Standard deviation of the Gaussian footprint; 0 for the incident's cell alone.
    radius_m
        Counts in all cells whose centre is that near, in place of a footprint, or None.
    phase
        Only incidents on the same shift of the day (with their aoristic shares), on the same day
        of the week, or within three weeks of the same date of earlier years count; None for all.
    """

    feature: Feature
    of: str
    window_days: int
    half_life_days: float | None = None
    bandwidth_m: float = 0.0
    radius_m: float | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class PlaceMeasure:
    """A feature that measures the places of one category."""

    feature: Feature
    category: str
    measure: Measure
