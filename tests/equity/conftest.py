"""A small city that was planned and patrolled for a day, with a demographic table beside it."""

import datetime as dt
import os
import shutil

import geopandas
import numpy as np
import pytest
import shapely

from evenbeat.core.equity import DemographicAreas
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.equity.load import load_demographics, share_columns
from evenbeat.core.store.workspace import Workspace
from tests.rehearsal import rehearse


@pytest.fixture(scope="session")
def in_this_process():
    """Tasks done here: a pool's processes would take longer to start than to work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: {0})
        yield


@pytest.fixture(scope="session")
def patrolled_city(tmp_path_factory, in_this_process):
    """A planned, patrolled and measured day; tests only read it."""
    root = tmp_path_factory.mktemp("equity") / "city"
    done = rehearse(root, days=1, effect=0.0, size_km=3.5, history_days=60)
    nine_areas(done.workspace).to_file(root / "areas.gpkg", driver="GPKG")
    return done


def nine_areas(workspace):
    """Nine areas over the city and beyond: a grid of rectangles, each with residents of its own."""
    west, south, east, north = workspace.jurisdiction().bounds
    x, y = np.linspace(west - 200, east + 200, 4), np.linspace(south - 200, north + 200, 4)
    rows = [
        {
            "geoid": f"T{row}{column}", "people": 900 + 100 * row + 10 * column,
            "renters": 5.0 + 10 * (3 * row + column), "income": 1,
            "geometry": shapely.box(x[column], y[row], x[column + 1], y[row + 1]),
        }
        for row in range(3) for column in range(3)
    ]  # fmt: skip
    return geopandas.GeoDataFrame(rows, crs=workspace.crs)


def context_at(root, **options):
    """The context of the supervisor, some days after."""
    return Context(
        Workspace.open(root), "sue", now=lambda: dt.datetime(2022, 3, 20, 12, tzinfo=dt.UTC),
        **options,
    )  # fmt: skip


def load(context):
    """Load the table of the fixture."""
    return load_demographics(
        context, context.workspace.root / "areas.gpkg", id_column="geoid",
        residents_column="people", shares=share_columns(percents=["renters=renters"]),
        source="Made up for tests.",
    )  # fmt: skip


@pytest.fixture(scope="session")
def loaded_city(patrolled_city, tmp_path_factory):
    """A copy with the table loaded; tests only read it, or write reports elsewhere."""
    root = tmp_path_factory.mktemp("loaded") / "city"
    shutil.copytree(patrolled_city.workspace.root, root)
    load(context_at(root))
    return root


@pytest.fixture
def loaded_copy(loaded_city, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(loaded_city, tmp_path / "copy")


def grid_of(mask, cell_size=100.0):
    """A grid whose inside cells are those of a mask."""
    district = np.where(np.asarray(mask, bool), 0, -1).astype(np.int16)
    return Grid("EPSG:26971", cell_size, 300_000.0, 500_000.0, district)


def areas_of(outlines, residents, **shares):
    """Demographic areas by outlines; identifiers are their numbers."""
    return DemographicAreas(
        tuple(f"A{number}" for number in range(len(outlines))), np.asarray(residents, float),
        {name: np.asarray(values, float) for name, values in shares.items()},
        np.array(outlines, dtype=object),
    )  # fmt: skip
