"""Colours with their opacity, alone, for a class, or at a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Colour = Annotated[
    str,
    StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"),
    Field(description="Red, green and blue in hexadecimal, such as #67000d"),
]
Rgba = tuple[int, int, int, int]
CLEAR: Rgba = (0, 0, 0, 0)


class Paint(BaseModel):
    """A colour and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    colour: Colour
    opacity: float = Field(ge=0, le=1, description="0 shows nothing of it, 1 covers the map")

    @property
    def rgba(self) -> Rgba:
        """Return red, green, blue and alpha, 0 to 255."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue, round(255 * self.opacity)


class ClassPaint(Paint):
    """The paint of the cells that are in a share of the area but in no smaller one."""

    share: float = Field(description="0.05, 0.02, 0.01 or 0.005 of the area")


class Stop(Paint):
    """The paint of a value."""

    at: float = Field(allow_inf_nan=False, description="The value, in what the style counts by")


def colours_at(
    stops: Sequence[Stop], places: npt.NDArray[np.floating], *, stepped: bool
) -> npt.NDArray[np.uint8]:
    """Return the colours of places among stops; outside them those of the nearest stop.

    Parameters
    ----------
    stops
        By increasing ``at``.
    places
        Any number of places, in what ``at`` counts.
    stepped
        Whether a place has the colour of the last stop that it reached, or one in between.

    Returns
    -------
    Shape ``(places, 4)``: red, green, blue, alpha.

    Examples
    --------
    >>> stops = [Stop(at=0, colour="#000000", opacity=0), Stop(at=2, colour="#ff0000", opacity=1)]
    >>> colours_at(stops, np.array([-1.0, 1.0, 5.0]), stepped=False).tolist()
    [[0, 0, 0, 0], [128, 0, 0, 128], [255, 0, 0, 255]]
    """
    at = np.array([stop.at for stop in stops])
    paints = np.array([stop.rgba for stop in stops], np.float64)
    if stepped:
        reached = np.searchsorted(at, places, side="right") - 1
        return paints[np.maximum(reached, 0)].astype(np.uint8)
    parts = [np.interp(places, at, part) for part in paints.T]
    return np.asarray(np.rint(np.column_stack(parts)), np.uint8)
