"""Asks the engine for a day's patrol, one thing after the other, and puts it on the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from evenbeat.engine.calls import Reply
from evenbeat.engine.protocol import EngineError
from evenbeat.patrol.delivered import show_delivered
from evenbeat.patrol.hours import one_raster_an_hour, show_hours
from evenbeat.patrol.tracks import show_tracks
from evenbeat.workspace.session import Session

HOURS = "dosage-rasters"
TRACKS = "tracks"
DELIVERED = "planned-delivered"


@dataclass(frozen=True)
class Wanted:
    """What to show of a day.

    Parameters
    ----------
    variable, title
        Which minutes, and what the layers are called.
    parts
        Operations to ask for, in order.
    """

    date: str
    variable: str
    title: str
    parts: tuple[str, ...] = (HOURS, TRACKS, DELIVERED)


@dataclass
class Loaded:
    """What the engine made of it, by operation."""

    wanted: Wanted
    made: dict[str, dict[str, Any]] = field(default_factory=dict)


class PatrolLoader(QObject):
    """One at a time; a newer one takes the place of one that has not ended."""

    asked = pyqtSignal(object, str)
    loaded = pyqtSignal(object)
    failed = pyqtSignal(str, object)

    def __init__(self, session: Session, project: QgsProject) -> None:
        super().__init__()
        self._session = session
        self._project = project
        self._current: Loaded | None = None
        self._reply: Reply | None = None

    def load(self, wanted: Wanted) -> None:
        """Ask for all parts; `loaded` follows, or `failed` with the operation and the error."""
        self.cancel()
        self._current = Loaded(wanted)
        self._next(self._current)

    def cancel(self) -> None:
        """Give up what has not ended."""
        if self._reply is not None:
            self._reply.cancel()
        self._current = self._reply = None

    def _next(self, loaded: Loaded) -> None:
        left = [part for part in loaded.wanted.parts if part not in loaded.made]
        if not left:
            self._current = self._reply = None
            self.loaded.emit(loaded)
            return
        reply = self._session.ask(left[0], **self._request(left[0], loaded.wanted))
        self._reply = reply
        reply.finished.connect(lambda made: self._take(loaded, left[0], made))
        reply.failed.connect(lambda error: self._fail(loaded, left[0], error))
        self.asked.emit(reply, left[0])

    def _request(self, part: str, wanted: Wanted) -> dict[str, Any]:
        if part != HOURS:
            return {"date": wanted.date}
        return {
            "date": wanted.date, "variable": wanted.variable, "single": one_raster_an_hour(),
        }  # fmt: skip

    def _take(self, loaded: Loaded, part: str, made: dict[str, Any]) -> None:
        if loaded is not self._current:
            return
        show: dict[str, Callable[[], None]] = {
            HOURS: lambda: show_hours(
                self._project, made, loaded.wanted.date, loaded.wanted.title
            ),
            TRACKS: lambda: show_tracks(self._project, made, loaded.wanted.date),
            DELIVERED: lambda: show_delivered(self._project, made, loaded.wanted.date),
        }  # fmt: skip
        show[part]()
        loaded.made[part] = made
        self._next(loaded)

    def _fail(self, loaded: Loaded, part: str, error: EngineError) -> None:
        if loaded is self._current:
            self._current = self._reply = None
            self.failed.emit(part, error)
