"""What was taken out of a publication on purpose, as the manifest tells it to everybody."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

ASSIGNMENTS: Final = "assignments"
"""What stands for a layer's id where approved assignments were retracted."""

Category = Literal["error", "privacy", "legal", "other"]
CATEGORIES: tuple[str, ...] = get_args(Category)


class Retraction(BaseModel):
    """One raster, or one shift's assignments, that was taken back.

    It tells when and of which kind the reason was. Who did it and the reason in words are in the
    audit log of the workspace alone.

    ``source`` is what it was made from: the id of the run, for assignments the checksum of their
    content. While nothing else is published in its place, the same source stays out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: str
    date: str
    shift: str
    version: str
    source: str
    category: Category
    at: dt.datetime


class HoldBack:
    """Tells the publisher of a date what stays out because it was retracted.

    Parameters
    ----------
    retractions, date
        What was retracted, and the date that is published.
    again
        Whether to publish again, on purpose, what was retracted.
    """

    def __init__(self, retractions: Iterable[Retraction], date: str, *, again: bool) -> None:
        self._retracted = Counter(
            (one.layer, one.shift, one.source) for one in retractions if one.date == date
        )
        self._again = again

    def times(self, layer: str, shift: str, source: str, *, standing: str | None) -> int | None:
        """Return how often what is made from a source was taken back; None where it stays out.

        Parameters
        ----------
        standing
            The source of what is published in its place now: it was published again already.
        """
        times = self._retracted[layer, shift, source]
        return times if times == 0 or self._again or standing == source else None
