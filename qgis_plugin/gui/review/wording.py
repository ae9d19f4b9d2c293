"""Sentences of the review."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.review.look import state_words
from evenbeat.review.changes import Change


def box_words(box: dict[str, Any]) -> str:
    """Return a box as people say it: shift, district, rank."""
    return QCoreApplication.translate(
        "ReviewWords", "{shift}, district {district}, box {rank}"
    ).format(shift=box["shift"], district=box["district_id"], rank=box["rank"])


def done_words(action: str, box: dict[str, Any] | None) -> str:
    """Return the question for a reason."""
    words = {
        "reject": QCoreApplication.translate("ReviewWords", "Why reject {box}?"),
        "suppress": QCoreApplication.translate("ReviewWords", "Why suppress {box}?"),
        "move": QCoreApplication.translate("ReviewWords", "Why move {box} there?"),
        "resize": QCoreApplication.translate("ReviewWords", "Why these cells for {box}?"),
        "add": QCoreApplication.translate("ReviewWords", "Why a box there?"),
        "note": QCoreApplication.translate("ReviewWords", "Note for {box}"),
        "undo": QCoreApplication.translate("ReviewWords", "Why take back what was decided about "
                                                          "{box}?"),
    }  # fmt: skip
    return words[action].format(box=box_words(box) if box else "")


def action_words(action: str) -> str:
    """Return what somebody did, in the reader's language."""
    words = {
        "approve": QCoreApplication.translate("ReviewWords", "approved"),
        "reject": QCoreApplication.translate("ReviewWords", "rejected"),
        "suppress": QCoreApplication.translate("ReviewWords", "suppressed"),
        "exclude": QCoreApplication.translate("ReviewWords", "kept the area out"),
        "move": QCoreApplication.translate("ReviewWords", "moved"),
        "resize": QCoreApplication.translate("ReviewWords", "resized"),
        "add": QCoreApplication.translate("ReviewWords", "added"),
        "note": QCoreApplication.translate("ReviewWords", "noted"),
        "undo": QCoreApplication.translate("ReviewWords", "took the last decision back"),
        "supersede": QCoreApplication.translate("ReviewWords", "replaced by a new plan"),
        "expire": QCoreApplication.translate("ReviewWords", "expired"),
    }
    return words.get(action, action)


def change_words(change: Change) -> str:
    """Return what somebody else did to a box."""
    who = change.reviewer or QCoreApplication.translate("ReviewWords", "The system")
    text = QCoreApplication.translate("ReviewWords", "{who}: {box} is {state}").format(
        who=who, box=change.name, state=state_words(change.state)
    )
    return f"{text} ({change.reason})" if change.reason else f"{text}."


def refusal_words(error: EngineError) -> str:
    """Return why the engine refused, without what is to be typed in a terminal."""
    lines = []
    for line in error.failure.message.splitlines():
        kept = line
        for start in ("Look at it with:", "Choose otherwise, or let"):
            kept = kept.partition(start)[0].rstrip()
        if kept:
            lines.append(kept)
    if error.failure.advice:
        lines.append(error.failure.advice)
    return "\n".join(lines)
