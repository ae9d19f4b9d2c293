"""The append-only log of everything that was done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field

from evenbeat.core.engine.operation import (
    Call,
    DayRequest,
    Request,
    Result,
    WorkspaceRequest,
    operation,
)
from evenbeat.core.engine.operations.steps import day_of


class LogRequest(WorkspaceRequest):
    """Parameters of `audit-log`."""

    last: int = Field(20, ge=1, le=10_000, description="newest entries")


class LogEntry(Result):
    """One entry of the log."""

    entry: int
    at: str
    actor: str
    action: str
    detail: str = Field(description="JSON")
    previous_hash: str
    hash: str


class LogResult(Result):
    """Entries in order."""

    entries: list[LogEntry]


class VerifyRequest(WorkspaceRequest):
    """Parameters of `audit-verify`."""

    head: str | None = Field(None, description="head hash kept elsewhere; it must be in the log")
    files: bool = Field(False, description="also compare the files of runs and tables")
    exported: Path | None = Field(None, description="check this exported file instead")
    public: Path | None = Field(None, description="public key of the exported file")


class VerifyResult(Result):
    """That nothing was changed; otherwise it is an error of kind AuditError."""

    entries: int
    head: str
    intact: bool


class AnchorResult(Result):
    """The newest entry, for keeping outside."""

    entry: int
    at: str
    head: str


class ExportRequest(WorkspaceRequest):
    """Parameters of `audit-export`."""

    out: Path = Field(description="file to write, JSON lines")
    sign: Path | None = Field(None, description="private key; the last line then has a signature")


class ExportResult(Result):
    """What was written."""

    path: Path
    entries: int


class SigningKeyRequest(Request):
    """Parameters of `audit-key`."""

    path: Path = Field(description="file of the private key; the public one gets .pub")


class SigningKeyResult(Result):
    """Where the keys are."""

    private: Path
    public: Path


class ReproduceRequest(DayRequest):
    """Parameters of `audit-reproduce`."""

    run_id: str | None = Field(None, description="one of the day's runs; by default the current")


class ComparedOutput(Result):
    """One output, as logged and as made again."""

    what: str
    logged: str
    again: str
    same: bool


class ReproduceResult(Result):
    """A day made again."""

    date: dt.date
    run_id: str
    plan_id: str | None
    outputs: list[ComparedOutput]
    code_then: str
    code_now: str
    identical: bool


class MoveRequest(WorkspaceRequest):
    """Parameters of `audit-move`."""

    url: str = Field(description="address of an empty PostGIS database")


class MoveResult(Result):
    """Rows of each table that were copied."""

    rows: dict[str, int]


@operation("audit-log")
def audit_log(call: Call, asked: LogRequest) -> LogResult:
    """Show the newest entries."""
    from evenbeat.core.pipeline.audit import log_entries

    entries = log_entries(call.context(asked.workspace), last=asked.last)
    return LogResult(entries=[LogEntry.model_validate(entry) for entry in entries])


@operation("audit-verify")
def audit_verify(call: Call, asked: VerifyRequest) -> VerifyResult:
    """Check that no entry, plan or review was changed or removed."""
    from evenbeat.core.pipeline.audit import run_verify
    from evenbeat.core.pipeline.log_outside import verify_export

    if asked.exported is not None:
        found = verify_export(asked.exported, public=asked.public, head=asked.head)
    else:
        found = run_verify(
            call.context(asked.workspace), anchored_head=asked.head, files=asked.files
        )
    return VerifyResult.model_validate(found)


@operation("audit-anchor")
def audit_anchor(call: Call, asked: WorkspaceRequest) -> AnchorResult:
    """Tell the head with its number and time, for keeping outside."""
    from evenbeat.core.pipeline.log_outside import head_to_keep

    head = head_to_keep(call.context(asked.workspace))
    return AnchorResult(entry=head.entry, at=head.at, head=head.hash)


@operation("audit-export")
def audit_export(call: Call, asked: ExportRequest) -> ExportResult:
    """Write the log as JSON lines."""
    from evenbeat.core.pipeline.audit import export_log
    from evenbeat.core.store.files import replacing_file

    context, entries = call.context(asked.workspace), 0
    with replacing_file(asked.out) as private, private.open("w", encoding="utf-8") as stream:
        for line in export_log(context, key=asked.sign):
            stream.write(f"{line}\n")
            entries += 1
    return ExportResult(path=asked.out, entries=entries - (asked.sign is not None))


@operation("audit-key")
def audit_key(_call: Call, asked: SigningKeyRequest) -> SigningKeyResult:
    """Make a private key for signed exports, and its public key beside it."""
    from evenbeat.core.store.database.export import make_key

    return SigningKeyResult(private=asked.path, public=make_key(asked.path))


@operation("audit-reproduce")
def audit_reproduce(call: Call, asked: ReproduceRequest) -> ReproduceResult:
    """Make a past day again from its logged inputs and compare every byte."""
    from evenbeat.core.pipeline.reproduce import run_reproduce

    context, date = day_of(call, asked)
    return ReproduceResult.model_validate(run_reproduce(context, date, run_id=asked.run_id))


@operation("audit-move", writes=True)
def audit_move(call: Call, asked: MoveRequest) -> MoveResult:
    """Copy assignments, reviews and the log to PostGIS, every hash unchanged."""
    from evenbeat.core.pipeline.audit import run_move

    return MoveResult(rows=run_move(call.context(asked.workspace), asked.url))
