"""Sentences of the review."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.review.look import state_words
from evenbeat.review.changes import Change


def box_words(box: dict[str, Any]) -> str:
    """Return a box as people say it, with its number on the list."""
    return QCoreApplication.translate(
        "ReviewWords", "box {rank} of district {district} ({shift})"
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


def with_names(text: str, boxes: Mapping[str, dict[str, Any]]) -> str:
    """Return a sentence of the engine's with boxes as people say them, in place of their ids.

    Parameters
    ----------
    boxes
        Those of the list, by id. What was refused has an id that was never given to a box: that of
        the moved box and "-v2", or "added01".
    """
    known = "|".join(map(re.escape, sorted(boxes, key=len, reverse=True))) or "(?!)"
    ids = re.compile(
        rf"(?:\b[Aa]ssignment )?(?:(?P<known>{known})(?P<changed>-v\d+)?"
        r"|\d{4}-\d\d-\d\d-[\w-]+-added\d+)(?![\w-])"
    )

    def say(found: re.Match) -> str:
        if not found["known"]:
            words = QCoreApplication.translate("ReviewWords", "the new box")
        elif found["changed"]:
            words = QCoreApplication.translate("ReviewWords", "the changed box")
        else:
            words = box_words(boxes[found["known"]])
        return words[:1].upper() + words[1:] if found.start() == 0 else words

    return ids.sub(say, text)


def change_words(change: Change, boxes: Mapping[str, dict[str, Any]]) -> str:
    """Return what somebody else did to a box."""
    who = change.reviewer or QCoreApplication.translate("ReviewWords", "The system")
    text = QCoreApplication.translate("ReviewWords", "{who}: {box} is {state}").format(
        who=who, box=with_names(change.name, boxes), state=state_words(change.state)
    )
    return f"{text} ({change.reason})" if change.reason else f"{text}."


def refusal_words(error: EngineError, boxes: Mapping[str, dict[str, Any]]) -> str:
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
    return "\n".join(with_names(line, boxes) for line in lines)
