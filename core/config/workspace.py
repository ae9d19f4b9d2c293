"""The whole of ``evenbeat.toml``: read once at the edge, checked, and told apart by a hash."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from evenbeat.core.config.base import Settings
from evenbeat.core.config.data import (
    AgencySettings,
    GridSettings,
    IngestSettings,
    ShiftSettings,
    SourceSettings,
)
from evenbeat.core.config.equity import EquitySettings
from evenbeat.core.config.model import ModelSettings
from evenbeat.core.config.patrol import DosageSettings
from evenbeat.core.config.plan import PlanSettings, ReviewSettings
from evenbeat.core.errors import ConfigError

S3_URL = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?$"
"""A bucket and a prefix in an object store."""


class PublishSettings(Settings):
    """Where publications go."""

    target: str = Field("published", description="folder, relative to the workspace")
    url: str | None = Field(
        None, pattern=S3_URL,
        description="s3://bucket/prefix to which the folder is copied; keys come from AWS_...",
    )  # fmt: skip
    keep_days: int = Field(90, ge=1, description="days that stay published; [choice]")


class StoreSettings(Settings):
    """Where assignments, reviews and the audit log are."""

    url: str | None = Field(
        None,
        description="postgresql+psycopg://user@host/db; by default a GeoPackage in the workspace",
    )


class WorkspaceSettings(Settings):
    """Everything that ``evenbeat.toml`` may say."""

    agency: AgencySettings = AgencySettings()
    grid: GridSettings = GridSettings()
    shifts: ShiftSettings = ShiftSettings()
    sources: tuple[SourceSettings, ...] = ()
    ingest: IngestSettings = IngestSettings()
    model: ModelSettings = ModelSettings()
    plan: PlanSettings = PlanSettings()
    publish: PublishSettings = PublishSettings()
    review: ReviewSettings = ReviewSettings()
    dosage: DosageSettings = DosageSettings()
    equity: EquitySettings = EquitySettings()
    store: StoreSettings = StoreSettings()

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the settings in canonical JSON.

        Where the database is, who reviews and where copies of a publication go change no plan, so
        those settings are left out. So is how the equity ledger is told, and how pings are counted:
        it changes the table of minutes, whose version is recorded itself.
        """
        left_out: Any = {
            "store": True, "review": True, "dosage": True, "equity": True, "publish": {"url"},
        }  # fmt: skip
        document = self.model_dump(mode="json", exclude=left_out)
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def parse_settings(document: dict[str, Any], *, origin: str = "evenbeat.toml") -> WorkspaceSettings:
    """Check a parsed TOML document.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is of the wrong type or range; every fault is listed.
    """
    try:
        return WorkspaceSettings.model_validate(document)
    except ValidationError as error:
        faults = "\n".join(
            f"  {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            f" (got {fault.get('input')!r})"
            for fault in error.errors()
        )
        raise ConfigError(f"{origin} has settings that cannot be used:\n{faults}") from error


def load_settings(path: Path) -> WorkspaceSettings:
    """Read ``evenbeat.toml``.

    Raises
    ------
    ConfigError
        The file is missing, is not TOML, or holds unusable settings.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist. Make a workspace with: evenbeat init {path.parent}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    return parse_settings(document, origin=str(path))
