"""The workspace's settings: frozen, read once at the edge, each with its unit and its source."""

from evenbeat.core.config.base import Fraction, Positive, Settings
from evenbeat.core.config.data import (
    AgencySettings,
    GridSettings,
    IngestSettings,
    Role,
    ShiftSettings,
    SourceSettings,
)
from evenbeat.core.config.equity import EquitySettings
from evenbeat.core.config.model import ModelKind, ModelSettings
from evenbeat.core.config.patrol import (
    ActivitySourceSettings,
    CommitmentSourceSettings,
    DosageSettings,
    PingSourceSettings,
)
from evenbeat.core.config.plan import (
    CapSettings,
    PlanMode,
    PlanSettings,
    ReviewRole,
    ReviewSettings,
    UnitSettings,
)
from evenbeat.core.config.workspace import (
    PublishSettings,
    StoreSettings,
    WorkspaceSettings,
    load_settings,
    parse_settings,
)

__all__ = [
    "ActivitySourceSettings",
    "AgencySettings",
    "CapSettings",
    "CommitmentSourceSettings",
    "DosageSettings",
    "EquitySettings",
    "Fraction",
    "GridSettings",
    "IngestSettings",
    "ModelKind",
    "ModelSettings",
    "PingSourceSettings",
    "PlanMode",
    "PlanSettings",
    "Positive",
    "PublishSettings",
    "ReviewRole",
    "ReviewSettings",
    "Role",
    "Settings",
    "ShiftSettings",
    "SourceSettings",
    "StoreSettings",
    "UnitSettings",
    "WorkspaceSettings",
    "load_settings",
    "parse_settings",
]
