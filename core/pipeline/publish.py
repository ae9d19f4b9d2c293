"""Publish: a day's rasters and catalog, whole or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import PublishError
from evenbeat.core.pipeline.context import Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.plan import day_priority
from evenbeat.core.pipeline.standing import Standing, standing_boxes
from evenbeat.core.pipeline.upload import run_upload
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.publication import (
    is_whole,
    prune_publication,
    publish_day,
    published_run,
    read_manifest,
)

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

FACTS = "publish.json"


@dataclass(frozen=True)
class PublishOutcome:
    """What one publication made."""

    run_id: str
    folder: Path
    files: int
    reused: bool
    held_back: list[str] = field(default_factory=list)
    url: str | None = None
    sent: int = 0


def run_publish(
    context: Context, date: dt.date, *, force: bool = False, to: str | None = None,
    take_over: bool = False,
) -> PublishOutcome:  # fmt: skip
    """Publish a day's current run; readers see the former publication until all is there.

    What was retracted stays out until another run is published in its place, or ``force`` says so.
    With ``publish.url`` the folder is then copied to the object store.

    Parameters
    ----------
    to
        Where the copy goes; by default ``publish.url``.
    take_over
        Whether the copy may replace what another publisher wrote there.

    Raises
    ------
    WorkspaceError
        The day has no run.
    PublishError
        The target cannot be written, or the copy cannot be made; the folder is published then.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        target = workspace.publication
        _refuse_if_too_old(workspace, date)
        standing = standing_boxes(workspace, date)
        same = published_run(target, date) == run_id and is_whole(target, date)
        reused = same and not force and read_json(folder / FACTS) == _facts(workspace, standing)
        files = [] if reused else _publish(context, date, run_id, folder, standing, again=force)
        upload = run_upload(context, to=to, take_over=take_over, thorough=force)
    return PublishOutcome(
        run_id, target, len(files), reused and upload is None,
        [", ".join(one) for one in read_manifest(target).gone() if date.isoformat() in one],
        to or workspace.settings.publish.url, 0 if upload is None else upload.sent,
    )  # fmt: skip


def _publish(
    context: Context, date: dt.date, run_id: str, folder: Path, standing: Standing, *, again: bool
) -> list[Path]:
    """Write the day into the publication's folder, take out what is too old, and log it."""
    workspace, target = context.workspace, context.workspace.publication
    risk, priority = day_priority(workspace, folder)
    files = publish_day(
        target, risk=risk, priority=priority, grid=workspace.grid(),
        calendar=workspace.calendar, date=date, run_id=run_id,
        provenance=run_facts(folder)["provenance"],
        assignments=standing.table(workspace) if standing.boxes else None,
        districts=workspace.districts(), when=cutoff_of(workspace, date),
        again=again, progress=context.progress,
    )  # fmt: skip
    removed = prune_publication(
        target, keep_days=workspace.settings.publish.keep_days, now=context.now()
    )
    write_json(folder / FACTS, _facts(workspace, standing))
    context.log(
        "publish",
        {"run_id": run_id, "target": target.name, "files": len(files), "removed": len(removed),
         "output_sha256": {path.relative_to(target).as_posix(): sha256_file(path)
                           for path in files}},
    )  # fmt: skip
    return files


def _facts(workspace: Workspace, standing: Standing) -> dict[str, str]:
    """Return what tells a publication from one of other reviews or to another place."""
    return {"target": workspace.settings.publish.target, "boxes": standing.fingerprint}


def _refuse_if_too_old(workspace: Workspace, date: dt.date) -> None:
    published = read_manifest(workspace.publication).dates
    keep_days = workspace.settings.publish.keep_days
    if published and (dt.date.fromisoformat(published[-1]) - date).days >= keep_days:
        raise PublishError(
            f"{date} is not published: it lies {keep_days} days or more before the newest "
            f"published day, {published[-1]}. Raise publish.keep_days, or give publish.target "
            "another folder."
        )
