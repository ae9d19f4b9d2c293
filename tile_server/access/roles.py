"""What a role opens that a client's token names."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from evenbeat.tile_server.access.keys import Right


class RoleGrant(BaseModel):
    """What clients of one role may see; the fields are those of a key.

    Parameters
    ----------
    role
        As the issuer writes it into tokens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str = Field(pattern=r"^[A-Za-z0-9:._/-]{1,64}$")
    layers: tuple[str, ...] = ("*",)
    newest_lag_days: int = Field(0, ge=0)
    oldest_lag_days: int | None = Field(None, ge=0)
    maximum_zoom: int | None = Field(None, ge=0, le=22)
    rights: tuple[Right, ...] = ()
    rate_per_minute: int | None = Field(None, ge=1)
