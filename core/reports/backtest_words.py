"""Words of a back-test: names of models, numbers with their signs, and the verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from evenbeat.core.reports.page import number, words

AHEAD = "ahead"
BEHIND = "behind"
CANNOT_TELL = "cannot tell"
_LABELS: dict[str, str] = {
    "evenbeat": "Evenbeat",
    "boosted": "boosted trees",
    "etas": "background and trigger (ETAS)",
    "glm": "Poisson regression",
    "mixture": "mixture of histories",
    "shrunk": "shrunk count",
    "stack": "blend of models",
    "terrain": "risk terrain",
}
_HORIZONS = ("shift", "day", "week", "month")
_COUNT = re.compile(r"(count|smoothed)_(\d+)d?", re.ASCII)
_MINUS = "\N{MINUS SIGN}"
_TIED = "\N{NO-BREAK SPACE}"
_FINEST = 6
_SHORT = 12


def model_label(name: str) -> str:
    """Return the name of a model or baseline for people.

    Examples
    --------
    >>> model_label("evenbeat"), model_label("smoothed_1095"), model_label("near_repeat")
    ('Evenbeat', 'smoothed count of 1,095 days', 'near repeat')
    """
    if name in _LABELS:
        return _LABELS[name]
    found = _COUNT.fullmatch(name)
    if found is None:
        return words(name)
    kind = "count" if found[1] == "count" else "smoothed count"
    return f"{kind} of {int(found[2]):,} days"


def measure(value: float | None, significant: int = 3) -> str:
    """Return a number to a few significant digits, without an exponent.

    Examples
    --------
    >>> measure(0.00931), measure(12.345), measure(71234.5), measure(-0.4, 2), measure(None)
    ('0.00931', '12.3', '71,234', '−0.40', '–')
    """
    if value is None or not math.isfinite(value):
        return number(None)
    if value == 0:
        return "0"
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    if digits > _FINEST:
        return f"{'<' if value > 0 else '> −'}{_TIED}0.0001"
    return f"{value:,.{max(digits, 0)}f}".replace("-", _MINUS)


def signed_percent(share: float | None) -> str:
    r"""Return a relative difference with its sign, on one line.

    Examples
    --------
    >>> [signed_percent(share).replace("\xa0", " ") for share in (0.123, -0.04, 0.0, None)]
    ['+12.3 %', '−4.0 %', '0.0 %', '–']
    """
    if share is None or not math.isfinite(share):
        return number(None)
    text = f"{abs(100 * share):,.1f}{_TIED}%"
    sign = "" if text.startswith(f"0.0{_TIED}") else "+" if share > 0 else _MINUS
    return sign + text


def counted(value: float | None) -> str:
    """Return a number of crimes, with a decimal where they are few.

    Examples
    --------
    >>> counted(12480.4), counted(8.25)
    ('12,480', '8.2')
    """
    return number(value, 0 if value is not None and value >= 100 else 1)


def per_hundred(share: float | None) -> str:
    """Return how many of a hundred, to two significant digits.

    Examples
    --------
    >>> per_hundred(0.00506), per_hundred(None)
    ('0.51', '–')
    """
    return measure(None if share is None else 100 * share, 2)


def signed_points(points: float | None) -> str:
    """Return a difference in percentage points with its sign.

    Examples
    --------
    >>> signed_points(0.604), signed_points(-1.2)
    ('+0.60', '−1.20')
    """
    if points is None or not math.isfinite(points):
        return number(None)
    text = f"{abs(points):,.2f}"
    return text if text == "0.00" else f"{'+' if points > 0 else _MINUS}{text}"


def signed_nats(nats: float | None) -> str:
    """Return a difference in nats with its sign.

    Examples
    --------
    >>> signed_nats(0.0123), signed_nats(-0.2), signed_nats(0.0)
    ('+0.012', '−0.200', '0.000')
    """
    if nats is None or not math.isfinite(nats):
        return number(None)
    text = f"{abs(nats):.3f}"
    return text if text == "0.000" else f"{'+' if nats > 0 else _MINUS}{text}"


def judge(paired: Mapping[str, Any] | None) -> str:
    """Return what a paired comparison allows to say: one word, and never more than it shows.

    Parameters
    ----------
    paired
        With the ends of the interval of the difference, ``difference_low`` and
        ``difference_high``, and of the relative difference, ``relative_low`` and
        ``relative_high``. An interval without both ends is left aside.

    Returns
    -------
    ``ahead`` where every known interval lies above zero, ``behind`` where every one lies below,
    else ``cannot tell``.

    Examples
    --------
    >>> judge({"difference_low": 0.2, "difference_high": 1.4})
    'ahead'
    >>> judge({"difference_low": -0.2, "difference_high": 1.4}), judge(None)
    ('cannot tell', 'cannot tell')
    """
    asked = paired or {}
    ends = [
        (asked.get(f"{kind}_low"), asked.get(f"{kind}_high")) for kind in ("difference", "relative")
    ]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    if known and all(low > 0 and high > 0 for low, high in known):
        return AHEAD
    if known and all(low < 0 and high < 0 for low, high in known):
        return BEHIND
    return CANNOT_TELL


def tie(label: str) -> str:
    r"""Return a short label that does not break over lines.

    Examples
    --------
    >>> tie("0.5 %"), tie("3 boxes per district")
    ('0.5\xa0%', '3 boxes per district')
    """
    return label.replace(" ", _TIED) if len(label) <= _SHORT else label


def tell_horizon(horizon: str, days: float) -> str:
    """Return what a window is.

    Examples
    --------
    >>> tell_horizon("week", 7), tell_horizon("2-months", 61)
    ('week', 'window of 61 days')
    """
    return horizon if horizon in _HORIZONS else f"window of {days:g} days"


def tell_area(label: str) -> str:
    r"""Return the label of a budget as an area.

    Examples
    --------
    >>> tell_area("1 %"), tell_area("0.5 sq mi")
    ('1\xa0% of the area', '0.5\xa0sq\xa0mi')
    """
    return f"{tie(label)} of the area" if label.endswith("%") else tie(label)


def join_words(parts: list[str]) -> str:
    """Return a list as a phrase.

    Examples
    --------
    >>> join_words(["a", "b", "c"]), join_words(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
