"""Writes docs/parameters.md from the declarations in core/config/: one table a section.

Run after changing a setting: .venv/bin/python scripts/write_parameters.py
A test compares the page with what this would write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from evenbeat.core.config import Settings, SourceSettings, WorkspaceSettings

PAGE = Path(__file__).parent.parent / "docs" / "parameters.md"
HEAD = """# Parameters

Every setting of `evenbeat.toml`, with its default, unit and source, made from the declarations in
`core/config/`. Sources: [pub] published, [bench] measured on public data for this project,
[choice] a judgement that a user may change. An unknown key is an error.
"""


def section(name: str, model: type[BaseModel]) -> str:
    """Return one section's heading, sentence and table."""
    rows = [f"\n## `{name}`\n\n{(model.__doc__ or '').strip()}\n",
            "| key | default | meaning, unit, source |", "| --- | --- | --- |"]  # fmt: skip
    nested = ""
    for key, field in model.model_fields.items():
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, Settings):
            nested += section(f"{name}.{key}", annotation)
            continue
        default = (
            "required"
            if field.is_required()
            else f"`{_text(field.get_default(call_default_factory=True))}`"
        )
        rows.append(f"| `{key}` | {default} | {field.description or ''} |")
    return "\n".join(rows) + "\n" + nested


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {item}" for key, item in value.items()) or "none"
    return str(value)


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name, field in WorkspaceSettings.model_fields.items():
        model = SourceSettings if name == "sources" else field.annotation
        assert isinstance(model, type)
        parts.append(section(f"[{name}]" if name != "sources" else "[[sources]]", model))
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(f"Wrote {PAGE}")
