"""Writes the table of the tile service's settings into docs/deploy.md from their declaration."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from evenbeat.tile_server.operations.source import AT_START
from evenbeat.tile_server.settings import ServiceSettings

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "deploy.md"
BEGIN = "<!-- settings: written by scripts/write_service_settings.py -->\n"
END = "<!-- end of settings -->\n"


def table() -> str:
    """Return the table."""
    lines = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for name, field in ServiceSettings.model_fields.items():
        default = _written(field.default)
        start = " *(start)*" if name in AT_START else ""
        lines.append(f"| `{name.upper()}` | {default} | {field.description}{start} |")
    return "\n".join(lines) + "\n"


def _written(default: object) -> str:
    if default is PydanticUndefined:
        return "the user's cache folder"
    if default is None or default in ((), ""):
        return "-"
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return f"`{text}`"


def whole(text: str) -> str:
    """Return the document with the table as it has to be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


def main() -> int:
    """Write the document."""
    DOCUMENT.write_text(whole(DOCUMENT.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
