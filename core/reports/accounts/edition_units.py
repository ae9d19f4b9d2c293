"""Names of units as a page prints them: pseudonyms cut as short as they stay apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PSEUDONYM = re.compile(r"[0-9a-f]{12,}")
_SHORTEST = 5


def unit_labels(units: Iterable[str]) -> dict[str, str]:
    """Return a short name for each unit of a page; files keep the whole one.

    Parameters
    ----------
    units
        Their names. What is no pseudonym of hexadecimal digits stays as it is.

    Examples
    --------
    >>> unit_labels(["9492bfa9a3b1499e", "9492bfd938ba6200", "car 7"])
    {'9492bfa9a3b1499e': '9492bfa', '9492bfd938ba6200': '9492bfd', 'car 7': 'car 7'}
    """
    names = sorted(set(units))
    long = [name for name in names if _PSEUDONYM.fullmatch(name)]
    others = set(names) - set(long)
    longest = max(map(len, long), default=_SHORTEST)
    for length in range(_SHORTEST, longest + 1):
        cut = {name[:length] for name in long}
        if len(cut) == len(long) and not cut & others:
            return {name: name[:length] if name in long else name for name in names}
    return {name: name for name in names}
