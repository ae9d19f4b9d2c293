"""The service's settings: frozen, from the environment (``EVENBEAT_...``) or from the caller."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ServiceSettings(BaseSettings):
    """Everything that the service can be told."""

    model_config = SettingsConfigDict(env_prefix="EVENBEAT_", frozen=True, extra="forbid")

    publication: Path = Field(Path("published"), description="folder that holds manifest.json")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8765, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    public_base_url: str | None = Field(
        None, pattern=r"^https?://[^\s?#]+$", description="how clients reach the service"
    )
    trusted_hosts: tuple[str, ...] = Field(
        (),
        description="accepted Host headers; empty: on loopback its names, else any",
    )
    maximum_zoom: int = Field(18, ge=9, le=22, description="deepest zoom level of tiles")
    keys_file: Path | None = Field(
        None, description="book of keys; with it, what is not public needs one"
    )
    public_layers: tuple[str, ...] = Field(
        (), description="with keys: layers that need none, such as priority"
    )
    public_maximum_zoom: int = Field(14, ge=0, le=22, description="deepest zoom without a key")
    public_newest_lag_days: int = Field(
        1, ge=0, description="without a key, only dates at least so many days old"
    )
    signature_seconds: int = Field(
        3600, ge=60, le=86_400, description="how long a signed address of tiles works"
    )
    request_log: Path | None = Field(None, description="file for a line of every request")
    fresh_seconds: int = Field(60, ge=0, description="how long clients may keep what can change")

    @property
    def base_url(self) -> str:
        """Return the address that links start with; it never comes from a request."""
        if self.public_base_url is not None:
            return self.public_base_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def accepted_hosts(self) -> tuple[str, ...]:
        """Return the Host names that are answered."""
        if self.trusted_hosts or self.host not in _LOOPBACK:
            return self.trusted_hosts or ("*",)
        named = self.base_url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
        return (*_LOOPBACK, "[::1]", named)
