"""Benchmarks run only when they are asked for (`-m benchmark`), and print one table at the end."""

import pytest

from tests.benchmarks.interleave import Table

_TABLE = pytest.StashKey[Table]()


def pytest_configure(config):
    config.stash[_TABLE] = Table()


def pytest_collection_modifyitems(config, items):
    if "benchmark" in config.getoption("markexpr"):
        return
    asked_for = [item for item in items if item.get_closest_marker("benchmark") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in asked_for])
    items[:] = asked_for


@pytest.fixture
def table(request) -> Table:
    """Rows that the end of the run prints."""
    return request.config.stash[_TABLE]


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash.get(_TABLE, None)
    if table is None or not table.rows:
        return
    terminalreporter.section("benchmarks: one thread, CPU time, medians of interleaved rounds")
    for line in table.lines():
        terminalreporter.write_line(line)
