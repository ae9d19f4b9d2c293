"""The published protocol is what the code speaks."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest

from evenbeat.core.engine.catalogue import NAMES, every_operation
from evenbeat.core.engine.control import CONTROL
from tests.engine_process import schema, validator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def writer():
    path = ROOT / "scripts" / "write_engine_schema.py"
    spec = importlib.util.spec_from_file_location("write_engine_schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_schema_file__is_what_would_be_written(writer):
    assert writer.SCHEMA.read_text("utf-8") == writer.schema_text()


def test_page__is_what_would_be_written(writer):
    text = writer.PAGE.read_text("utf-8")

    assert text == writer.page_text(text)


def test_schema__is_valid_and_names_every_operation():
    jsonschema.Draft202012Validator.check_schema(schema())

    assert set(schema()["operations"]) == {*CONTROL, *NAMES}


def test_schema__tells_a_good_request_from_a_bad_one():
    request = {
        "id": "1",
        "operation": "fit",
        "parameters": {"workspace": "w", "date": "2026-01-05"},
    }

    assert validator("#/$defs/Request").is_valid(request)
    request["parameters"]["dte"] = "2026-01-05"
    assert not validator("#/$defs/Request").is_valid(request)


def test_catalogue__has_each_operation_where_it_says():
    declared = [operation.name for operation in every_operation()]

    assert sorted(declared) == sorted(NAMES)


def test_operations__describe_every_parameter():
    plain = {"unit", "assignment_id", "area_id", "key_id", "shift", "reason", "place", "changes",
             "older", "newer"}  # fmt: skip
    missing = [
        f"{operation.name}.{name}"
        for operation in every_operation()
        for name, field in operation.request.model_fields.items()
        if not field.description and name not in plain
    ]

    assert missing == []


def test_commands__all_have_an_operation():
    """What the command line can do, the engine can; serving is a process of its own."""
    import click

    from evenbeat.core.cli.main import group

    context, names = click.Context(group), set()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            names |= {f"{name}-{sub}" for sub in command.list_commands(context)}
        else:
            names.add(name)

    assert names - set(NAMES) == {"serve"}


def test_results__are_json(writer):
    assert json.loads(writer.schema_text())["protocol"] == 1
