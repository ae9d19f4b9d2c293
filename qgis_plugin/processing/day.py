"""What the steps of a day share: workspace, day, and whether to do again what is done."""

from __future__ import annotations

from typing import Any

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import date_field, day_request, force_field, workspace_field


class DayAlgorithm(EngineAlgorithm):
    """A step on one day. A subclass adds what is its own in `declare` and `more`."""

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self)
        self.declare()
        force_field(self)

    def declare(self) -> None:
        """Add the parameters and outputs of this step."""

    def more(self, parameters, context) -> dict[str, Any]:
        """Return the parameters of the request beside workspace, date and force."""
        return {}

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        return {**day_request(self, parameters, context), **self.more(parameters, context)}
