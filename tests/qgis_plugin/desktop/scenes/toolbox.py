"""An algorithm's dialog with its help, and its result on the map."""

import os

import processing
from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject
from qgis.PyQt.QtWidgets import QDockWidget


def play(stage):
    workspace = os.environ["EVENBEAT_STAGE_WORKSPACE"]
    dialog = processing.createAlgorithmDialog("evenbeat:forecast", {"WORKSPACE": workspace})
    dialog.resize(1000, 620)
    dialog.show()
    stage.picture("forecast-dialog", dialog)
    dialog.close()
    backtest = processing.createAlgorithmDialog("evenbeat:backtest", {"WORKSPACE": workspace})
    backtest.resize(1000, 760)
    backtest.show()
    stage.picture("backtest-dialog", backtest)
    backtest.close()
    toolbox = stage.iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
    toolbox.show()
    toolbox.raise_()
    toolbox.searchBox.setText("evenbeat")
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    for name in ("forecast", "plan"):
        processing.runAndLoadResults(
            f"evenbeat:{name}",
            {"WORKSPACE": workspace, "DATE": os.environ.get("EVENBEAT_STAGE_DATE", "2017-01-03")},
            feedback=QgsProcessingFeedback(), context=context,
        )  # fmt: skip
    layers = list(QgsProject.instance().mapLayers().values())
    stage.wait(lambda: layers, "layers are there")
    canvas = stage.iface.mapCanvas()
    QgsProject.instance().setCrs(layers[0].crs())
    canvas.setExtent(layers[0].extent())
    canvas.zoomByFactor(1.05)
    stage.draw()
    group = QgsProject.instance().layerTreeRoot().findGroup("Evenbeat").children()[0]
    stage.tell(
        layers=[node.name() for node in group.children()],
        shown=[node.name() for node in group.children() if node.isVisible()],
    )
    stage.picture("map")
