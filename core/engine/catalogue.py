"""Every operation and the module that has it; a module is imported when it is asked for."""

from __future__ import annotations

import importlib

from evenbeat.core.engine.operation import Operation

_MODULES: dict[str, tuple[str, ...]] = {
    "beginning": ("init", "simulate", "demo", "doctor"),
    "workspace": (
        "workspace-summary", "settings-read", "settings-change", "priorities",
    ),
    "tactics": ("tactics", "tactics-change"),
    "layers": ("layer-check", "ingest-preview", "layer-roles"),
    "steps": ("ingest", "describe", "fit", "forecast", "plan", "brief", "daily"),
    "publishing": ("publish", "publish-retract"),
    "comparing": ("what-if", "backtest"),
    "maps": ("runs-list", "run-rasters", "run-difference", "priority-preview"),
    "review_reading": (
        "review-list", "review-show", "review-caps", "review-reasons", "review-left",
    ),
    "review_deciding": (
        "review-approve", "review-reject", "review-suppress", "review-note", "review-undo",
        "review-approve-all", "review-expire", "review-prepare",
    ),
    "review_placing": (
        "review-move", "review-resize", "review-add", "review-exclude", "review-custom",
        "review-lift", "review-areas",
    ),
    "patrol": ("dosage", "activity-start", "activity-stop", "activity-note", "retention"),
    "patrol_maps": ("dosage-rasters", "tracks", "planned-delivered", "briefing-data"),
    "reports": (
        "report-shift", "report-tactic", "report-officer", "report-crime-type",
        "report-crime-dosage",
    ),
    "equity": ("equity-load", "equity-report"),
    "log": (
        "audit-log", "audit-verify", "audit-anchor", "audit-export", "audit-key",
        "audit-reproduce", "audit-move",
    ),
    "keys": ("keys-list", "keys-create", "keys-revoke", "keys-rotate"),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
NAMES = tuple(_MODULE_OF)
"""The names of all operations, in the order of the day's work."""


def operations_in(module: str) -> dict[str, Operation]:
    """Return the operations that a module declares, by name."""
    loaded = importlib.import_module(f"evenbeat.core.engine.operations.{module}")
    found = [value for value in vars(loaded).values() if isinstance(value, Operation)]
    return {operation.name: operation for operation in found}


def find(name: str) -> Operation:
    """Return one operation; its module is imported now.

    Raises
    ------
    KeyError
        There is none of that name.
    """
    return operations_in(_MODULE_OF[name])[name]


def every_operation() -> list[Operation]:
    """Return all operations, in the order of their names' list."""
    return [operation for module in _MODULES for operation in operations_in(module).values()]
