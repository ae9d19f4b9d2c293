"""The boxes of a day in their order, which of them are shown, and which is looked at."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject

PROPOSED = "proposed"
REPLACED = "replaced"


class DaySheet(QObject):
    """What is known of a day; it asks nobody."""

    def forget(self) -> None:
        """Know no day."""
        self.date = ""
        self.crs = ""
        self.boxes: dict[str, dict[str, Any]] = {}
        self.left: list[dict[str, Any]] = []
        self.shift = ""
        self.district_id = ""
        self.current = ""

    def take(self, found: dict[str, Any]) -> None:
        """Know the boxes that the engine listed."""
        self.boxes = {box["assignment_id"]: box for box in found["boxes"]}
        self.left = found["left"]

    @property
    def box(self) -> dict[str, Any] | None:
        """The box that is looked at."""
        return self.boxes.get(self.current)

    def shown(self) -> list[dict[str, Any]]:
        """Return the boxes of the chosen shift and district: by shift, district and rank."""
        found = [
            box for box in self.boxes.values()
            if box["state"] != REPLACED and self.shift in ("", box["shift"])
            and self.district_id in ("", box["district_id"])
        ]  # fmt: skip
        return sorted(found, key=_place_in_list)

    def next_proposed(self, after: str) -> str:
        """Return the next box of the list that is still to review; "" where none is left."""
        shown = self.shown()
        place = next(
            (number for number, box in enumerate(shown) if box["assignment_id"] == after), -1
        )
        following = place + 1
        ahead = [*shown[following:], *shown[:following]]
        return next((box["assignment_id"] for box in ahead if box["state"] == PROPOSED), "")

    def first(self) -> str:
        """Return the first box of the list; "" where there is none."""
        shown = self.shown()
        return shown[0]["assignment_id"] if shown else ""


def _place_in_list(box: dict[str, Any]) -> tuple:
    return box["shift_start"], box["district_id"], box["rank"], box["assignment_id"]
