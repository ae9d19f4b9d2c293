"""What people and dispatch wrote down beside the pings: directed patrols, time on incidents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.config import ActivitySourceSettings
from evenbeat.core.dosage.activities import ActivityReport, LoggedActivity, read_activities
from evenbeat.core.dosage.commitments import (
    Commitment,
    CommitmentReport,
    read_commitments,
)
from evenbeat.core.pipeline.patrol.journal import journal_activities
from evenbeat.core.pipeline.patrol.log_files import matching_files
from evenbeat.core.pipeline.patrol.secrets import pseudonym_key
from evenbeat.core.policy.tactics import TacticsLibrary

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace


@dataclass(frozen=True)
class Activities:
    """Every directed patrol that was logged, with the account of its reading."""

    logged: tuple[LoggedActivity, ...]
    report: ActivityReport

    def within(self, start_s: float, end_s: float) -> list[LoggedActivity]:
        """Return those that touch a span of time."""
        return [one for one in self.logged if one.touches(start_s, end_s)]


def read_all_activities(workspace: Workspace) -> Activities:
    """Return the directed patrols of files and of ``evenbeat activity``; the same id counts once.

    Raises
    ------
    InputError
        A source matches no file, or lacks a column.
    """
    key, report = pseudonym_key(workspace), ActivityReport()
    library = TacticsLibrary.load(workspace.override("tactics.csv"))
    zone = workspace.settings.agency.timezone
    found: dict[str, LoggedActivity] = {}
    for source in workspace.settings.dosage.activities:
        for path in matching_files(workspace.root, source.path):
            for one in _of_file(path, source, zone, key, library, report):
                found[one.activity_id] = one
    for one in journal_activities(workspace, key=key, library=library, report=report):
        found[one.activity_id] = one
    return Activities(tuple(found.values()), report)


def read_all_commitments(workspace: Workspace) -> Commitments:
    """Return when units were on incidents, as dispatch has it.

    Raises
    ------
    InputError
        A source matches no file, or lacks a column.
    """
    key, report = pseudonym_key(workspace), CommitmentReport()
    zone = workspace.settings.agency.timezone
    found = [
        one
        for source in workspace.settings.dosage.committed
        for path in matching_files(workspace.root, source.path)
        for one in read_commitments(path, source, timezone=zone, key=key, report=report)
    ]
    return Commitments(tuple(sorted(found)), report)


@dataclass(frozen=True)
class Commitments:
    """When units were on incidents, with the account of its reading."""

    intervals: tuple[Commitment, ...]
    report: CommitmentReport

    def within(self, start_s: float, end_s: float) -> list[Commitment]:
        """Return those that touch a span of time."""
        return [one for one in self.intervals if one.start_s < end_s and one.end_s > start_s]


def _of_file(
    path: Path, source: ActivitySourceSettings, zone: str, key: bytes, library: TacticsLibrary,
    report: ActivityReport,
) -> list[LoggedActivity]:  # fmt: skip
    return read_activities(path, source, timezone=zone, key=key, library=library, report=report)
