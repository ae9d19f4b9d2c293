"""From a key or a button to a decision: what asks for a reason, and what needs the map."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import tell_error
from evenbeat.gui.review.banner import Banner
from evenbeat.gui.review.on_map import ReviewMap
from evenbeat.gui.review.reasons import ReasonsDialog, ReasonStrip
from evenbeat.gui.review.wording import change_words, done_words, refusal_words, with_names
from evenbeat.review.desk import ReviewDesk

_REFUSALS = {"ReviewError", "CapError", "ConflictError", "ShiftError", "InputError"}
_ON_MAP = {"move", "resize", "add"}
_MOST_NAMED = 3


class ReviewFlow(QObject):
    """Holds the one action that was begun and is not sent yet."""

    rested = pyqtSignal()

    def __init__(
        self, iface: Any, desk: ReviewDesk, on_map: ReviewMap, strip: ReasonStrip, banner: Banner
    ) -> None:
        super().__init__()
        self._iface = iface
        self.desk, self.map, self.strip, self.banner = desk, on_map, strip, banner
        self._begun: tuple[str, str, dict[str, Any]] | None = None
        self._sent: tuple[str, str, dict[str, Any]] | None = None
        strip.given.connect(self._send_begun)
        strip.left.connect(self.give_up)
        strip.edit_wanted.connect(self.edit_reasons)
        on_map.tool.dragged.connect(self._dragged)
        on_map.tool.cells_chosen.connect(self._cells_chosen)
        on_map.tool.given_up.connect(self.give_up)
        desk.decided.connect(self._decided)
        desk.refused.connect(self._refused)
        desk.noticed.connect(self._noticed)
        desk.chosen.connect(self._look_elsewhere)

    def begin(self, action: str) -> None:
        """Do an action, or ask for what it needs first."""
        desk = self.desk
        if desk.is_busy or not self._may(action):
            return
        self.give_up(quietly=True)
        if action == "approve":
            self._send(action, desk.current, {})
        elif action in _ON_MAP:
            self._begin_on_map(action)
        elif action == "undo":
            self._ask(action, desk.to_undo(), {})
        else:
            self._ask(action, desk.current, {})

    def give_up(self, quietly: bool = False) -> None:
        """Forget what was begun."""
        self._begun = None
        self.strip.close_quietly()
        self.map.tool.pick()
        if not quietly:
            self.banner.hide()
            self.rested.emit()

    def edit_reasons(self) -> None:
        """Let people change the list for the action that was begun."""
        if self._begun is None:
            return
        action = self._begun[0]
        dialog = ReasonsDialog(action, self.desk.reasons.get(action, []), self.strip.window())
        if not dialog.exec():
            return
        reasons = dialog.reasons()
        reply = self.desk.save_reasons(action, reasons)
        reply.finished.connect(lambda _found: self.strip.show_reasons(reasons))
        reply.failed.connect(
            lambda error: tell_error(self._iface, self.tr("The reasons were not saved"), error)
        )

    def _may(self, action: str) -> bool:
        """Return whether it can be done; say why where it cannot."""
        desk = self.desk
        if not desk.may_decide:
            self.banner.say("notice", self._why_not())
            return False
        if action == "add":
            return desk.is_read
        if action == "undo":
            if not desk.to_undo():
                self.banner.say("notice", self.tr("There is no decision to take back."))
            return bool(desk.to_undo())
        if not desk.story:
            return False
        if action not in desk.story["allowed"]:
            self.banner.say("notice", self.tr(
                "This is not possible for the box as it stands. Possible: {actions}."
            ).format(actions=", ".join(desk.story["allowed"]) or self.tr("nothing")))  # fmt: skip
            return False
        return True

    def _why_not(self) -> str:
        summary = self.desk.session.summary
        if not summary.get("writable"):
            return self.tr("The workspace can only be read, so nothing can be decided here.")
        return self.tr(
            "{actor} ({role}) may look, not decide. Roles are under [review.roles] of "
            "evenbeat.toml."
        ).format(actor=summary.get("actor", "?"), role=summary.get("role") or self.tr("no role"))

    def _begin_on_map(self, action: str) -> None:
        own = [tuple(cell) for cell in self.desk.box["cells"]] if self.desk.box else []
        self._begun = (action, self.desk.current if action != "add" else "", {})
        self.map.take()
        if action == "move":
            self.map.tool.pick()
            words = self.tr("Drag the box on the map to where it should be. Esc leaves it.")
        else:
            self.map.tool.choose_cells(own if action == "resize" else [])
            words = self.tr(
                "Click cells on the map, or drag over them; Enter or the right button is done. "
                "A box has 1 to 9 cells that touch. Esc leaves it."
            )
        self.banner.say("notice", words)
        self.map.canvas.setFocus()

    def _dragged(self, cell: tuple) -> None:
        if self.desk.is_busy or not self._may("move"):
            self.map.tool.clear()
            return
        self._ask("move", self.desk.current, {"place": {"cells": [list(cell)]}})

    def _cells_chosen(self, cells: list) -> None:
        if self._begun is None or self._begun[0] not in ("resize", "add"):
            return
        action, name, _ = self._begun
        self._ask(action, name, {"place": {"cells": [list(cell) for cell in cells]}})

    def _ask(self, action: str, name: str, parameters: dict[str, Any]) -> None:
        self._begun = (action, name, parameters)
        self.banner.hide()
        self.strip.shortest = self.desk.shortest
        self.strip.ask(
            done_words(action, self.desk.boxes.get(name)), self.desk.reasons.get(action, []),
            days=action == "suppress", editable=action != "note",
        )  # fmt: skip

    def _send_begun(self, reason: str, more: dict[str, Any]) -> None:
        if self._begun is not None:
            action, name, parameters = self._begun
            key = "text" if action == "note" else "reason"
            self._send(action, name, {**parameters, **more, key: reason})

    def _send(self, action: str, name: str, parameters: dict[str, Any]) -> None:
        self.banner.hide()
        self._begun, self._sent = None, (action, name, parameters)
        if action == "add":
            place = [tuple(cell) for cell in parameters["place"]["cells"]]
            rest = {key: value for key, value in parameters.items() if key != "place"}
            self.desk.add(self._shift_of_new(), place, **rest)
        else:
            self.desk.decide(action, name, **parameters)
        self.map.tool.mode = "pick"
        self.rested.emit()

    def _shift_of_new(self) -> str:
        return self.desk.shift or (self.desk.box or {}).get("shift", "")

    def _decided(self, action: str, found: dict[str, Any]) -> None:
        self.map.tool.pick()
        notes = [note for note in found["decision"]["notes"] if "No roles" not in note]
        if found["to_review"] == 0 and action in ("approve", "reject", "suppress"):
            notes.insert(0, self.tr("All boxes of the day are reviewed."))
        if notes:
            self.banner.say("done", with_names("\n".join(notes), self.desk.boxes))

    def _refused(self, action: str, _name: str, error: EngineError) -> None:
        self.map.tool.pick()
        if error.kind not in _REFUSALS:
            tell_error(self._iface, self.tr("The review did not go on"), error)
            self.banner.say("refused", self.tr("Nothing was changed. {why}").format(
                why=with_names(error.failure.message, self.desk.boxes)
            ))  # fmt: skip
            return
        words = refusal_words(error, self.desk.boxes)
        if error.kind == "CapError" and self.desk.may_override and self._sent is not None:
            sent = self._sent
            self.banner.say("refused", words, self.tr("Override..."), lambda: self._override(*sent))
        else:
            self.banner.say("refused", words)

    def _override(self, action: str, name: str, parameters: dict[str, Any]) -> None:
        self._begun = (action, name, parameters)
        self.strip.ask(
            self.tr("Why, although the cap forbids it? It is marked for good."), [], override=True,
            editable=False,
        )  # fmt: skip

    def _noticed(self, changes: list) -> None:
        named = [change_words(change, self.desk.boxes) for change in changes[:_MOST_NAMED]]
        if len(changes) > len(named):
            named.append(self.tr("and {more} more").format(more=len(changes) - len(named)))
        text = self.tr("Somebody else changed this day; the list is up to date again.")
        self.banner.say("notice", "\n".join([text, *named]))

    def _look_elsewhere(self) -> None:
        """Drop what was begun about another box."""
        if self._begun is not None and self._begun[0] not in ("add", "undo"):
            self.give_up(quietly=True)
