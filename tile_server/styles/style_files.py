"""Styles: how the classes by share of the area are coloured; one editable JSON file each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib import resources
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from evenbeat.core.store.manifest import AREA_SHARES, AreaClass

NO_DATA, REST = 0, 1
STYLE_ID = r"^[a-z][a-z0-9-]{0,31}$"
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Paint(BaseModel):
    """A colour and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    colour: Colour
    opacity: float = Field(ge=0, le=1)

    @property
    def rgba(self) -> tuple[int, int, int, int]:
        """Return red, green, blue and alpha, 0 to 255."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue, round(255 * self.opacity)


class ClassPaint(Paint):
    """The paint of the cells that are in a share of the area but in no smaller one."""

    share: float


class Style(BaseModel):
    """A style; its classes are the published ones, from the largest share to the smallest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=STYLE_ID)
    title: str
    description: str
    rest: Paint
    classes: tuple[ClassPaint, ...]

    @model_validator(mode="after")
    def _covers_the_published_classes(self) -> Style:
        shares = [paint.share for paint in self.classes]
        if shares != sorted(AREA_SHARES, reverse=True):
            raise ValueError(f"classes must be {sorted(AREA_SHARES, reverse=True)}, got {shares}")
        return self

    @cached_property
    def palette(self) -> npt.NDArray[np.uint8]:
        """Return the colours by index: no data, rest, then the classes."""
        paints = [self.rest, *self.classes]
        return np.array([(0, 0, 0, 0), *(paint.rgba for paint in paints)], dtype=np.uint8)

    @cached_property
    def revision(self) -> str:
        """Return a short hash of the palette, for entity tags."""
        return hashlib.sha256(self.palette.tobytes()).hexdigest()[:8]


def load_styles() -> dict[str, Style]:
    """Return the styles that come with the service, by id."""
    folder = resources.files("evenbeat.tile_server.styles").joinpath("palettes")
    found = [
        Style.model_validate_json(entry.read_bytes())
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    ]
    return {style.id: style for style in sorted(found, key=lambda style: style.id, reverse=True)}


def classify(
    values: npt.NDArray[np.floating], known: npt.NDArray[np.bool_], classes: Sequence[AreaClass]
) -> npt.NDArray[np.uint8]:
    """Return the palette index of each value.

    Parameters
    ----------
    values
        Any shape.
    known
        Which of them are values at all.
    classes
        The raster's classes from its manifest.
    """
    lowest_first = sorted(classes, key=lambda entry: -entry.share)
    edges = [np.inf if entry.value is None else entry.value for entry in lowest_first]
    index = np.searchsorted(np.asarray(edges, np.float32), values, side="right") + REST
    return np.where(known, index, NO_DATA).astype(np.uint8)


def level_palette(
    style: Style, levels: npt.NDArray[np.float32], classes: Sequence[AreaClass]
) -> npt.NDArray[np.uint8]:
    """Return a style's colours by level, no data first.

    Parameters
    ----------
    levels
        The lowest value of each level. Edges of classes are among them, so a level is in one class.
    classes
        The raster's classes from its manifest.

    Returns
    -------
    Shape ``(1 + levels, 4)``.
    """
    index = classify(levels, np.ones(levels.shape, bool), classes)
    return np.asarray(style.palette[np.append(np.uint8(NO_DATA), index)], np.uint8)


def legend(style: Style, classes: Sequence[AreaClass]) -> list[dict[str, Any]]:
    """Return the legend of a raster in a style, the highest class first."""
    published = {entry.share: entry for entry in classes}
    entries: list[dict[str, Any]] = [
        {
            "label": f"Highest {paint.share * 100:g} % of the area",
            "share": paint.share,
            "colour": paint.colour,
            "opacity": paint.opacity,
            "from_value": published[paint.share].value,
            "cells": published[paint.share].cells,
        }
        for paint in reversed(style.classes)
    ]
    rest = {"label": "Rest of the area", "share": 1.0, "colour": style.rest.colour,
            "opacity": style.rest.opacity, "from_value": 0.0, "cells": None}  # fmt: skip
    return [*entries, rest]
