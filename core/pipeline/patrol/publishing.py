"""Publish measured days for others: after a delay, in larger cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.context import code_version
from evenbeat.core.pipeline.patrol.days import HOURS, day_store
from evenbeat.core.store.dosage_publication import publish_dosage
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.manifest import DOSAGE_LAYER, read_manifest

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

_STATE = "published.json"


@dataclass
class PublishedDosage:
    """What was published of dosage, and what is not old enough yet."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    target: str = ""


def publish_measured(context: Context, *, force: bool = False) -> PublishedDosage:
    """Publish every measured day that is old enough and within ``publish.keep_days``.

    Raises
    ------
    PublishError
        The target cannot be written.
    """
    workspace, outcome = context.workspace, PublishedDosage()
    settings, target = workspace.settings.dosage, workspace.publication
    outcome.target = str(target)
    with workspace.writing():
        store, grid = day_store(workspace), workspace.grid()
        state_path = workspace.root / "dosage" / _STATE
        state = read_json(state_path) or {}
        dates = store.dates()
        newest = max([*dates, *map(dt.date.fromisoformat, read_manifest(target).dates)],
                     default=None)  # fmt: skip
        layer = read_manifest(target).layers.get(DOSAGE_LAYER)
        for number, date in enumerate(dates):
            context.progress(f"publishing dosage of {date}", number / len(dates))
            shifts = workspace.calendar.shifts_on(date)
            if newest is None or (newest - date).days >= workspace.settings.publish.keep_days:
                continue
            ready = shifts[-1].end + dt.timedelta(hours=settings.publish_delay_hours)
            if context.now() < ready:
                outcome.waiting.append(str(date))
                continue
            facts = store.facts(date) or {}
            version = [facts["fingerprint"], settings.publish_cell_m, str(target)]
            there = layer is not None and str(date) in layer.dates
            if state.get(str(date)) == version and there and not force:
                outcome.unchanged.append(str(date))
                continue
            by_shift, by_hour = store.cube(date), store.cube(date, HOURS)
            files = publish_dosage(
                target, by_shift=by_shift["unit_minutes"].values,
                by_hour=by_hour["unit_minutes"].values, hour_starts=_starts(by_hour),
                grid=grid, shifts=shifts, timezone=workspace.calendar.timezone,
                run_id=f"dosage-{date}-{facts['fingerprint'][:12]}",
                provenance={"agency": workspace.settings.agency.name,
                            "input_fingerprint": facts["fingerprint"],
                            "code_version": code_version()},
                when=ready, cell_m=settings.publish_cell_m,
            )  # fmt: skip
            state[str(date)] = version
            write_json(state_path, state)
            context.log("publish-dosage", {
                "date": str(date), "target": target.name,
                "output_sha256": {path.relative_to(target).as_posix(): sha256_file(path)
                                  for path in files},
            })  # fmt: skip
            outcome.published.append(str(date))
        context.progress("done", 1.0)
    return outcome


def _starts(by_hour: object) -> tuple[dt.datetime, ...]:
    starts = by_hour["shift_start"].values.astype("datetime64[s]").astype("int64")  # type: ignore[index]
    return tuple(dt.datetime.fromtimestamp(int(start), dt.UTC) for start in starts)
