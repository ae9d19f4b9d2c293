"""Requests that are answered at once, also while an operation runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from evenbeat.core.engine.operation import Request, Result


class HelloRequest(Request):
    """Parameters of `hello`."""

    protocol: int = Field(description="version of the protocol that the caller speaks")


class SelfTest(Result):
    """One thing that was looked at when the engine started."""

    name: str
    ok: bool
    detail: str
    advice: str = Field(description="what to do where it is not ok")


class HelloResult(Result):
    """Who answers, and what it can do."""

    protocol: int
    evenbeat: str = Field(description="version with a hash of the code")
    python: str
    packages: dict[str, str] = Field(description="package -> version")
    operations: list[str] = Field(description="names that requests may give")
    self_test: list[SelfTest]
    process: int = Field(description="number of the process, to end it where nothing else helps")
    log_file: str = Field(description="where tracebacks of crashes go")


class CancelRequest(Request):
    """Parameters of `cancel`."""

    target: str = Field(description="id of the request that is wanted no more")


class CancelResult(Result):
    """What was found under that id: nothing, a request that waited, or the running one."""

    found: Literal["none", "waiting", "running"]


class ShutdownRequest(Request):
    """`shutdown` has no parameters."""


class ShutdownResult(Result):
    """`shutdown` has nothing to tell."""


CONTROL: dict[str, tuple[type[Request], type[Result], str]] = {
    "hello": (HelloRequest, HelloResult, "Say who answers, and test the installation."),
    "cancel": (CancelRequest, CancelResult, "Drop a waiting request, or end the running one."),
    "shutdown": (ShutdownRequest, ShutdownResult, "Cancel what runs, and end the engine."),
}


def plain(result: Result) -> dict[str, Any]:
    """Return a result as JSON values."""
    return result.model_dump(mode="json")
