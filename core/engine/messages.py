"""The envelope of the protocol: a request, and the four kinds of message that answer it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Identity = Annotated[str, Field(min_length=1, max_length=200)]


class Envelope(BaseModel):
    """Base of everything that crosses the pipe: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RequestLine(Envelope):
    """One line to the engine."""

    id: Identity = Field(description="the caller's name of the request; every answer carries it")
    operation: str = Field(description="one of the operations that `hello` lists")
    parameters: dict[str, Any] = Field(default_factory=dict, description="of the operation")


class ProgressMessage(Envelope):
    """How far an operation is."""

    id: Identity
    type: Literal["progress"]
    stage: str = Field(description="what is done now, in words")
    fraction: float = Field(ge=0, le=1, description="of the whole operation")
    remaining_seconds: float | None = Field(description="estimate; null while there is none")


class NoteMessage(Envelope):
    """A sentence that people should read."""

    id: Identity
    type: Literal["note"]
    text: str


class ResultMessage(Envelope):
    """What an operation made; ends the request."""

    id: Identity
    type: Literal["result"]
    result: dict[str, Any]


class Failure(Envelope):
    """Why an operation has no result."""

    kind: str = Field(description="name of the condition, such as WorkspaceError or Cancelled")
    message: str = Field(description="what was given, what was expected, what to do")
    advice: str = Field(description="the next step in QGIS; may be empty")
    exit_code: int = Field(description="with which the command line would leave")


class ErrorMessage(Envelope):
    """That an operation has no result; ends the request."""

    id: Identity | None = Field(description="null where a line was no request at all")
    type: Literal["error"]
    error: Failure


ANSWERS = (ProgressMessage, NoteMessage, ResultMessage, ErrorMessage)
