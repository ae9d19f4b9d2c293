"""Where layers are put in the layer tree, and whether they are drawn."""

from __future__ import annotations

import pytest
from qgis.core import QgsProject, QgsVectorLayer


@pytest.fixture
def project(plugin):
    made = QgsProject()
    yield made
    made.clear()


def added(project, name, heading, *, shown=True):
    """Put a layer into the project and return its id."""
    from evenbeat.processing.loading import Place, arrange

    layer = QgsVectorLayer("Point?crs=EPSG:26971", name, "memory")
    project.addMapLayer(layer, False)
    arrange(project, layer, Place(heading, shown=shown))
    return layer.id()


def drawn(project):
    """Return the names of the layers that the map shows."""
    return {node.name() for node in project.layerTreeRoot().findLayers() if node.isVisible()}


def test_arrange__group_that_was_unticked_shows_what_is_added_alone(project):
    added(project, "boxes", "Monday")
    added(project, "notes", "")
    project.layerTreeRoot().findGroup("Evenbeat").setItemVisibilityChecked(False)
    assert drawn(project) == set()
    added(project, "tracks", "Tuesday")
    added(project, "minutes", "Tuesday")
    assert drawn(project) == {"tracks", "minutes"}


def test_arrange__heading_that_was_unticked(project):
    added(project, "boxes", "Monday")
    added(project, "notes", "")
    project.layerTreeRoot().findGroup("Monday").setItemVisibilityChecked(False)
    added(project, "priority", "Monday")
    assert drawn(project) == {"notes", "priority"}


def test_arrange__layer_that_is_not_shown_leaves_the_ticks(project):
    added(project, "boxes", "Monday")
    project.layerTreeRoot().findGroup("Evenbeat").setItemVisibilityChecked(False)
    added(project, "evening", "Monday", shown=False)
    assert drawn(project) == set()
    project.layerTreeRoot().findGroup("Evenbeat").setItemVisibilityChecked(True)
    assert drawn(project) == {"boxes"}
