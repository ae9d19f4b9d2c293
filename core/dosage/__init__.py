"""Pings to minutes: what a vehicle log says about where patrol really was, and what it cannot say.

Read (`read_pings`), clean (`clean_pings`), count (`count_minutes`), label (`dosage_cube`). Every
ping that is dropped is counted by reason, and every minute is in a cell, unknown, or outside.
"""

from evenbeat.core.dosage.cleaning import clean_pings
from evenbeat.core.dosage.cube import dosage_cube
from evenbeat.core.dosage.minutes import Dosage, count_minutes
from evenbeat.core.dosage.ping_files import read_pings
from evenbeat.core.dosage.pings import Pings, join_pings
from evenbeat.core.dosage.projection import Projection
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.dosage.states import State, movement_states, state_minutes
from evenbeat.core.dosage.visit_detection import (
    Visit,
    VisitPattern,
    describe_visits,
    find_visits,
)

__all__ = [
    "Dosage", "PingReport", "Pings", "Projection", "State", "Visit", "VisitPattern", "clean_pings",
    "count_minutes", "describe_visits", "dosage_cube", "find_visits", "join_pings",
    "movement_states", "pseudonym", "read_pings", "state_minutes",
]  # fmt: skip
