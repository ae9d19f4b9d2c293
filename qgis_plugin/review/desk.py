"""A reviewer's desk: the boxes of a day, the one that is looked at, and what is decided.

The engine owns every state; the desk shows what it answered and never guesses.
"""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal

from evenbeat.engine import states
from evenbeat.engine.calls import Reply
from evenbeat.engine.protocol import EngineError
from evenbeat.review.changes import between
from evenbeat.review.day_sheet import DaySheet
from evenbeat.workspace.session import Session

DECIDING = ("analyst", "supervisor", "commander")
OVERRIDING = ("supervisor", "commander")
_GO_ON = ("approve", "reject", "suppress")


class ReviewDesk(DaySheet):
    """Reads a day, chooses boxes and decides; signals tell what a panel repaints."""

    listed = pyqtSignal()
    refreshed = pyqtSignal()
    chosen = pyqtSignal()
    story_told = pyqtSignal(dict)
    decided = pyqtSignal(str, dict)
    refused = pyqtSignal(str, str, object)
    unread = pyqtSignal(object)
    noticed = pyqtSignal(list)
    busy_changed = pyqtSignal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.clear()

    def clear(self) -> None:
        """Forget the day."""
        self.forget()
        self.story: dict[str, Any] = {}
        self.reasons: dict[str, list[str]] = {}
        self.shortest = 3
        self.is_read = False
        self.is_busy = False
        self._mine: list[str] = []
        self._ahead: dict[str, dict[str, Any]] = {}
        self._reading: Reply | None = None
        self._telling: Reply | None = None
        self._looking: Reply | None = None

    @property
    def may_decide(self) -> bool:
        """Whether whoever sits here may change anything."""
        summary = self.session.summary
        return bool(summary.get("writable")) and summary.get("role") in DECIDING

    @property
    def may_override(self) -> bool:
        """Whether whoever sits here may do what a cap does not allow."""
        return self.may_decide and self.session.summary.get("role") in OVERRIDING

    def read(self, date: str = "") -> None:
        """Read a day and the list of reasons; by default the engine chooses the day."""
        self.stop_reading()
        self.is_read = False
        self.session.ask("review-reasons").finished.connect(self._take_reasons)
        reply = self.session.ask("review-list", **({"date": date} if date else {}))
        reply.finished.connect(lambda found: self._take_day(reply, found))
        reply.failed.connect(lambda error: self._fail_day(reply, error))
        self._reading = reply

    def stop_reading(self) -> None:
        """Cancel the reading of a day."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()

    def choose(self, name: str) -> None:
        """Look at a box; its story follows."""
        if name not in self.boxes:
            return
        if name != self.current:
            self.current = name
            known = self._ahead.get(name, {})
            fresh = known and known["box"]["version"] == self.boxes[name]["version"]
            self.story = known if fresh else {}
            self.chosen.emit()
            if fresh:
                self.story_told.emit(known)
        self.tell()

    def tell(self) -> None:
        """Ask for the story of the box anew."""
        name = self.current
        reply = self.session.ask("review-show", assignment_id=name)
        reply.finished.connect(lambda story: self._take_story(reply, name, story))
        reply.failed.connect(lambda error: self._fail("show", name, error))
        self._telling = reply

    def step(self, by: int) -> None:
        """Go to the next box of the list, or with -1 to the one before."""
        names = [box["assignment_id"] for box in self.shown()]
        if not names:
            return
        if self.current not in names:
            self.choose(names[0])
            return
        self.choose(names[(names.index(self.current) + by) % len(names)])

    def decide(self, action: str, name: str = "", **parameters: Any) -> bool:
        """Send a decision about a box; return whether it was sent.

        While one is on its way no other is taken: it would be about a box that nobody looked at.
        """
        box = self.boxes.get(name or self.current)
        if box is None or self.is_busy:
            return False
        about = {"assignment_id": box["assignment_id"], "version": box["version"]}
        self._send(action, box["assignment_id"], {**about, **parameters})
        return True

    def add(self, shift: str, cells: list, **parameters: Any) -> bool:
        """Send a new box; return whether it was sent."""
        if self.is_busy:
            return False
        place = {"cells": [list(cell) for cell in cells]}
        self._send("add", "", {"date": self.date, "shift": shift, "place": place, **parameters})
        return True

    def to_undo(self) -> str:
        """Return the box whose decision an undo takes back: the newest of this sitting's.

        The box that is looked at comes first where it was decided about before this sitting.
        """
        if self._mine:
            return self._mine[-1]
        return self.current if "undo" in self.story.get("allowed", ()) else ""

    def look_again(self) -> None:
        """See whether somebody else changed something; quietly, unless so."""
        if not self.is_read or self.is_busy or self._looking is not None:
            return
        reply = self.session.ask("review-list", date=self.date)
        reply.finished.connect(lambda found: self._take_again(reply, found))
        reply.ended.connect(self._looked)
        self._looking = reply

    def wake(self) -> None:
        """Start an engine that was let go, and have it ready for a decision."""
        if self.is_read and self.session.engine.state[0] == states.OFF:
            self.look_again()
            self._prepare()

    def save_reasons(self, action: str, reasons: list[str]) -> Reply:
        """Write the reasons to choose from into the workspace's settings, and read them again."""
        # The settings list all actions or none, so all are written.
        whole = {"path": ["review", "reasons"], "value": {**self.reasons, action: reasons}}
        reply = self.session.ask("settings-change", changes=[whole])
        reply.finished.connect(
            lambda _found: self.session.ask("review-reasons").finished.connect(self._take_reasons)
        )
        return reply

    def _send(self, action: str, name: str, parameters: dict[str, Any]) -> None:
        self._set_busy(True)
        reply = self.session.ask(f"review-{action}", **parameters)
        reply.finished.connect(lambda found: self._take_decision(action, name, found))
        reply.failed.connect(lambda error: self._fail(action, name, error))

    def _prepare(self) -> None:
        """Let the engine load what a decision needs, before somebody waits for it."""
        if self.may_decide:
            self.session.ask("review-prepare")

    def _take_reasons(self, found: dict[str, Any]) -> None:
        self.reasons, self.shortest = found["reasons"], found["shortest"]

    def _take_day(self, reply: Reply, found: dict[str, Any]) -> None:
        if reply is not self._reading:
            return
        self._reading = None
        self.is_read = True
        self.date, self.crs = found["date"], found["crs"]
        self._ahead = {}
        self.take(found)
        self._mine = []
        if self.current not in self.boxes:
            self.current, self.story = "", {}
        self.listed.emit()
        self.choose(self.current or self.next_proposed("") or self.first())
        if self.boxes:
            self._prepare()

    def _fail_day(self, reply: Reply, error: EngineError) -> None:
        if reply is self._reading:
            self._reading = None
            self.unread.emit(error)

    def _take_story(self, reply: Reply, name: str, story: dict[str, Any]) -> None:
        if reply is not self._telling or name != self.current:
            return
        self.story = story
        known = self.boxes.get(name)
        if known is not None and known["version"] != story["box"]["version"]:
            changes = between({name: known}, [story["box"]])
            self.boxes[name] = story["box"]
            self.refreshed.emit()
            self.noticed.emit(changes)
        self.story_told.emit(story)
        self._read_ahead()

    def _read_ahead(self) -> None:
        """Read the story of the box that comes next, so that it is there when it is wanted."""
        name = self.next_proposed(self.current)
        self._ahead.pop(self.current, None)
        if name and name != self.current and name not in self._ahead and not self.is_busy:
            reply = self.session.ask("review-show", assignment_id=name)
            reply.finished.connect(lambda story: self._ahead.update({name: story}))

    def _take_decision(self, action: str, name: str, found: dict[str, Any]) -> None:
        if not self.is_busy:  # another workspace was opened meanwhile
            return
        decision = found["decision"]
        for box in found["boxes"]:
            self.boxes[box["assignment_id"]] = box
        self.left = found["left"]
        if action == "undo":
            self._mine = [one for one in self._mine if one != name]
        elif action != "note":
            self._mine.append(decision["replacement"] or decision["assignment_id"])
        self._set_busy(False)
        self.refreshed.emit()
        self.decided.emit(action, found)
        after = decision["replacement"] or decision["assignment_id"]
        if action in _GO_ON:
            after = self.next_proposed(name) or after
        self.choose(after)

    def _take_again(self, reply: Reply, found: dict[str, Any]) -> None:
        if reply is not self._looking or found["date"] != self.date or self.is_busy:
            return
        changes = between(self.boxes, found["boxes"])
        gone = self.boxes.keys() - {box["assignment_id"] for box in found["boxes"]}
        if not changes and not gone:
            return
        self.take(found)
        self.refreshed.emit()
        self.noticed.emit(changes)
        if self.current in gone:
            self.choose(self.next_proposed("") or self.first())
        elif any(change.name == self.current for change in changes):
            self.tell()

    def _looked(self) -> None:
        self._looking = None

    def _fail(self, action: str, name: str, error: EngineError) -> None:
        if action != "show":
            self._set_busy(False)
        if error.cancelled:
            return
        self.refused.emit(action, name, error)
        if error.kind in ("ConflictError", "EngineCrashed"):
            self.look_again()

    def _set_busy(self, busy: bool) -> None:
        self.is_busy = busy
        self.busy_changed.emit(busy)
