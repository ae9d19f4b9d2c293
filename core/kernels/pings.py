"""Sort pings by unit, leave out those that cannot be, and bring positions into the grid's CRS."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel, kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

KEPT, INACCURATE, DUPLICATE, TOO_FAST = range(4)
"""What becomes of a ping."""
_AGREEING = 3


@exact_kernel
def order_by_unit(unit: Integers, time_s: Floats, n_units: int, out: Integers) -> int:
    """Write the order that brings the pings of each unit together, otherwise as they came.

    Parameters
    ----------
    unit
        Unit of each ping, shape ``(n,)``, below ``n_units``.
    time_s
        Times, shape ``(n,)``.
    n_units
        Number of units.
    out
        Positions, shape ``(n,)``; overwritten.

    Returns
    -------
    int
        Number of pings that came after a later one of their unit.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.empty(4, np.int64)
    >>> order_by_unit(np.array([1, 0, 1, 0]), np.array([5.0, 5, 9, 3]), 2, out), out
    (1, array([1, 3, 0, 2]))
    """
    place, latest = np.zeros(n_units + 1, np.int64), np.full(n_units, -np.inf)
    late = 0
    for ping in range(unit.size):
        who = unit[ping]
        place[who + 1] += 1
        late += time_s[ping] < latest[who]
        latest[who] = max(latest[who], time_s[ping])
    for who in range(n_units):
        place[who + 1] += place[who]
    for ping in range(unit.size):
        who = unit[ping]
        out[place[who]] = ping
        place[who] += 1
    return late


@exact_kernel
def stand_in_order(unit: Integers, time_s: Floats) -> bool:
    """Return whether pings stand by unit and, of one unit, by time.

    Parameters
    ----------
    unit, time_s
        The pings, shape ``(n,)``; a time that is NaN is in no order.

    Examples
    --------
    >>> import numpy as np
    >>> stand_in_order(np.array([0, 0, 1]), np.array([1.0, 1.0, 0.0]))
    True
    """
    if unit.size > 0 and not abs(time_s[0]) < np.inf:
        return False
    for ping in range(1, unit.size):
        if unit[ping] < unit[ping - 1] or not abs(time_s[ping]) < np.inf:
            return False
        if unit[ping] == unit[ping - 1] and time_s[ping] < time_s[ping - 1]:
            return False
    return True


@exact_kernel
def _is_too_fast(
    time_s: Floats, easting: Floats, northing: Floats, one: int, other: int, top_speed: float
) -> bool:
    """Return whether a unit would have had to drive too fast between two pings."""
    across, up = easting[other] - easting[one], northing[other] - northing[one]
    reach = top_speed * (time_s[other] - time_s[one])
    return bool(across * across + up * up > reach * reach)


@exact_kernel
def screen_pings(
    order: Integers,
    unit: Integers,
    time_s: Floats,
    easting: Floats,
    northing: Floats,
    accuracy_m: Floats,
    accuracy_limit_m: float,
    top_speed: float,
    kept: Integers,
    counts: Integers,
) -> int:
    """Leave out pings that are inaccurate, repeat a time, or are out of reach of the last one.

    Three pings in a row that are out of reach of the last good one and agree among each other are
    believed in its stead, so that one wrong position does not silence a unit for good.

    Parameters
    ----------
    order
        Positions of the pings by unit and time, shape ``(n,)``.
    unit, time_s, easting, northing
        The pings, shape ``(n,)``.
    accuracy_m
        Their stated accuracy, NaN where not stated, shape ``(n,)``.
    accuracy_limit_m
        Pings less accurate are left out.
    top_speed
        In grid units a second.
    kept
        Positions of the pings that stay, by unit and time, shape ``(n,)``; the first ones are
        overwritten.
    counts
        Number of pings by what became of them, shape ``(4,)``; added to.

    Returns
    -------
    int
        Number of pings that stay.
    """
    n_kept, last, refused, agreeing = 0, -1, -1, 0
    for item in range(order.size):
        ping = order[item]
        if last >= 0 and unit[last] != unit[ping]:
            last, refused, agreeing = -1, -1, 0
        if accuracy_m[ping] > accuracy_limit_m:
            counts[INACCURATE] += 1
            continue
        repeats_last = last >= 0 and time_s[ping] == time_s[last]
        if repeats_last or (refused >= 0 and time_s[ping] == time_s[refused]):
            counts[DUPLICATE] += 1
            continue
        if last >= 0 and _is_too_fast(time_s, easting, northing, last, ping, top_speed):
            agrees = refused >= 0 and not _is_too_fast(
                time_s, easting, northing, refused, ping, top_speed
            )
            agreeing = agreeing + 1 if agrees else 1
            refused = ping
            if agreeing < _AGREEING:
                counts[TOO_FAST] += 1
                continue
        kept[n_kept] = ping
        n_kept += 1
        counts[KEPT] += 1
        last, refused, agreeing = ping, -1, 0
    return n_kept


@kernel
def evaluate_polynomials(
    first: Floats, second: Floats, factors: Floats, out_first: Floats, out_second: Floats
) -> None:
    """Evaluate two polynomials in two variables of the same degree.

    Parameters
    ----------
    first, second
        Where, shape ``(n,)``.
    factors
        Factor of ``first**i * second**j`` at ``[k, i, j]`` for both polynomials ``k``, shape
        ``(2, degree + 1, degree + 1)``; those with ``i + j`` above the degree are not read.
    out_first, out_second
        Values, shape ``(n,)``; overwritten.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.empty((2, 1))
    >>> factors = np.array([[[1.0, 2.0], [3.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]])
    >>> evaluate_polynomials(np.array([10.0]), np.array([5.0]), factors, out[0], out[1])
    >>> out.ravel()
    array([41.,  5.])
    """
    degree = factors.shape[1] - 1
    for item in range(first.size):
        x, y = first[item], second[item]
        one, other = 0.0, 0.0
        for i in range(degree, -1, -1):
            inner_one, inner_other = 0.0, 0.0
            for j in range(degree - i, -1, -1):
                inner_one = inner_one * y + factors[0, i, j]
                inner_other = inner_other * y + factors[1, i, j]
            one, other = one * x + inner_one, other * x + inner_other
        out_first[item], out_second[item] = one, other
