"""How much a flagged area captures: one small function a measure, NaN where it has no meaning.

Here n is the number of crimes captured in the flagged area a, N the number in the study area A,
and n*(a) the most that any area of the size of a could capture. Over several windows each is
added up first, so that a window counts by its crimes.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import BacktestError


def hit_rate(hits: float, events: float) -> float:
    """Return n / N.

    Examples
    --------
    >>> hit_rate(12, 100)
    0.12
    """
    return _ratio(hits, events)


def pai(hits: float, events: float, area_share: float) -> float:
    """Return the prediction accuracy index, (n / N) / (a / A): 1 for a forecast by lot.

    Compare only at equal a / A: a smaller area nearly always has the larger index.

    References
    ----------
    Chainey, Tompson & Uhlig 2008, The utility of hotspot mapping for predicting spatial patterns
    of crime, doi:10.1057/palgrave.sj.8350066.

    Examples
    --------
    >>> round(pai(12, 100, area_share=0.01), 6)
    12.0
    """
    return _ratio(hit_rate(hits, events), area_share)


def pei(hits: float, most: float) -> float:
    """Return the prediction efficiency index, PAI / PAI_max = n / n*(a): 1 is perfect.

    Parameters
    ----------
    hits, most
        n and n*(a), from `most_hits`.

    References
    ----------
    Hunt 2016, Do crime hot spots move? Exploring the effects of the modifiable areal unit problem
    and modifiable temporal unit problem on crime hot spot stability, American University.

    Examples
    --------
    >>> pei(12, 48)
    0.25
    """
    return _ratio(hits, most)


def rri(expected_flagged: float, hits: float) -> float:
    """Return predicted over observed in the flagged area: above 1 promises too much there.

    References
    ----------
    Wheeler & Steenbeek 2021, Mapping the risk terrain for crime using machine learning,
    doi:10.1007/s10940-020-09457-7.

    Examples
    --------
    >>> rri(expected_flagged=15.0, hits=12)
    1.25
    """
    return _ratio(expected_flagged, hits)


def ser(hits: float, area_km2: float, windows: int = 1) -> float:
    """Return the search efficiency rate: n per flagged square kilometre and window.

    Parameters
    ----------
    hits
        n over all windows.
    area_km2
        Area flagged in each window, in square kilometres.
    windows
        Number of windows.

    References
    ----------
    Bowers, Johnson & Pease 2004, Prospective hot-spotting: the future of crime mapping?,
    doi:10.1093/bjc/azh036.

    Examples
    --------
    >>> ser(12, area_km2=2.0, windows=3)
    2.0
    """
    return _ratio(hits, area_km2 * windows)


def precision_per_box_shift(hits: float, boxes: int, shifts: float) -> float:
    """Return n / (boxes x shifts): how often a box has a crime on a shift, always a small number.

    Parameters
    ----------
    hits
        n over all windows.
    boxes
        Cells flagged in each window.
    shifts
        Shifts of all windows together.

    Examples
    --------
    >>> precision_per_box_shift(21, boxes=10, shifts=210)
    0.01
    """
    return _ratio(hits, boxes * shifts)


def severity_weighted_hit_rate(
    hits: npt.ArrayLike, events: npt.ArrayLike, weights: npt.ArrayLike
) -> float:
    """Return sum(w n) / sum(w N) over crime types.

    Parameters
    ----------
    hits, events
        n and N of each crime type, shape ``(types,)``.
    weights
        Severity weight of each type, shape ``(types,)``.

    Examples
    --------
    >>> severity_weighted_hit_rate([1, 30], [2, 100], weights=[100, 1])
    0.43333333333333335
    """
    weight = np.asarray(weights, dtype=np.float64)
    captured = float((weight * np.asarray(hits, dtype=np.float64)).sum())
    return _ratio(captured, float((weight * np.asarray(events, dtype=np.float64)).sum()))


def stability(flagged: npt.NDArray[np.integer], lag: int = 1) -> float:
    """Return the mean Jaccard index of the cells flagged in two windows `lag` apart.

    1 flags the same cells always. Ties that are drawn by lot lower it: a forecast that cannot
    tell cells apart is not stable. NaN with fewer than ``lag + 1`` windows.

    Parameters
    ----------
    flagged
        Distinct positions of the flagged cells, shape ``(windows, cells)``.
    lag
        Windows between the two: 1 for consecutive ones, 3 for the same shift of the next day.

    Raises
    ------
    BacktestError
        The lag is below 1.

    References
    ----------
    Adepeju, Rosser & Cheng 2016, Novel evaluation metrics for sparse spatio-temporal point
    process hotspot predictions, doi:10.1080/13658816.2016.1159684, on why to measure how flagged
    areas move.

    Examples
    --------
    >>> stability(np.array([[0, 1, 2], [1, 2, 3], [1, 2, 3]]))
    0.75
    """
    if lag < 1:
        raise BacktestError(f"The lag of stability must be at least 1 window, got {lag}. Take 1.")
    n_windows, n_cells = flagged.shape
    if n_windows <= lag:
        return math.nan
    newest = np.full((lag, int(flagged.max()) + 1), -1, dtype=np.int64)
    total = 0.0
    for window, cells in enumerate(flagged):
        seen = newest[window % lag]
        if window >= lag:
            both = int((seen[cells] == window - lag).sum())
            total += both / (2 * n_cells - both)
        seen[cells] = window
    return float(total / (n_windows - lag))


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator > 0 else math.nan
