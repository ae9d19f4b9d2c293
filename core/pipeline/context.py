"""What every operation is given: the workspace, who acts, the clock and where progress goes."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.store.files import read_json
from evenbeat.core.store.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.store.database import AuditEntry

SYSTEM = "evenbeat"
"""Who acts where no person does."""
_SOURCES = (".py", ".csv", ".toml", ".html", ".css")


@cache
def code_version() -> str:
    """Return the installed version of Evenbeat with a hash of its sources.

    A checkout that is pulled keeps its version number; the hash tells its code apart, so that no
    step counts as done by other code.
    """
    package = Path(str(resources.files("evenbeat.core")))
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in _SOURCES and "__pycache__" not in path.parts:
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return f"{metadata.version('evenbeat')}+{digest.hexdigest()[:10]}"


def local_actor() -> str:
    """Return the name under which this process acts in the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def utc_now() -> dt.datetime:
    """Return the present moment."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Context:
    """The surroundings of one operation; tests give their own clock and actor."""

    workspace: Workspace
    actor: str
    now: Callable[[], dt.datetime] = utc_now
    progress: Progress = silent

    @classmethod
    def local(cls, root: Path, *, progress: Progress = silent) -> Context:
        """Open a workspace for the person who runs this process."""
        return cls(Workspace.open(root), local_actor(), progress=progress)

    def log(
        self, action: str, detail: dict[str, Any], *, connection: Connection | None = None
    ) -> AuditEntry:
        """Append to the audit log, in a transaction of its own or in one that is open."""
        return self.workspace.audit.append(
            action,
            {"code_version": code_version(), **detail},
            actor=self.actor,
            at=self.now(),
            connection=connection,
        )

    def part(self, first: float, last: float) -> Progress:
        """Return a progress that fills a part of the whole, for operations made of others."""

        def report(stage: str, fraction: float) -> None:
            self.progress(stage, first + (last - first) * fraction)

        return report


def cutoff_of(workspace: Workspace, date: dt.date) -> dt.datetime:
    """Return what a day's forecast may know: everything known before its local midnight."""
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=workspace.calendar.zone)
    return midnight.astimezone(dt.UTC)


def run_of(workspace: Workspace, date: dt.date, run_id: str | None = None) -> tuple[str, Path]:
    """Return the id and folder of a day's run, by default the current one.

    Raises
    ------
    WorkspaceError
        The day has no such run.
    """
    chosen = run_id or workspace.current_run(date)
    if chosen is None or not workspace.run_folder(date, chosen).is_dir():
        raise WorkspaceError(
            f"{date} has no run{f' {run_id}' if run_id else ''}. "
            f"Make it with: evenbeat forecast --date {date}"
        )
    return chosen, workspace.run_folder(date, chosen)


def run_facts(folder: Path) -> dict[str, Any]:
    """Return what a run recorded about itself.

    Raises
    ------
    WorkspaceError
        The run was not finished.
    """
    facts = read_json(folder / "run.json")
    if facts is None:
        raise WorkspaceError(f"{folder.name} was not finished; run: evenbeat forecast")
    return dict(facts)
