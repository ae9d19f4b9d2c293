"""Styles: how values are coloured, by class or by value."""

from __future__ import annotations

import hashlib
import itertools
from functools import cached_property
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from evenbeat.core.store.manifest import AREA_SHARES
from evenbeat.core.store.tile_levels import classify
from evenbeat.tile_server.styles.paints import CLEAR, ClassPaint, Paint, Stop, colours_at
from evenbeat.tile_server.styles.value_scale import ValueScale

PLAIN_STYLE_ID = r"[a-z][a-z0-9-]{0,31}"
STYLE_ID = rf"^{PLAIN_STYLE_ID}(~top(0\.5|1|2|5))?(~opacity[1-9]0)?$"
# XML, in which WMTS lists styles, has no way to write the others.
_PRINTABLE = r"^[^\x00-\x1f\x7f\ufffe\uffff]*$"
RESERVED = ("minus", "point", "default")  # words that stand where a style may stand

Palette = npt.NDArray[np.uint8]


class Threshold(BaseModel):
    """What is shown at all; a style has one or none of both limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float | None = Field(
        None, description="Only cells in this share of the area: 0.05, 0.02, 0.01 or 0.005"
    )
    at: float | None = Field(
        None, ge=0, allow_inf_nan=False,
        description="Only values of at least this, in what the style counts by; of differences "
        "the size counts",
    )  # fmt: skip

    @model_validator(mode="after")
    def _has_one_limit(self) -> Self:
        if (self.share is None) == (self.at is None):
            raise ValueError("a threshold has either share or at")
        if self.share is not None and self.share not in AREA_SHARES:
            raise ValueError(f"share must be one of {AREA_SHARES}, got {self.share}")
        return self


class Style(BaseModel):
    """What all styles have."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    json_schema: str | None = Field(None, alias="$schema", exclude=True)
    kind: str
    id: str = Field(pattern=STYLE_ID, description="Its name in addresses")
    title: str = Field(min_length=1, max_length=80, pattern=_PRINTABLE)
    description: str = Field("", max_length=400, pattern=_PRINTABLE)
    order: int = Field(100, description="Place in lists; the lowest is the default style")
    units: str | None = Field(
        None, description="Only for layers in this unit, such as min; any when left out"
    )
    threshold: Threshold | None = None
    _is_own: bool = PrivateAttr(False)

    @model_validator(mode="after")
    def _has_a_free_name(self) -> Self:
        if self.id in RESERVED:
            raise ValueError(f"id must not be one of {', '.join(RESERVED)}")
        return self

    @property
    def is_own(self) -> bool:
        """Return whether it is of the agency's own folder, and may change at any time."""
        return self._is_own

    @cached_property
    def revision(self) -> str:
        """Return a short hash of the colours and limits, for entity tags."""
        content = self.model_dump_json(exclude={"id", "title", "description", "order"})
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    def fits(self, units: str, *, difference: bool = False) -> bool:
        """Return whether it is for values, or differences, in a unit."""
        return (self.kind == "difference") == difference and self.units in (None, units)

    def level_colours(
        self, lows: npt.NDArray[np.floating], middles: npt.NDArray[np.floating], scale: ValueScale
    ) -> Palette:
        """Return the colours of levels.

        Parameters
        ----------
        lows, middles
            The lowest value of each level, and the one in its middle.
        scale
            Of the raster, or of the differences.

        Returns
        -------
        Shape ``(levels, 4)``.
        """
        raise NotImplementedError


class ClassStyle(Style):
    """A colour for each published class by share of the area, and one for the rest."""

    kind: Literal["classes"]
    rest: Paint
    classes: tuple[ClassPaint, ...] = Field(description="From the largest share to the smallest")

    @model_validator(mode="after")
    def _covers_the_published_classes(self) -> Self:
        shares = [paint.share for paint in self.classes]
        if shares != sorted(AREA_SHARES, reverse=True):
            raise ValueError(
                f"classes must have the shares {sorted(AREA_SHARES, reverse=True)}, got {shares}"
            )
        if self.threshold is not None and self.threshold.share is None:
            raise ValueError("the threshold of a style of classes must be a share")
        return self

    def shows(self, share: float) -> bool:
        """Return whether a class is shown; 1.0 stands for the rest of the area."""
        limit = self.threshold.share if self.threshold is not None else None
        return limit is None or share <= limit

    @cached_property
    def palette(self) -> Palette:
        """Return the colours by class: no data, rest, then the classes."""
        paints = [(1.0, self.rest), *((paint.share, paint) for paint in self.classes)]
        shown = [paint.rgba if self.shows(share) else CLEAR for share, paint in paints]
        return np.array([CLEAR, *shown], dtype=np.uint8)

    def level_colours(
        self, lows: npt.NDArray[np.floating], middles: npt.NDArray[np.floating], scale: ValueScale
    ) -> Palette:
        """Return the colours of levels: edges of classes are among them."""
        known = np.ones(lows.shape, bool)
        return np.asarray(self.palette[classify(lows, known, scale.classes)], np.uint8)


class RampStyle(Style):
    """Colours by value: in between the stops, or in steps."""

    kind: Literal["ramp", "difference"]
    by: Literal["value", "times-average"] = Field(
        description="What stops count: the value in its unit, or how many times that of the "
        "average cell"
    )
    stepped: bool = Field(False, description="Whether values have the colour of the stop below")
    stops: tuple[Stop, ...] = Field(min_length=2, max_length=32)

    @model_validator(mode="after")
    def _has_usable_stops(self) -> Self:
        at = [stop.at for stop in self.stops]
        if any(lower >= upper for lower, upper in itertools.pairwise(at)):
            raise ValueError(f"stops must be at increasing values, got {at}")
        if self.kind == "ramp" and at[0] < 0:
            raise ValueError(f"stops must not be below 0, got {at[0]}")
        if self.kind == "difference" and not at[0] < 0 < at[-1]:
            raise ValueError("stops of differences must reach from below 0 to above it")
        if self.by == "value" and self.units is None:
            raise ValueError("a style by value must say units, such as min")
        if self.kind == "difference" and self.threshold and self.threshold.at is None:
            raise ValueError("the threshold of differences must be at a size")
        return self

    def unit_value(self, scale: ValueScale) -> float:
        """Return the value in the raster's unit at which a stop at 1 is."""
        return 1.0 if self.by == "value" else max(scale.average, float(np.finfo(np.float32).tiny))

    def lowest_shown(self, scale: ValueScale) -> float:
        """Return the lowest value that is shown; of differences, the smallest size."""
        if self.threshold is None:
            return 0.0 if self.kind == "difference" else -np.inf
        if self.threshold.at is not None:
            return self.threshold.at * self.unit_value(scale)
        assert self.threshold.share is not None
        value = scale.class_value(self.threshold.share)
        return np.inf if value is None else value

    def value_colours(self, values: npt.NDArray[np.floating], scale: ValueScale) -> Palette:
        """Return the colours of values, whether they are shown or not."""
        return colours_at(self.stops, values / self.unit_value(scale), stepped=self.stepped)

    def level_colours(
        self, lows: npt.NDArray[np.floating], middles: npt.NDArray[np.floating], scale: ValueScale
    ) -> Palette:
        """Return the colours of levels: those of their middles."""
        limit = self.lowest_shown(scale)
        by_share = self.threshold is not None and self.threshold.share is not None
        if self.kind == "difference":
            shown = np.abs(middles) >= limit
        else:  # the edge of a class is the edge of a level, other limits are not
            shown = (lows if by_share else middles) >= limit
        return np.where(shown[:, None], self.value_colours(middles, scale), CLEAR).astype(np.uint8)
