"""Init: a new workspace with commented settings that work as they stand."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from evenbeat.core.config import load_settings
from evenbeat.core.errors import ConfigError
from evenbeat.core.grid import require_projected
from evenbeat.core.store.files import replacing_file
from evenbeat.core.store.workspace import SETTINGS_FILE


def run_init(root: Path, *, name: str, timezone: str, crs: str = "auto") -> Path:
    """Make a folder a workspace and return its settings file.

    Raises
    ------
    ConfigError
        The folder is a workspace already, or a value cannot be used.
    GridError
        The CRS is unknown or not projected.
    """
    from zoneinfo import available_timezones

    path = root / SETTINGS_FILE
    if path.exists():
        raise ConfigError(f"{path} exists already; edit it instead.")
    if timezone not in available_timezones():
        raise ConfigError(
            f"timezone must be an IANA name such as 'America/Chicago', got {timezone!r}."
        )
    template = (
        resources.files("evenbeat.core.pipeline").joinpath("evenbeat.toml").read_text("utf-8")
    )
    text = template
    for key, value in {"@NAME@": name, "@TIMEZONE@": timezone, "@CRS@": crs}.items():
        text = text.replace(key, value.replace("\\", "\\\\").replace('"', '\\"'))
    if crs != "auto":
        require_projected(crs)
    root.mkdir(parents=True, exist_ok=True)
    (root / "exports").mkdir(exist_ok=True)
    with replacing_file(path) as temporary:
        temporary.write_text(text, "utf-8")
    load_settings(path)
    return path
