"""Where the service's settings come from, so that a reload reads them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.settings import ServiceSettings

# What is decided when the service starts: sockets, processes and what they share.
AT_START = (
    "host", "port", "workers", "connections", "connections_per_address", "head_seconds",
    "body_seconds", "stalled_seconds", "keep_alive_seconds", "maximum_head_bytes",
    "trusted_proxies", "shutdown_seconds", "metrics_port", "metrics_host", "log_level",
)  # fmt: skip


@dataclass(frozen=True)
class SettingsSource:
    """Options of the command line, then a file, then the environment; the first that has one.

    Parameters
    ----------
    options
        What was given on the command line.
    file
        Lines ``EVENBEAT_NAME=value``; read again at a reload.
    fallback
        What counts where nobody says anything, such as a workspace's publication.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    fallback: Mapping[str, Any] = field(default_factory=dict)

    def read(self) -> ServiceSettings:
        """Return the settings as they are now.

        Raises
        ------
        ConfigError
            The file is missing, or a setting cannot be used.
        """
        stated = self._stated()
        missing = {
            name: value for name, value in self.fallback.items()
            if name not in stated.model_fields_set
        }  # fmt: skip
        return stated.model_copy(update=missing)

    def states(self, name: str) -> bool:
        """Return whether anybody says what a setting is.

        Raises
        ------
        ConfigError
            The file is missing, or a setting cannot be used.
        """
        return name in self._stated().model_fields_set

    def _stated(self) -> ServiceSettings:
        if self.file is not None and not self.file.is_file():
            raise ConfigError(f"There is no file of settings {self.file}. Name one that exists.")
        try:
            return ServiceSettings(_env_file=self.file, **self.options)
        except ValidationError as error:
            raise ConfigError(_faults(error)) from error
        except SettingsError as error:
            raise ConfigError(f"A setting of the service is no JSON: {error}.") from error


def _faults(error: ValidationError) -> str:
    lines = [
        f"EVENBEAT_{'.'.join(map(str, fault['loc'])).upper() or '...'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    ]
    return f"Settings of the service cannot be used. {'; '.join(lines)}"
