"""Sort pings by unit, leave out those that cannot be, and bring positions into the grid's CRS."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel, kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

KEPT, INACCURATE, DUPLICATE, TOO_FAST, LATE = range(5)
"""What becomes of a ping; late ones are counted besides."""
_AGREEING = 3


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
def screen_pings(
    unit: Integers,
    time_s: Floats,
    easting: Floats,
    northing: Floats,
    accuracy_m: Floats,
    accuracy_limit_m: float,
    top_speed: float,
    from_s: float,
    to_s: float,
    n_units: int,
    position: Integers,
    counts: Integers,
) -> tuple[bool, int]:
    """Say of each ping whether it is inaccurate, repeats a time, or is out of reach of the last.

    Three pings in a row that are out of reach of the last good one and agree among each other are
    believed in its stead, so that one wrong position does not silence a unit for good.

    Parameters
    ----------
    unit, time_s, easting, northing
        The pings, shape ``(n,)``; of one unit by time, of several in any order.
    accuracy_m
        Their stated accuracy, NaN where not stated, shape ``(n,)``.
    accuracy_limit_m
        Pings less accurate are left out.
    top_speed
        In grid units a second.
    from_s, to_s
        Only pings of these times, the second not included, are counted; NaN for no limit.
    n_units
        Number of units.
    position
        Where each ping goes when those that stay stand by unit, -1 for those that do not stay,
        shape ``(n,)``; overwritten.
    counts
        Number of pings within the times by what becomes of them, and of those that came after a
        later one of their unit, shape ``(5,)``; added to.

    Returns
    -------
    tuple of bool and int
        Whether none came late, and the number of pings that stay. If one came late, all but the
        number of late ones is worthless: put the pings in order and screen them again.

    Examples
    --------
    >>> import numpy as np
    >>> position, counts = np.empty(3, np.int32), np.zeros(5, int)
    >>> screen_pings(np.array([1, 0, 1]), np.array([0.0, 5, 0]), np.zeros(3), np.zeros(3),
    ...              np.full(3, np.nan), 50.0, 60.0, 0.0, 60.0, 2, position, counts)
    (True, 2)
    >>> position
    array([ 1,  0, -1], dtype=int32)
    """
    first = np.zeros(n_units + 1, np.int64)
    # Time and position of each unit's last good ping and of the last refused one after it. Nothing
    # compares with NaN, so NaN is "none yet".
    good, refused = np.full((n_units, 3), np.nan), np.full((n_units, 3), np.nan)
    agreeing, latest = np.zeros(n_units, np.int64), np.full(n_units, -np.inf)
    in_order = True
    for ping in range(unit.size):
        who, now, east, north = unit[ping], time_s[ping], easting[ping], northing[ping]
        within = not (now < from_s or now >= to_s)
        if now < latest[who]:
            in_order = False
            counts[LATE] += within
        latest[who] = max(latest[who], now)
        became = KEPT
        if accuracy_m[ping] > accuracy_limit_m:
            became = INACCURATE
        elif now == good[who, 0] or now == refused[who, 0]:
            became = DUPLICATE
        elif _is_too_fast(good[who], now, east, north, top_speed):
            agrees = not _is_too_fast(refused[who], now, east, north, top_speed)
            agreeing[who] = agreeing[who] + 1 if agrees else 1
            refused[who, 0], refused[who, 1], refused[who, 2] = now, east, north
            if agreeing[who] < _AGREEING:
                became = TOO_FAST
        if became == KEPT:
            good[who, 0], good[who, 1], good[who, 2] = now, east, north
            refused[who, 0], agreeing[who] = np.nan, 0
            first[who + 1] += 1
        position[ping] = first[who + 1] - 1 if became == KEPT else -1
        counts[became] += within
    for who in range(n_units):
        first[who + 1] += first[who]
    for ping in range(unit.size):
        if position[ping] >= 0:
            position[ping] += first[unit[ping]]
    return in_order, first[n_units]


@exact_kernel
def _is_too_fast(last: Floats, now: float, east: float, north: float, top_speed: float) -> bool:
    """Return whether a unit would have had to drive too fast from a last time and position."""
    across, up, reach = east - last[1], north - last[2], top_speed * (now - last[0])
    return bool(across * across + up * up > reach * reach)


@exact_kernel
def put_in_place(
    position: Integers, values: npt.NDArray[np.generic], out: npt.NDArray[np.generic]
) -> None:
    """Write values to their positions; those at -1 are left out.

    Parameters
    ----------
    position
        As `screen_pings` leaves it, shape ``(n,)``.
    values
        One column of the pings, shape ``(n,)``.
    out
        The column of those that stay; overwritten.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.empty(2)
    >>> put_in_place(np.array([1, -1, 0]), np.array([5.0, 6.0, 7.0]), out)
    >>> out
    array([7., 5.])
    """
    for item in range(position.size):
        if position[item] >= 0:
            out[position[item]] = values[item]


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
