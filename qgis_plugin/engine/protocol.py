"""One JSON object a line: what is written to the engine, and what it answers.

This module knows neither QGIS nor Qt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Union

PROTOCOL = 1
LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Progress:
    """How far an operation is; ``fraction`` from 0 to 1, ``remaining_seconds`` where known."""

    stage: str
    fraction: float
    remaining_seconds: float | None = None


@dataclass(frozen=True)
class Note:
    """A sentence that people should read."""

    text: str


@dataclass(frozen=True)
class Result:
    """What an operation made; ends it."""

    values: dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """Why an operation ended without a result: what happened, and what to do."""

    kind: str
    message: str
    advice: str = ""
    exit_code: int = 1


@dataclass(frozen=True)
class Garbage:
    """A line that is none of the protocol's."""

    text: str


Message = Union[Progress, Note, Result, Failure, Garbage]


class EngineError(Exception):
    """An operation ended without a result."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(" ".join(part for part in (failure.message, failure.advice) if part))
        self.failure = failure

    @property
    def kind(self) -> str:
        """What sort of failure, one word."""
        return self.failure.kind

    @property
    def cancelled(self) -> bool:
        """Whether somebody wanted it to end."""
        return self.failure.kind == "Cancelled"


def encode(identity: str, operation: str, parameters: dict[str, Any]) -> bytes:
    """Return a request as a line, without the parameters that are None."""
    given = {name: value for name, value in parameters.items() if value is not None}
    request = {"id": identity, "operation": operation, "parameters": given}
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> tuple[str | None, Message]:
    """Return the id and the message that a line holds; what cannot be read is Garbage."""
    try:
        document = json.loads(line)
    except ValueError:
        return None, Garbage(line.decode("utf-8", "replace"))
    if not isinstance(document, dict):
        return None, Garbage(line.decode("utf-8", "replace"))
    identity = document.get("id")
    name = None if identity is None else str(identity)
    try:
        return name, _message(document, line)
    except (TypeError, ValueError):
        return name, Garbage(line.decode("utf-8", "replace"))


def _message(document: dict[str, Any], line: bytes) -> Message:
    kind = document.get("type")
    if kind == "progress":
        return Progress(
            str(document.get("stage", "")),
            float(document.get("fraction") or 0.0),
            document.get("remaining_seconds"),
        )
    if kind == "note":
        return Note(str(document.get("text", "")))
    if kind == "result" and isinstance(document.get("result"), dict):
        return Result(document["result"])
    if kind == "error" and isinstance(document.get("error"), dict):
        error = document["error"]
        return Failure(
            str(error.get("kind", "Error")),
            str(error.get("message", "")),
            str(error.get("advice") or ""),
            int(error.get("exit_code") or 1),
        )
    return Garbage(line.decode("utf-8", "replace"))


@dataclass
class Lines:
    """Cuts what arrives in pieces into lines."""

    rest: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the lines that the piece completes, without their ends.

        Raises
        ------
        ValueError
            A line grows beyond any that the engine writes.
        """
        self.rest += piece
        *lines, rest = bytes(self.rest).split(b"\n") if b"\n" in piece else [bytes(self.rest)]
        if len(rest) > LONGEST_LINE:
            raise ValueError(f"A line of more than {LONGEST_LINE:,} bytes.")
        self.rest = bytearray(rest)
        return [line for line in lines if line.strip()]
