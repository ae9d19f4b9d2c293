"""Planning: who gets a box, how much of it, in which order, and why."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evenbeat.core.planning.metering.past import PastBox, PastUse
    from evenbeat.core.planning.plan import DayPlan, Surroundings, plan_day
    from evenbeat.core.planning.priority import priority_surface, severity_weights

__all__ = [
    "DayPlan",
    "PastBox",
    "PastUse",
    "Surroundings",
    "plan_day",
    "priority_surface",
    "severity_weights",
]
_MODULES = {
    "PastBox": "metering.past", "PastUse": "metering.past", "DayPlan": "plan",
    "Surroundings": "plan", "plan_day": "plan", "priority_surface": "priority",
    "severity_weights": "priority",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: a review needs the past and not the plan."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
