"""Deliver a report: where it goes, its PDF, and what the log keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from evenbeat.core.errors import EvenbeatError, WorkspaceError
from evenbeat.core.pipeline.accounts.period import Period
from evenbeat.core.pipeline.accounts.printing import print_page
from evenbeat.core.store.files import sha256_file

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context


class Delivery(TypedDict, total=False):
    """How a report is wanted.

    Parameters
    ----------
    out
        Folder in place of the workspace's ``reports``.
    pdf
        Print it too.
    anchor
        Print the hash of the log's newest entry.
    """

    out: Path | None
    pdf: bool
    anchor: bool


@dataclass
class ReportOutcome:
    """What one report wrote."""

    kind: str
    first: str
    last: str
    page: Path
    files: list[str] = field(default_factory=list)
    pdf: Path | None = None


@dataclass(frozen=True)
class Request:
    """Where a report goes, and how it is told."""

    context: Context
    period: Period
    folder: Path
    log_head: str

    def stage(self, name: str, fraction: float) -> None:
        """Tell how far the report is."""
        self.context.progress(name, fraction)


def deliver(
    context: Context, kind: str, period: Period, tell: Callable[[Request], list[Path]],
    delivery: Delivery, *, private: Path | None = None,
) -> ReportOutcome:  # fmt: skip
    """Have a report told, print it if wanted, and log what was written.

    Parameters
    ----------
    tell
        Writes the files of the report into the folder of its request; the page is among them.
    private
        Folder in place of ``reports``, for what only its owner may read.

    Raises
    ------
    WorkspaceError
        The folder cannot be written, or there is no Chromium to print with.
    """
    out = delivery.get("out")
    context.progress("gathering", 0.05)
    days = f"{period.first}" if period.first == period.last else f"{period.first}_{period.last}"
    folder = out or (private or context.workspace.root / "reports") / days
    head = context.workspace.audit.head() if delivery.get("anchor") else None
    try:
        files = tell(Request(context, period, folder, head.hash if head else ""))
    except EvenbeatError:
        raise
    except OSError as error:
        raise WorkspaceError(
            f"The report cannot be written to {folder}: {error.strerror or error}. Give another "
            "folder with --out."
        ) from error
    page = next(path for path in files if path.suffix == ".html")
    outcome = ReportOutcome(kind, str(period.first), str(period.last), page)
    if delivery.get("pdf"):
        context.progress("printing", 0.9)
        outcome.pdf = print_page(page)
        files = [*files, outcome.pdf]
    outcome.files = [str(path) for path in files]
    context.log("report", {
        "kind": kind, "first": outcome.first, "last": outcome.last,
        "output_sha256": {path.name: sha256_file(path) for path in files if path != outcome.pdf},
    })  # fmt: skip
    context.progress("done", 1.0)
    return outcome
