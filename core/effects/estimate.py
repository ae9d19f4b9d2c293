"""An estimate of an effect: its grade, its figures and one plain sentence, and nothing hidden."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

Grade = Literal["A", "B", "C"]
Verdict = Literal["reduced", "increased", "cannot tell"]

GRADES: dict[Grade, str] = {
    "A": "randomised: boxes drawn by lot against boxes held out by lot",
    "B": "quasi-experimental: matched difference in differences",
    "C": "descriptive: confounded",
}
CONFIDENCE = 0.95
TAIL = (1.0 - CONFIDENCE) / 2.0


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What patrol did to reported incidents, as far as the design can tell.

    NaN stands where a figure cannot be had; a ratio without an upper limit has infinity.

    Parameters
    ----------
    grade
        ``A``, ``B`` or ``C``, see `GRADES`.
    design, outcome
        In words: who is compared with whom, and what is counted.
    treated_rate, control_rate
        Incidents a box and period with patrol, and what the comparison says without.
    ratio, ratio_low, ratio_high
        Treated over control with its 95 % interval: below 1 is fewer.
    difference, difference_low, difference_high
        Treated less control, per box and period: below 0 is fewer.
    p_value
        Two-sided, of no effect.
    n_treated, n_control
        Boxes times periods compared.
    events_treated, events_control
        What was counted in them, unweighted by the design.
    minimum_detectable_percent
        The smallest reduction that would be told from none in 80 of 100 such studies; NaN where
        not even the end of all incidents would be.
    verdict, sentence
        The answer, and the same in plain words.
    notes
        What a reader should know beside it.
    """

    grade: Grade
    design: str
    outcome: str
    treated_rate: float
    control_rate: float
    ratio: float
    ratio_low: float
    ratio_high: float
    difference: float
    difference_low: float
    difference_high: float
    p_value: float
    n_treated: int
    n_control: int
    events_treated: float
    events_control: float
    minimum_detectable_percent: float
    verdict: Verdict
    sentence: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON holds them: None where a number is not finite."""
        return finite_dict(self)


def finite_dict(record: Any) -> dict[str, Any]:
    """Return a dataclass as JSON holds it: lists for tuples, None where no finite number is.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Pair:
    ...     limits: tuple[float, float]
    >>> finite_dict(Pair((0.5, math.inf)))
    {'limits': [0.5, None]}
    """
    told: dict[str, Any] = _finite(dataclasses.asdict(record))
    return told


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def verdict_of(low: float, high: float, *, none: float = 1.0) -> Verdict:
    """Return what an interval tells: reduced, increased, or that it cannot tell.

    Parameters
    ----------
    low, high
        Limits; NaN tells nothing.
    none
        The value of no effect: 1 for a ratio, 0 for a difference.

    Examples
    --------
    >>> verdict_of(0.4, 0.9), verdict_of(1.1, 2.0), verdict_of(0.4, 1.2)
    ('reduced', 'increased', 'cannot tell')
    >>> verdict_of(-3.0, 1.0, none=0.0)
    'cannot tell'
    """
    if high < none:
        return "reduced"
    if low > none:
        return "increased"
    return "cannot tell"
