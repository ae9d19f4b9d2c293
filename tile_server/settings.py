"""The service's settings: frozen, from the environment (``EVENBEAT_...``) or from the caller."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from evenbeat.core.store.remote.objects import READABLE
from evenbeat.tile_server.access.roles import RoleGrant

# Plain HTTP to an issuer only on this very machine: its keys decide who is let in.
_ISSUER = r"^(https://|http://(127\.0\.0\.1|\[::1\]|localhost)[:/])[^\s?#]*$"
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _split(given: Any) -> Any:
    """Take a list as JSON or with commas, as environments have it."""
    if not isinstance(given, str) or given.lstrip().startswith("["):
        return json.loads(given) if isinstance(given, str) else given
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _address(given: Any) -> Any:
    """Take a folder as a path, and an address elsewhere as it stands."""
    if isinstance(given, str) and "://" in given:
        if not READABLE.fullmatch(given):
            raise ValueError("must be a folder, s3://bucket/prefix or https://...")
        return given
    return given if isinstance(given, Path) else Path(given)


Address = Annotated[Path | str, BeforeValidator(_address)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class ServiceSettings(BaseSettings):
    """Everything that the service can be told."""

    model_config = SettingsConfigDict(env_prefix="EVENBEAT_", frozen=True, extra="forbid")

    publication: Address = Field(
        Path("published"),
        description="where manifest.json is: a folder, s3://bucket/prefix or https://...",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("evenbeat") / "publications",
        description="folder for files of a publication that is elsewhere",
    )
    cache_megabytes: int = Field(4096, ge=64, description="how much of them is kept there")
    refresh_seconds: float = Field(
        5.0, ge=0.5, description="how often a publication elsewhere is asked for what is new"
    )
    styles: Path | None = Field(
        None, description="folder with the agency's own styles, beside those that come with it"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8765, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    public_base_url: str | None = Field(
        None, pattern=r"^https?://[^\s?#]+$", description="how clients reach the service"
    )
    root_path: str = Field(
        "", pattern=r"^(/[A-Za-z0-9._~-]+)*/?$", validate_default=True,
        description="prefix below which a proxy shows the service, such as /evenbeat",
    )  # fmt: skip
    workers: int = Field(1, ge=1, le=64, description="worker processes")
    trusted_hosts: Names = Field(
        (),
        description="accepted Host headers; empty: on loopback its names, else any",
    )
    maximum_zoom: int = Field(18, ge=9, le=22, description="deepest zoom level of tiles")
    keys_file: Path | None = Field(
        None, description="book of keys; with it, what is not public needs one"
    )
    public_layers: Names = Field(
        (), description="with keys: layers that need none, such as priority"
    )
    public_maximum_zoom: int = Field(14, ge=0, le=22, description="deepest zoom without a key")
    public_newest_lag_days: int = Field(
        1, ge=0, description="without a key, only dates at least so many days old"
    )
    public_rate_per_minute: int | None = Field(
        None, ge=1, description="requests a minute from one address without a key"
    )
    guesses_per_minute: int = Field(
        30, ge=1, description="keys that are not known, from one address, before it has to wait"
    )
    signature_seconds: int = Field(
        3600, ge=60, le=86_400, description="how long a signed address of tiles works"
    )
    base_map_tiles: str | None = Field(
        None, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+/[^\s#]*\{z\}[^\s#]*$",
        description="XYZ address with {z}, {x}, {y} of a base map for /map; its host sees visitors",
    )  # fmt: skip
    base_map_attribution: str = Field("", description="whom the base map is by; shown on /map")
    request_log: Path | None = Field(None, description="file for a line of every request")
    fresh_seconds: int = Field(60, ge=0, description="how long clients may keep what can change")
    cors_origins: Names = Field(
        ("*",), description="origins whose pages may read answers; * for any. Never with cookies"
    )
    trusted_proxies: Names = Field(
        (), description="addresses or networks of proxies whose X-Forwarded-For is believed"
    )
    maximum_body_bytes: int = Field(1_048_576, ge=1024, description="longest body of a request")
    maximum_head_bytes: int = Field(32_768, ge=4096, description="longest address and headers")
    head_seconds: float = Field(10.0, gt=0, description="time for a client to send its headers")
    body_seconds: float = Field(30.0, gt=0, description="time for it to send a body after them")
    stalled_seconds: float = Field(60.0, gt=0, description="time without taking any of an answer")
    keep_alive_seconds: int = Field(30, ge=1, description="how long an idle connection is kept")
    work_seconds: float = Field(20.0, gt=0, description="longest work on cells for one request")
    connections: int = Field(4000, ge=1, description="connections of one worker")
    connections_per_address: int = Field(
        400, ge=1, description="of them, from one address that is no trusted proxy"
    )
    shutdown_seconds: int = Field(20, ge=1, description="time to finish requests at the end")
    ready_within_hours: float | None = Field(
        None, gt=0, description="/readyz fails where the newest raster was published earlier"
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="port for /metrics on metrics_host; 0 takes a free one"
    )
    metrics_host: str = Field("127.0.0.1", description="address to listen on for metrics_port")
    metrics_token: str | None = Field(
        None, min_length=16, description="with it, /metrics answers here to this bearer token"
    )
    log_level: Literal["error", "warning", "info"] = Field(
        "warning", description="what goes to the standard error output"
    )
    oidc_issuer: str | None = Field(
        None, pattern=_ISSUER, description="OpenID Connect: whose bearer tokens are accepted"
    )
    oidc_audience: str | None = Field(None, min_length=1, description="whom tokens must be for")
    oidc_jwks_url: str | None = Field(
        None, pattern=_ISSUER, description="its keys; else as the issuer's discovery tells"
    )
    oidc_algorithms: Names = Field(
        ("RS256", "ES256"), description="signatures that are accepted; asymmetric ones only"
    )
    oidc_roles_claim: str = Field(
        "roles", min_length=1, description="claim with a client's roles, dots go deeper"
    )
    oidc_grants: tuple[RoleGrant, ...] = Field(
        (), description="JSON: what each role opens; a client's first one in this order counts"
    )
    otlp_endpoint: str | None = Field(
        None, pattern=r"^https?://", description="OTLP/HTTP address for traces, to .../v1/traces"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        unknown = set(self.oidc_algorithms) - set(_SIGNED)
        if unknown:
            raise ValueError(
                f"oidc_algorithms may be {', '.join(_SIGNED)}, got {', '.join(sorted(unknown))}"
            )
        if self.oidc_issuer is not None and (not self.oidc_audience or not self.oidc_grants):
            raise ValueError("oidc_issuer needs oidc_audience and oidc_grants beside it")
        if self.oidc_issuer is not None and self.keys_file is None:
            raise ValueError(
                "oidc_issuer needs keys_file beside it: its secret signs the tiles' addresses, "
                "since maps send no tokens with tiles. `evenbeat keys create` makes it"
            )
        return self

    @property
    def asks_for_keys(self) -> bool:
        """Return whether something is only for those who say who they are."""
        return self.keys_file is not None

    @property
    def prefix(self) -> str:
        """Return the path below which clients see the service, without a slash at the end."""
        if self.root_path.strip("/") or self.public_base_url is None:
            return self.root_path.rstrip("/")
        return urlsplit(self.public_base_url).path.rstrip("/")

    @property
    def base_url(self) -> str:
        """Return the address that links start with; it never comes from a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        base = (self.public_base_url or f"http://{host}:{self.port}").rstrip("/")
        return base if base.endswith(self.prefix) else f"{base}{self.prefix}"

    @property
    def accepted_hosts(self) -> tuple[str, ...]:
        """Return the Host names that are answered."""
        if self.trusted_hosts or self.host not in _LOOPBACK:
            return self.trusted_hosts or ("*",)
        named = self.base_url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
        return (*_LOOPBACK, "[::1]", named)
