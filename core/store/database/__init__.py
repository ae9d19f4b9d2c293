"""Assignments, reviews and the audit log in one database: a GeoPackage, or PostGIS by URL."""

from evenbeat.core.store.database.areas import AreasKnown, add_area, areas_on, lift_area
from evenbeat.core.store.database.audit_log import AuditLog
from evenbeat.core.store.database.chain import GENESIS, AuditEntry, Verification
from evenbeat.core.store.database.connect import Database
from evenbeat.core.store.database.digests import event_digest, logged_records, plan_digest
from evenbeat.core.store.database.plans import (
    add_assignment,
    candidates_of,
    current_assignments,
    plan_of,
    plans_between,
    record_plan,
    visits_of,
)
from evenbeat.core.store.database.postgis import login_roles
from evenbeat.core.store.database.records import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CandidateRecord,
    CurrentAssignment,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
)
from evenbeat.core.store.database.reviews import append_event, events_of, events_of_all

__all__ = [
    "GENESIS",
    "AreaLift",
    "AreaRecord",
    "AreasKnown",
    "AssignmentRecord",
    "AuditEntry",
    "AuditLog",
    "CandidateRecord",
    "CurrentAssignment",
    "Database",
    "PlanRecord",
    "ReviewEvent",
    "Verification",
    "VisitRecord",
    "add_area",
    "add_assignment",
    "append_event",
    "areas_on",
    "candidates_of",
    "current_assignments",
    "event_digest",
    "events_of",
    "events_of_all",
    "lift_area",
    "logged_records",
    "login_roles",
    "plan_digest",
    "plan_of",
    "plans_between",
    "record_plan",
    "visits_of",
]
