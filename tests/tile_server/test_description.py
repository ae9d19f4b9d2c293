"""Hostile requests made from the service's own description, with keys and without."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings

HOST = {"Host": "127.0.0.1:8765"}
# Leaving a key out, or sending another, must not open anything: `test_hostile` has those.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(params=[6, pytest.param(60, marks=pytest.mark.extended)])
def examples(request):
    """How many requests are made up for each operation."""
    return request.param


def schema_of(app):
    loaded = schemathesis.openapi.from_asgi("/v1/openapi.json", app, headers=HOST)
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return loaded


def attack(app, headers, examples, allowed):
    """Send generated requests to every operation; each answer must be as described.

    One check is left out: that everything which fits the description is accepted. What holds
    between two parameters, such as from before to, OpenAPI cannot say.
    """
    seen, faults = set(), []
    for each in schema_of(app).get_all_operations():
        operation = each.ok()
        if operation.path in ("/admin/reload",):
            continue

        @settings(max_examples=examples, deadline=None, derandomize=True, database=None,
                  phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            answer = case.call_and_validate(
                headers={**HOST, **headers}, excluded_checks=[positive_data_acceptance]
            )
            assert answer.status_code < 500, (case.formatted_path, answer.text)
            assert allowed(answer), (case.formatted_path, answer.status_code)
            seen.add(operation.path)  # noqa: B023

        try:
            ask()
        except Exception as error:  # all operations are asked before any is complained of
            faults.append(f"{operation.method} {operation.path}: {_told(error)}")
    assert not faults, "\n\n".join(faults)
    return seen


def _told(error):
    """Return what schemathesis found, without its traces."""
    return "\n".join(str(each) for each in getattr(error, "exceptions", [error]))[:1500]


def test_description__open_service_answers_as_described(published, examples):
    app = create_app(ServiceSettings(publication=published))
    seen = attack(app, {}, examples, allowed=lambda answer: "Traceback" not in answer.text)
    assert len(seen) > 50


def test_description__with_a_key(published, tmp_path, examples):
    keys = KeyFile(tmp_path / "keys.json")
    _, token = keys.create("all", now=dt.datetime.now(dt.UTC),
                           rights=("download", "assignments", "admin"))  # fmt: skip
    app = create_app(ServiceSettings(publication=published, keys_file=keys.path,
                                     guesses_per_minute=100_000))  # fmt: skip
    seen = attack(
        app, {"X-API-Key": token}, examples, allowed=lambda answer: token not in answer.text
    )
    assert len(seen) > 50


def test_description__without_a_key_nothing_is_let_in(published, tmp_path, examples):
    KeyFile(tmp_path / "keys.json").create("somebody", now=dt.datetime.now(dt.UTC))
    app = create_app(ServiceSettings(publication=published, keys_file=tmp_path / "keys.json",
                                     guesses_per_minute=100_000))  # fmt: skip

    def refused(answer):
        open_to_all = urlsplit(answer.request.url).path in ("/healthz", "/readyz")
        return answer.status_code in (400, 401, 404, 405, 413) or open_to_all

    attack(app, {}, examples, allowed=refused)
