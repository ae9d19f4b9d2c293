"""Reproduce: make a past day again from what the log says it was made from, and compare bytes."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import AuditError
from evenbeat.core.pipeline.context import Context, code_version, cutoff_of
from evenbeat.core.pipeline.forecast import make_forecast
from evenbeat.core.pipeline.plan import ASSIGNMENTS, make_plan
from evenbeat.core.pipeline.plan_inputs import AsOf, known_of
from evenbeat.core.pipeline.plan_writing import write_plan
from evenbeat.core.store.database import AreasKnown
from evenbeat.core.store.files import sha256_file, sha256_tree, write_json
from evenbeat.core.store.kept_settings import kept_settings, restore_overrides
from evenbeat.core.store.workspace import SETTINGS_FILE, Workspace

if TYPE_CHECKING:
    from evenbeat.core.store.database import AuditEntry


@dataclass(frozen=True, slots=True)
class Compared:
    """One output of a day: as logged, and as made again."""

    what: str
    logged: str
    again: str

    @property
    def same(self) -> bool:
        """Return whether both have the same bytes."""
        return self.logged == self.again


@dataclass(frozen=True)
class Reproduction:
    """A day made again.

    Parameters
    ----------
    date, run_id, plan_id
        What was made again; ``plan_id`` is None where the day has no plan.
    outputs
        Every output with both hashes.
    code_then, code_now
        The versions of the code; where they differ, so may the outputs.
    """

    date: str
    run_id: str
    plan_id: str | None
    outputs: tuple[Compared, ...]
    code_then: str
    code_now: str

    @property
    def same_code(self) -> bool:
        """Return whether the code is the one that made the day."""
        return self.code_then == self.code_now

    @property
    def identical(self) -> bool:
        """Return whether every output has the same bytes."""
        return all(output.same for output in self.outputs)


def run_reproduce(context: Context, date: dt.date, *, run_id: str | None = None) -> Reproduction:
    """Make the forecast and the plan of a past day again in a folder of its own.

    Tables, models, settings and policy tables are those of the log, whatever the workspace holds
    now; of the database only what was there at the time counts. The fitted model is an input: it
    is compared with the hash that its fit logged.

    Parameters
    ----------
    date
        The day.
    run_id
        One of its runs; by default the one that counts.

    Raises
    ------
    AuditError
        The log has no such run, or an input is gone or not as it was logged.
    """
    workspace = context.workspace
    chosen = run_id or workspace.current_run(date)
    entries = [(entry, json.loads(entry.detail)) for entry in workspace.audit.entries()]
    forecast = _newest(entries, "forecast", chosen)
    if forecast is None:
        raise AuditError(
            f"The log has no forecast of {date}{f' with the run {run_id}' if run_id else ''}. "
            "See its entries with: evenbeat audit log"
        )
    run, inputs = forecast[1]["run_id"], forecast[1]["inputs"]
    context.progress("reading the log", 0.0)
    outputs = [_model(workspace, entries, inputs["model_id"])]
    with tempfile.TemporaryDirectory(prefix="evenbeat-") as folder:
        context.progress("making the forecast again", 0.1)
        with _shadow(workspace, Path(folder) / "forecast", inputs) as shadow:
            where = shadow.run_folder(date, run)
            where.mkdir(parents=True)
            again = make_forecast(shadow, date, run, where, inputs, progress=context.part(0.1, 0.6))
            outputs += [
                Compared(name, digest, again["output_sha256"][name])
                for name, digest in forecast[1]["output_sha256"].items()
            ]
            plan = _newest(entries, "plan", run)
            if plan is not None:
                context.progress("planning again", 0.6)
                outputs.append(_plan_again(context, entries, plan, Path(folder), where, date))
    context.progress("compared", 1.0)
    return Reproduction(
        date.isoformat(), run, None if plan is None else plan[1]["plan_id"], tuple(outputs),
        inputs["code_version"], code_version(),
    )  # fmt: skip


def _newest(
    entries: list[tuple[AuditEntry, dict[str, Any]]], action: str, run_id: str | None
) -> tuple[AuditEntry, dict[str, Any]] | None:
    """Return the newest entry of a step of a run."""
    found = [
        (entry, detail) for entry, detail in entries
        if entry.action == action and detail.get("run_id") == run_id
    ]  # fmt: skip
    return found[-1] if found else None


def _model(
    workspace: Workspace, entries: list[tuple[AuditEntry, dict[str, Any]]], model_id: str
) -> Compared:
    """Compare the fitted model with what its fit logged."""
    logged = [
        detail["output_sha256"] for entry, detail in entries
        if entry.action == "fit" and detail["model_id"] == model_id
    ]  # fmt: skip
    folder = workspace.models_folder / model_id
    if not logged or not folder.is_dir():
        raise AuditError(
            f"The model {model_id} is {'not in the log' if folder.is_dir() else 'gone'}. Restore "
            f"{workspace.models_folder} from a backup."
        )
    return Compared("model", logged[-1], sha256_tree(folder))


@contextlib.contextmanager
def _shadow(workspace: Workspace, root: Path, inputs: Mapping[str, Any]) -> Iterator[Workspace]:
    """Yield a workspace of the logged tables, models and settings; it shares their files."""
    settings = kept_settings(workspace.root, inputs["settings"])
    (root / "data").mkdir(parents=True)
    (root / SETTINGS_FILE).touch()
    write_json(root / "data" / "crs.json", {"crs": workspace.crs})
    for name, version in inputs["tables"].items():
        source = workspace.table(name).folder
        if workspace.table(name).computed_version(version) != version:
            raise AuditError(
                f"The table {name} of version {version} is gone from {source}, or is not as it "
                "was logged. Restore it from a backup."
            )
        (root / "data" / name).mkdir()
        (root / "data" / name / version).symlink_to(source / version, target_is_directory=True)
        write_json(root / "data" / name / "current.json", {"version": version})
    (root / "models").symlink_to(workspace.models_folder, target_is_directory=True)
    restore_overrides(workspace.root, inputs["overrides"], root)
    yield Workspace(root, settings)


def _plan_again(
    context: Context, entries: list[tuple[AuditEntry, dict[str, Any]]],
    plan: tuple[AuditEntry, dict[str, Any]], folder: Path, run_folder: Path, date: dt.date,
) -> Compared:  # fmt: skip
    """Make the plan again from the database as it was when the plan was logged."""
    entry, logged = plan
    before = [detail for earlier, detail in entries if earlier.entry < entry.entry]
    names = [name.partition(":") for detail in before for name in detail.get("records", {})]
    as_of = AsOf(
        entry.entry,
        frozenset(name for kind, _, name in names if kind == "plan"),
        AreasKnown(
            frozenset(name for kind, _, name in names if kind == "area"),
            frozenset(name for kind, _, name in names if kind == "lift"),
        ),
    )
    edition = int(str(logged["seed"]).rpartition("/")[2])
    inputs = {name: logged[name] for name in ("settings", "tables", "overrides")}
    with _shadow(context.workspace, folder / "plan", inputs) as shadow:
        target = shadow.run_folder(date, logged["run_id"])
        target.parent.mkdir(parents=True)
        target.symlink_to(run_folder, target_is_directory=True)
        with context.workspace.database.reading() as connection:
            known = known_of(shadow, connection, date, as_of=as_of)
        made = make_plan(
            dataclasses.replace(context, workspace=shadow, progress=context.part(0.6, 1.0)),
            date, logged["run_id"], edition=edition, known=known,
        )  # fmt: skip
        path = folder / ASSIGNMENTS
        write_plan(
            path, made, plan_id=logged["plan_id"], run_id=logged["run_id"],
            when=cutoff_of(shadow, date),
        )  # fmt: skip
    return Compared("plan", logged["output_sha256"], sha256_file(path))
