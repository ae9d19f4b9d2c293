"""Retract: take what was published back, here and in the copy, and say so in the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.upload import run_upload
from evenbeat.core.store.retraction import Category
from evenbeat.core.store.withdrawal import retract


@dataclass(frozen=True)
class RetractOutcome:
    """What was taken back."""

    folder: Path
    retracted: list[str]
    removed: int
    url: str | None


def run_retract(
    context: Context, date: dt.date, *, layer: str | None = None, shift: str | None = None,
    category: Category, reason: str, to: str | None = None,
) -> RetractOutcome:  # fmt: skip
    """Take a date, or a layer or shift of it, out of the publication and out of its copy.

    The category is told to everybody, the reason and who acted stand in the audit log alone.

    Raises
    ------
    PublishError
        No reason is given, nothing of that is published, or the copy cannot be changed.
    """
    if not reason.strip():
        raise PublishError('A retraction needs a reason for the audit log: --reason "...".')
    workspace = context.workspace
    with workspace.writing():
        withdrawal = retract(
            workspace.publication, date=date, layer=layer, shift=shift, category=category,
            when=context.now(),
        )  # fmt: skip
        # Before the copy, which may fail: what happened here is on record whatever happens there.
        context.log("retract", {
            "date": date.isoformat(), "layer": layer, "shift": shift, "category": category,
            "reason": reason.strip(), "removed": list(withdrawal.removed),
            "versions": [f"{one.layer}/{one.date}/{one.shift}/{one.version}"
                         for one in withdrawal.retractions],
        })  # fmt: skip
        upload = run_upload(context, to=to)
    return RetractOutcome(
        workspace.publication,
        [f"{one.layer}, {one.date}, {one.shift}" for one in withdrawal.retractions],
        len(withdrawal.removed),
        None if upload is None else upload.url,
    )
