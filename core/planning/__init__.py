"""Planning: who gets a box, how much of it, in which order, and why."""

from evenbeat.core.planning.past import PastBox, PastUse
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
