"""What can be found in a workspace: boxes of the newest day, districts, runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.client import SCREEN, Engine
from evenbeat.engine.protocol import EngineError

BOX, DISTRICT, RUN = "box", "district", "run"
_KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class Entry:
    """Something to find: its kind, what the list shows, and what is needed to go there.

    Parameters
    ----------
    words
        What a search is compared with, in small letters.
    """

    kind: str
    shown: str
    told: str
    words: str
    facts: dict[str, Any]

    def fits(self, search: str) -> bool:
        """Return whether all words of a search are in it."""
        return all(word in self.words for word in search.lower().split())


class Index:
    """The entries of a workspace, asked for once a minute at most; for any thread but the main."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._kept: tuple[str, str, float, list[Entry]] = ("", "", 0.0, [])

    def entries(self, workspace: str, date: str, feedback: QgsFeedback) -> list[Entry]:
        """Return what can be found; of boxes those of a day, by default the newest.

        Raises
        ------
        EngineError
            The engine is not there, or the workspace cannot be read.
        """
        with self._lock:
            root, day, until, entries = self._kept
            if (root, day) == (workspace, date) and time.monotonic() < until:
                return entries
            entries = list(self._read(workspace, date, feedback))
            self._kept = (workspace, date, time.monotonic() + _KEPT_SECONDS, entries)
            return entries

    def is_warm(self, workspace: str, date: str) -> bool:
        """Return whether they can be told without asking the engine."""
        root, day, until, _ = self._kept
        return (root, day) == (workspace, date) and time.monotonic() < until

    def _read(self, workspace: str, date: str, feedback: QgsFeedback) -> Iterator[Entry]:
        summary = self._ask("workspace-summary", feedback, workspace=workspace)
        names = {one["district_id"]: one["name"] for one in summary["districts"]}
        try:
            boxes = self._ask("review-list", feedback, workspace=workspace, date=date or None)
        except EngineError:
            if feedback.isCanceled() or not summary["districts"]:
                raise
            boxes = {"boxes": [], "crs": summary["crs"]}  # no plan yet
        for box in boxes["boxes"]:
            yield _box(box, names.get(box["district_id"], ""), boxes["crs"])
        for district in summary["districts"]:
            yield _district(district, summary["crs"])
        for run in self._ask("runs-list", feedback, workspace=workspace)["runs"]:
            yield _run(run)

    def _ask(self, operation: str, feedback: QgsFeedback, **parameters: Any) -> dict[str, Any]:
        return self._engine.run(operation, parameters, feedback=feedback, lane=SCREEN)


def _box(box: dict[str, Any], district: str, crs: str) -> Entry:
    kind = (box["dominant_type"] or "").replace("_", " ")
    told = _tr("{shift}, {district}, {minutes:.0f} min, {state}").format(
        shift=box["shift"], district=district or box["district_id"], minutes=box["minutes"],
        state=box["state"],
    )  # fmt: skip
    name = box["assignment_id"]
    words = f"{name} {kind} {told} {box['unit'] or ''} {box['neighbourhood'] or ''}".lower()
    facts = {
        "crs": crs, "wkt": box["wkt"], "assignment_id": name, "date": str(box["service_date"]),
    }  # fmt: skip
    return Entry(BOX, f"{name}, {kind}" if kind else name, told, words, facts)


def _district(district: dict[str, Any], crs: str) -> Entry:
    name, key = district["name"], district["district_id"]
    told = _tr("district {key}").format(key=key)
    facts = {"crs": crs, "bounds": district["bounds"]}
    return Entry(DISTRICT, name, told, f"{name} {told} {key}".lower(), facts)


def _run(run: dict[str, Any]) -> Entry:
    date, current = str(run["date"]), run["current"]
    boxes = _tr("{count} boxes").format(count=run["boxes"]) if run["boxes"] else _tr("no plan")
    told = ", ".join([boxes, _tr("counts for its day") if current else _tr("an older one")])
    shown = _tr("Run of {date}").format(date=date)
    words = f"{shown} {run['run_id']} {told} run".lower()
    return Entry(RUN, shown, f"{run['run_id']}, {told}", words,
                 {"date": date, "run_id": run["run_id"]})  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("Locator", text)
