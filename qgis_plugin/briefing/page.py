"""One page of the atlas, a district and a shift, as a print layout ready to be exported."""

from __future__ import annotations

from qgis.core import (
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFeatureRequest,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLayoutUtils,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayer,
    QgsMapLayerLegendUtils,
    QgsPrintLayout,
    QgsProcessingException,
    QgsRasterLayer,
    QgsReadWriteContext,
    QgsRenderContext,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSizeF
from qgis.PyQt.QtXml import QDomDocument

from evenbeat.briefing import pieces
from evenbeat.briefing.day import Day, variables
from evenbeat.briefing.fitting import LEAST_POINTS, shrink
from evenbeat.briefing.flow import Flow
from evenbeat.compat import legend_points, set_legend_points

LEGEND = "legend"
LOCATOR = "locator"
_MARGIN = 1.06
_STEP_POINTS = 0.5
_STEP_MM, _LEAST_SYMBOL_MM = 0.25, 2.0
_NICE = (1.0, 2.0, 2.5, 5.0)


def layout_of(day: Day, document: QDomDocument, page: QgsFeature) -> QgsPrintLayout:
    """Return the layout of one district and shift, with as many sheets as its boxes need.

    Parameters
    ----------
    page
        A feature of the day's coverage.

    Raises
    ------
    QgsProcessingException
        The template lacks what a briefing needs.
    """
    layout = open_template(day, document, f'"page" = {int(page["page"])}')
    atlas = layout.atlas()
    if not atlas.beginRender() or not atlas.next():
        raise QgsProcessingException("The briefing has no page of that district and shift.")
    shift = str(page["shift"])
    _explain(layout, day, shift)
    _measure_scales(layout, day)
    boxes = _boxes_of(day, shift, str(page["district_id"]))
    Flow(layout, boxes).run()
    _fit_labels(layout)
    return layout


def open_template(day: Day, document: QDomDocument, only: str = "") -> QgsPrintLayout:
    """Return a template with the day's atlas, as it is edited in QGIS.

    Raises
    ------
    QgsProcessingException
        The template lacks what a briefing needs.
    """
    layout = QgsPrintLayout(day.project)
    _items, good = layout.loadFromTemplate(document, QgsReadWriteContext(), True)
    if not good or layout.itemById(pieces.BODY) is None or layout.pageCollection().pageCount() < 2:
        raise QgsProcessingException(
            "The template is no briefing: it needs two pages and, on the second, an item with the "
            f"id {pieces.BODY!r}. Start from one of the plugin's layouts."
        )
    for name, value in variables(day.made).items():
        QgsExpressionContextUtils.setLayoutVariable(layout, f"evenbeat_{name}", value)
    atlas = layout.atlas()
    atlas.setEnabled(True)
    atlas.setCoverageLayer(day.coverage)
    atlas.setHideCoverage(False)
    atlas.setFilterFeatures(bool(only))
    if only:
        atlas.setFilterExpression(only)
    locator = layout.itemById(LOCATOR)
    if isinstance(locator, QgsLayoutItemMap):
        bounds = day.extent_layer.extent()
        bounds.scale(_MARGIN)
        locator.zoomToExtent(bounds)
    return layout


def _boxes_of(day: Day, shift: str, district: str) -> list[QgsFeature]:
    layer = day.boxes[shift]
    quoted = district.replace("'", "''")
    request = QgsFeatureRequest().setFilterExpression(f"\"district_id\" = '{quoted}'")
    return sorted(layer.getFeatures(request), key=lambda box: int(box["rank"]))


def _explain(layout: QgsPrintLayout, day: Day, shift: str) -> None:
    """Fill the legend with the layers of the shift; what is not there is not explained."""
    legend = layout.itemById(LEGEND)
    if not isinstance(legend, QgsLayoutItemLegend):
        return
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    root.clear()
    untitled = (day.boxes[shift], day.legend[shift][-1])
    for layer in day.legend[shift]:
        if isinstance(layer, QgsVectorLayer) and layer.featureCount() == 0:
            continue
        node = root.addLayer(layer)
        node.setCustomProperty("legend/title-label", _title(layer, shift))
        if layer is day.legend[shift][3]:
            QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, 0, _title(layer, shift))
            legend.model().refreshLayerLegend(node)
        if layer in untitled:
            QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)
        if isinstance(layer, QgsRasterLayer):  # the highest class first; no name of a band
            classes = len(day.made["legend"])
            entries = len(legend.model().layerLegendNodes(node))
            order = list(range(entries - 1, entries - 1 - classes, -1))
            QgsMapLayerLegendUtils.setLegendNodeOrder(node, order)
            legend.model().refreshLayerLegend(node)
    _fit_legend(legend)


def _fit_legend(legend: QgsLayoutItemLegend) -> None:
    """Make the type of a legend smaller until it fits its place."""
    room, place = legend.rect().size(), legend.pagePos()
    styles = (
        QgsLegendStyle.Style.Title, QgsLegendStyle.Style.Group, QgsLegendStyle.Style.Subgroup,
        QgsLegendStyle.Style.SymbolLabel,
    )  # fmt: skip
    # The item itself knows its size only after it was drawn.
    context = QgsLayoutUtils.createRenderContextForLayout(legend.layout(), None)
    need = _size(legend, context)
    while need.width() > room.width() or need.height() > room.height():
        sizes = [legend_points(legend, style) for style in styles]
        if max(sizes) <= LEAST_POINTS:
            break
        for style, points in zip(styles, sizes):
            set_legend_points(legend, style, max(points - _STEP_POINTS, LEAST_POINTS))
        legend.setSymbolHeight(max(legend.symbolHeight() - _STEP_MM, _LEAST_SYMBOL_MM))
        need = _size(legend, context)
    legend.attemptResize(QgsLayoutSize(need.width(), need.height()))
    legend.attemptMove(QgsLayoutPoint(place.x(), place.y()), True, False, legend.page())


def _size(legend: QgsLayoutItemLegend, context: QgsRenderContext) -> QSizeF:
    """Return the room that a legend needs, in millimetres."""
    return QgsLegendRenderer(legend.model(), legend.legendSettings()).minimumSize(context)


def _title(layer: QgsMapLayer, shift: str) -> str:
    """Return a layer's name without the shift."""
    name, end = layer.name(), f", {shift}"
    return name[: -len(end)] if name.endswith(end) else name


def _measure_scales(layout: QgsPrintLayout, day: Day) -> None:
    """Give scale bars the units of the country and a round length."""
    unit, metres = QgsUnitTypes.DistanceUnit.DistanceMeters, 1.0
    if day.feet:
        unit, metres = QgsUnitTypes.DistanceUnit.DistanceFeet, 0.3048
    for bar in layout.items():
        if not isinstance(bar, QgsLayoutItemScaleBar) or bar.linkedMap() is None:
            continue
        shown = bar.linkedMap()
        across = shown.scale() * shown.rect().width() / 1000.0 / metres
        bar.setUnits(unit)
        bar.setUnitLabel("ft" if day.feet else "m")
        bar.setNumberOfSegments(2)
        bar.setNumberOfSegmentsLeft(0)
        bar.setUnitsPerSegment(_round(across * 0.12))


def _round(length: float) -> float:
    """Return the largest round length that is not longer."""
    power = 1.0
    while power * 10.0 <= length:
        power *= 10.0
    return max((nice * power for nice in _NICE if nice * power <= length), default=power)


def _fit_labels(layout: QgsPrintLayout) -> None:
    """Make the type of labels smaller whose text is longer than their place."""
    for item in layout.items():
        if isinstance(item, QgsLayoutItemLabel):
            shrink(item, item.currentText())
