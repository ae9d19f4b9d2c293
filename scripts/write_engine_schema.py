"""Writes the engine's protocol: the JSON Schema for the plugin, and the tables of docs/engine.md.

Run after changing an operation: .venv/bin/python scripts/write_engine_schema.py
A test compares both with what this would write.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evenbeat.core.engine.catalogue import every_operation
from evenbeat.core.engine.operation import Operation
from evenbeat.core.engine.schema import protocol_schema

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "qgis_plugin" / "engine" / "protocol.schema.json"
PAGE = ROOT / "docs" / "engine.md"
HEADING = "## Operations\n"
_INTRODUCTION = """
Made from the declarations in `core/engine/operations/`. The types of all parameters and results
are in `qgis_plugin/engine/protocol.schema.json`. *Changes* marks what a workspace that can only be
read refuses; `date` is by default today, or the day after old data. A folder `out` that is left
out is a private one.
"""


def schema_text() -> str:
    """Return the schema as it is written."""
    return json.dumps(protocol_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def page_text(former: str) -> str:
    """Return the page with its section of operations made anew."""
    head = former.split(HEADING, maxsplit=1)[0]
    return head + HEADING + _INTRODUCTION + "".join(map(_section, every_operation()))


def _section(operation: Operation) -> str:
    mark = " *Changes.*" if operation.writes else ""
    rows = "".join(
        f"| `{name}` | {_default(field)} | {_words(field)} |\n"
        for name, field in operation.request.model_fields.items()
        if name != "workspace" or not field.is_required()
    )  # fmt: skip
    table = f"\n| parameter | default | meaning |\n| --- | --- | --- |\n{rows}" if rows else ""
    answer = ", ".join(f"`{name}`" for name in operation.result.model_fields)
    return f"\n### `{operation.name}`\n\n{operation.title}{mark}\n{table}\nResult: {answer}.\n"


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), ""):
        return ""
    return f"`{json.dumps(value, default=str)}`"


def _words(field: Any) -> str:
    return (field.description or "").replace("|", "\\|")


if __name__ == "__main__":
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_text(schema_text(), "utf-8")
    PAGE.write_text(page_text(PAGE.read_text("utf-8")), "utf-8")
    print(f"Wrote {SCHEMA} and {PAGE}")
