"""The equity ledger: who gets the minutes. The only room that reads audit-only data.

Numpy in, frozen values out. Demographic tables are kept apart (`audit_only`) and are joined to
minutes here, after the fact; nothing that fits, forecasts or plans can import this room.
"""

from evenbeat.core.equity.areas import DemographicAreas, ShareColumn, read_areas
from evenbeat.core.equity.audit_only import AuditOnlyStore
from evenbeat.core.equity.ledger import Entries, Ledger, keep_ledger
from evenbeat.core.equity.overlay import Overlay, Parts, lay_over
from evenbeat.core.equity.overrides import Override

__all__ = [
    "AuditOnlyStore",
    "DemographicAreas",
    "Entries",
    "Ledger",
    "Overlay",
    "Override",
    "Parts",
    "ShareColumn",
    "keep_ledger",
    "lay_over",
    "read_areas",
]
