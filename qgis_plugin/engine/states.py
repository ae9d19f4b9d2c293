"""What people are told about the engine: its states, and each way it can fail in plain words."""

from __future__ import annotations

from evenbeat.engine.protocol import PROTOCOL, Failure

OFF = "off"
STARTING = "starting"
READY = "ready"
BUSY = "busy"
FAILED = "failed"

SETUP = "Open Settings > Options > Evenbeat: it shows what to type, and checks it."


def missing(looked_at: str) -> Failure:
    """Say that no Python was found that could have the engine."""
    return Failure("EngineMissing", f"The Evenbeat engine was not found: {looked_at}.", SETUP, 2)


def not_startable(python: str, reason: str) -> Failure:
    """Say that the operating system did not start the program."""
    return Failure("EngineMissing", f"{python} could not be started: {reason}.", SETUP, 2)


def without_engine(python: str) -> Failure:
    """Say that it is a Python, but Evenbeat is not installed in it."""
    return Failure(
        "EngineMissing", f"{python} is a Python, but Evenbeat is not installed in it.",
        f'Type: "{python}" -m pip install evenbeat. Or choose another Python. {SETUP}', 2,
    )  # fmt: skip


def silent(python: str, seconds: float) -> Failure:
    """Say that it started and did not answer the greeting."""
    return Failure(
        "EngineSilent", f"{python} started, but did not answer within {seconds:.0f} seconds.",
        f"Is it a Python with Evenbeat? {SETUP}", 2,
    )  # fmt: skip


def garbled(python: str, text: str) -> Failure:
    """Say that what it wrote is not the protocol."""
    shown = text if len(text) <= 120 else text[:120] + "..."
    return Failure(
        "EngineGarbled", f"{python} wrote what is not the engine's language: {shown!r}.",
        f"Is it a Python with Evenbeat? {SETUP}", 2,
    )  # fmt: skip


def wrong_protocol(spoken: object, version: str) -> Failure:
    """Say that engine and plugin do not belong together."""
    newer = isinstance(spoken, int) and spoken > PROTOCOL
    return Failure(
        "WrongProtocol",
        f"The engine{f' {version}' if version else ''} speaks protocol {spoken}, this plugin "
        f"speaks {PROTOCOL}.",
        "Update the plugin in Plugins > Manage and Install Plugins." if newer else
        "Update the engine: python -m pip install --upgrade evenbeat.", 2,
    )  # fmt: skip


def crashed(code: int, last_words: str, *, killed_from_outside: bool) -> Failure:
    """Say that the process ended in the middle of an operation."""
    how = "was ended from outside" if killed_from_outside else f"ended with code {code}"
    words = f" Its last words: {last_words}" if last_words else ""
    return Failure(
        "EngineCrashed", f"The engine {how} in the middle of its work.{words}",
        "QGIS and the workspace are unharmed; start it again. Where it happens again, it may lack "
        "memory: close other programs, or report it with the log messages of the Evenbeat tab.",
        1,
    )  # fmt: skip


def cancelled(stopped: bool) -> Failure:
    """Say that somebody wanted it to end."""
    how = " The engine did not answer and was stopped." if stopped else ""
    return Failure("Cancelled", f"Cancelled; what was finished stands.{how}", "", 130)
