"""The one table from errors to what the caller is told and advised."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.engine.messages import Failure
from evenbeat.core.errors import ConfigError, EvenbeatError

if TYPE_CHECKING:
    from pydantic import ValidationError

LOG_FILE = "engine.log"
_LONGEST_LOG = 2 * 1024 * 1024
_COMMAND = re.compile(
    r"evenbeat (init|ingest|fit|forecast|plan|review|brief|dosage|publish|doctor)"
)

# By the command that a message names: what does the same in QGIS.
_BY_COMMAND = {
    "init": "In QGIS: Workspace panel, New.",
    "ingest": "In QGIS: run Ingest, or the day with Run.",
    "fit": "In QGIS: run Fit, or the day with Run.",
    "forecast": "In QGIS: run Forecast, or the day with Run.",
    "plan": "In QGIS: run Plan, or the day with Run.",
    "review": "In QGIS: open the Review panel.",
    "brief": "In QGIS: run Brief.",
    "dosage": "In QGIS: run Dosage.",
    "publish": "In QGIS: run Publish.",
    "doctor": "In QGIS: open the setup page, Check.",
}
_BY_KIND = {
    "ConfigError": "Open the settings of the workspace and mend what is named.",
    "WorkspaceError": "Choose the folder that holds evenbeat.toml, or make a workspace there.",
    "BusyError": "Try again in a moment: a day takes minutes, a decision less than a second.",
    "InputError": "Check the layer or file that is named, and its columns.",
    "PolicyError": "Leave out what is named; the policy cannot be switched off.",
    "GridError": "Check the districts, their projection and the size of the cells.",
    "ShiftError": "Check the shifts in the settings.",
    "ModelError": "Check that there are enough incidents before the day.",
    "PlanError": "Check the caps and the roster in the settings.",
    "ReviewError": "Choose otherwise, or ask someone whose role may.",
    "CapError": "Choose another place or box, or let a supervisor or commander override the cap.",
    "PublishError": "Check the folder of the publication.",
    "AuditError": "Keep everything as it is and compare it with a backup.",
    "StoreError": "Close other programs that hold the assignments' file, then try again.",
    "ConflictError": "Look at the box again: it shows what the other person did. Then decide.",
}

# Errors whose own advice says more than the command that the message names.
_KNOWN_BETTER = {"BusyError", "CapError", "ConflictError"}


def failure_of(error: BaseException) -> Failure:
    """Return what the caller is told of an error.

    Parameters
    ----------
    error
        What an operation raised. One that Evenbeat does not raise on purpose is a crash: its
        traceback goes to stderr and to a log file, which the advice names.
    """
    if isinstance(error, EvenbeatError):
        kind = type(error).__name__
        return Failure(
            kind=kind, message=str(error), advice=_advice(kind, str(error)),
            exit_code=error.exit_code,
        )  # fmt: skip
    log = _record(error)
    where = f" The traceback is in {log}." if log else ""
    return Failure(
        kind="Crash", message=f"The engine met something unforeseen: {_words(error)}",
        advice=f"Nothing half done was kept. Try again; if it happens again, report it.{where}",
        exit_code=1,
    )  # fmt: skip


def invalid(message: str, advice: str = "") -> Failure:
    """Return that a request cannot be understood."""
    return Failure(
        kind="InvalidRequest", message=message, advice=advice, exit_code=ConfigError.exit_code
    )


def invalid_fields(operation: str, error: ValidationError) -> Failure:
    """Return which parameters of a request are wrong, each by its name."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'parameters'}: {fault['msg']}"
        + (f" (got {_short(fault['input'])})" if fault["type"] != "missing" else "")
        for fault in error.errors(include_url=False, include_context=False)
    ]
    return invalid(
        f"{operation} was given parameters that it cannot use:\n  " + "\n  ".join(faults),
        "Correct the parameters that are named.",
    )


def unknown(name: str, known: tuple[str, ...]) -> Failure:
    """Return that there is no such operation, with those that sound alike."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3) or ["hello"]
    return Failure(
        kind="UnknownOperation",
        message=f"There is no operation {_short(name)}. Near it: {', '.join(near)}.",
        advice="Plugin and engine may be of different versions: update the older one.",
        exit_code=ConfigError.exit_code,
    )


def cancelled(message: str = "Cancelled on request; what was finished stands.") -> Failure:
    """Return that the caller wanted it no more."""
    return Failure(kind="Cancelled", message=message, advice="", exit_code=130)


def wrong_protocol(asked: int, spoken: int) -> Failure:
    """Return which side is too old."""
    older = "engine" if asked > spoken else "plugin"
    how = {
        "engine": "pip install --upgrade evenbeat, in the engine's environment",
        "plugin": "Plugins, Manage and Install Plugins, Evenbeat, Upgrade",
    }[older]
    return Failure(
        kind="WrongProtocol",
        message=f"The plugin speaks protocol {asked}, this engine protocol {spoken}.",
        advice=f"Update the {older}: {how}.",
        exit_code=ConfigError.exit_code,
    )


def _advice(kind: str, message: str) -> str:
    named = _COMMAND.search(message)
    if kind in _KNOWN_BETTER:
        return _BY_KIND[kind]
    return _BY_COMMAND[named[1]] if named else _BY_KIND.get(kind, "")


def _short(given: Any) -> str:
    words = repr(given)
    return words if len(words) <= 120 else f"{words[:117]}..."


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:2000]}" if str(error) else type(error).__name__


def _record(error: BaseException) -> Path | None:
    """Write a traceback to stderr and to the log file; return the file where it could be."""
    from platformdirs import user_log_path

    logging.getLogger("evenbeat.engine").error("crash", exc_info=error)
    path = user_log_path("evenbeat") / LOG_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or path.stat().st_size > _LONGEST_LOG
        with path.open("w" if fresh else "a", encoding="utf-8", errors="replace") as stream:
            traceback.print_exception(error, file=stream)
    except OSError:
        return None
    return path
