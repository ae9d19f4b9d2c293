"""Three rehearsed days, made once; tests copy the workspace before they change it."""

import datetime as dt
import shutil

import pytest

from evenbeat.core.pipeline.context import Context
from evenbeat.core.store.workspace import Workspace
from tests.rehearsal import rehearse

DAYS = 3


def now_after(done):
    """A moment in the week after the rehearsed days."""
    return dt.datetime.combine(done.dates[-1] + dt.timedelta(days=5), dt.time(12), dt.UTC)


def context_at(root, moment, actor="sue"):
    """The context of a person at a moment."""
    return Context(Workspace.open(root), actor, now=lambda: moment)


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory):
    """A small city, patrolled as planned for three days, all incidents kept."""
    return rehearse(
        tmp_path_factory.mktemp("rehearsed") / "city", days=DAYS, effect=0.0, size_km=5.0,
        history_days=120,
    )  # fmt: skip


@pytest.fixture
def patrolled(rehearsed, tmp_path):
    """A copy of the workspace, and a context in the week after."""
    root = tmp_path / "city"
    shutil.copytree(rehearsed.workspace.root, root)
    return context_at(root, now_after(rehearsed))
