"""The protocol as one JSON Schema: what may be asked, and what is answered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from evenbeat.core.engine import PROTOCOL
from evenbeat.core.engine.catalogue import every_operation
from evenbeat.core.engine.control import CONTROL
from evenbeat.core.engine.messages import ANSWERS

Known = tuple[type[BaseModel], type[BaseModel], str, bool]
Mode = Literal["validation", "serialization"]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def protocol_schema() -> dict[str, Any]:
    """Return the schema.

    A line to the engine is valid under ``$defs/Request``, a line from it under ``$defs/Message``.
    ``operations`` says of each operation what it does, whether it changes the workspace, and where
    its parameters and its result are defined.
    """
    known: dict[str, Known] = {
        name: (request, result, title, False) for name, (request, result, title) in CONTROL.items()
    }
    for one in every_operation():
        known[one.name] = (one.request, one.result, one.title, one.writes)
    models: set[tuple[type[BaseModel], Mode]] = {(model, "serialization") for model in ANSWERS}
    for request, result, _, _ in known.values():
        models |= {(request, "validation"), (result, "serialization")}
    references, definitions = models_json_schema(
        sorted(models, key=lambda pair: (pair[0].__name__, pair[1]))
    )

    def of(model: type[BaseModel], mode: Mode) -> dict[str, Any]:
        return dict(references[model, mode])

    requests = [_request(name, of(entry[0], "validation")) for name, entry in known.items()]
    return {
        "$schema": _DIALECT, "title": f"Evenbeat engine, protocol {PROTOCOL}",
        "protocol": PROTOCOL,
        "operations": {
            name: {
                "title": title, "writes": writes, "parameters": of(request, "validation"),
                "result": of(result, "serialization"),
            }
            for name, (request, result, title, writes) in known.items()
        },
        "anyOf": [{"$ref": "#/$defs/Request"}, {"$ref": "#/$defs/Message"}],
        "$defs": {
            **definitions["$defs"], "Request": {"oneOf": requests},
            "Message": {"oneOf": [of(model, "serialization") for model in ANSWERS]},
        },
    }  # fmt: skip


def _request(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a line that asks for one operation."""
    return {
        "type": "object", "required": ["id", "operation"], "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 200},
            "operation": {"const": name}, "parameters": parameters,
        },
    }  # fmt: skip
