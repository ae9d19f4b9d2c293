"""What the colours of one raster depend on beside its style."""

from __future__ import annotations

from dataclasses import dataclass

from evenbeat.core.store.manifest import AreaClass
from evenbeat.tile_server.publication.published import Found


@dataclass(frozen=True, slots=True)
class ValueScale:
    """The values of a raster, or of the differences of two, in a few figures.

    Parameters
    ----------
    units
        Unit of the values.
    average
        The value of the average cell; for differences, that of both days.
    highest
        The highest value; for differences, the largest one without its sign.
    classes
        The raster's classes by share of the area; none for differences.
    is_difference
        Whether the values are differences.
    """

    units: str
    average: float
    highest: float
    classes: tuple[AreaClass, ...] = ()
    is_difference: bool = False

    @classmethod
    def of(cls, found: Found) -> ValueScale:
        """Return the scale of a published raster."""
        raster = found.raster
        return cls(found.layer.units, average_of(found), raster.maximum, raster.classes)

    def class_value(self, share: float) -> float | None:
        """Return the lowest value of a class, None where it has no cells."""
        return next((entry.value for entry in self.classes if entry.share == share), None)


def average_of(found: Found) -> float:
    """Return the value of a raster's average cell."""
    return found.raster.total / max(found.grid.cells_inside, 1)
