"""Planning: who gets a box, how much of it, and why."""

from evenbeat.core.planning.plan import plan_day
from evenbeat.core.planning.priority import priority_surface, severity_weights

__all__ = ["plan_day", "priority_surface", "severity_weights"]
