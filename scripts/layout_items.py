"""The items of a briefing template: what each looks like, and how a template is written."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import layout_texts as texts
from qgis.core import (
    QgsFillSymbol,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemMapOverview,
    QgsLayoutItemPage,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutObject,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsProperty,
    QgsReadWriteContext,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont

MARGIN, FOOT = 12.0, 19.0
NORTH = ":/images/north_arrows/layout_default_north_arrow.svg"
_NAMESPACE = uuid.UUID("5b1f0f2e-6a0c-4f5a-9d0e-0e5f3c1b7a11")


@dataclass(frozen=True)
class Ink:
    """Colours of what is not a map."""

    title: str = "#0f3460"
    quiet: str = "#5a6470"
    warning: str = "#fff1d6"
    warning_text: str = "#7a4a00"
    shade: str = "#e8eef5"
    line: str = "#9aa7b5"


COLOUR = Ink()
GREY = Ink("#000000", "#444444", "#ffffff", "#000000", "#ececec", "#777777")


class Writer:
    """Draws one template."""

    def __init__(self, width: float, height: float, ink: Ink) -> None:
        self.width, self.height, self.ink = width, height, ink
        self.inner = width - 2.0 * MARGIN
        self.layout = QgsPrintLayout(QgsProject.instance())
        self.layout.initializeDefaults()
        self.page = 0
        pages = self.layout.pageCollection()
        pages.page(0).setPageSize(QgsLayoutSize(width, height))
        second = QgsLayoutItemPage(self.layout)
        second.setPageSize(QgsLayoutSize(width, height))
        pages.addPage(second)

    def put(self, item: QgsLayoutItem, name: str, left: float, top: float, width: float,
            height: float) -> QgsLayoutItem:  # fmt: skip
        """Add an item to the present page."""
        item.setId(name)
        self.layout.addLayoutItem(item)
        item.attemptResize(QgsLayoutSize(width, height))
        item.attemptMove(QgsLayoutPoint(left, top), True, False, self.page)
        return item

    def label(
        self, name: str, place: tuple[float, float, float, float], text: str, points: float = 8.0,
        *, bold: bool = False, colour: str = "#000000", margin: float = 0.0, ground: str = "",
        right: bool = False, frame: str = "", middle: bool = False,
    ) -> QgsLayoutItemLabel:  # fmt: skip
        """Add a text."""
        item = QgsLayoutItemLabel(self.layout)
        font = QFont("Arial")
        font.setPointSizeF(points)
        font.setBold(bold)
        item.setFont(font)
        item.setFontColor(QColor(colour))
        item.setText(text)
        item.setMarginX(margin)
        item.setMarginY(margin * 0.7)
        item.setHAlign(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        if middle:
            item.setVAlign(Qt.AlignmentFlag.AlignVCenter)
        if ground:
            item.setBackgroundEnabled(True)
            item.setBackgroundColor(QColor(ground))
        if frame:
            item.setFrameEnabled(True)
            item.setFrameStrokeColor(QColor(frame))
        self.put(item, name, *place)
        return item

    def line(self, name: str, left: float, top: float, width: float) -> None:
        """Add a thin line."""
        item = QgsLayoutItemShape(self.layout)
        item.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        item.setSymbol(QgsFillSymbol.createSimple({"color": self.ink.line, "outline_style": "no"}))
        self.put(item, name, left, top, width, 0.25)

    def body(self, name: str, left: float, top: float, width: float, height: float) -> None:
        """Add the frame of what flows; it is seen in QGIS and never printed."""
        item = QgsLayoutItemShape(self.layout)
        item.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        item.setSymbol(
            QgsFillSymbol.createSimple(
                {"color": "0,0,0,0", "outline_color": "#d08a2e", "outline_style": "dash"}
            )
        )
        item.setExcludeFromExports(True)
        self.put(item, name, left, top, width, height)

    def map(self, name: str, place: tuple[float, float, float, float], theme: str,
            scale: float = 0.0) -> QgsLayoutItemMap:  # fmt: skip
        """Add a map; with a scale it shows a box, without one the district."""
        item = QgsLayoutItemMap(self.layout)
        self.put(item, name, *place)
        item.setFrameEnabled(True)
        item.setFrameStrokeColor(QColor(self.ink.line))
        item.setFollowVisibilityPreset(True)
        item.zoomToExtent(QgsRectangle(0.0, 0.0, place[2] * 12.0, place[3] * 12.0))
        properties = item.dataDefinedProperties()
        preset = QgsLayoutObject.DataDefinedProperty.MapStylePreset
        if theme:
            properties.setProperty(preset, QgsProperty.fromExpression(theme))
        if not scale and theme:
            item.setAtlasDriven(True)
            item.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Auto)
            item.setAtlasMargin(0.04)
        if scale:
            kind = QgsLayoutObject.DataDefinedProperty.MapScale
            properties.setProperty(kind, QgsProperty.fromExpression(f"{scale:g}"))
        item.setDataDefinedProperties(properties)
        return item

    def scale_bar(self, name: str, shown: QgsLayoutItemMap, left: float, top: float) -> None:
        """Add a scale bar; its length is chosen when the page is made."""
        item = QgsLayoutItemScaleBar(self.layout)
        item.setLinkedMap(shown)
        item.setStyle("Line Ticks Middle")
        form = item.textFormat()
        form.setFont(QFont("Arial"))
        form.setSize(6.0)
        item.setTextFormat(form)
        item.setHeight(1.4)
        item.setLabelBarSpace(0.6)
        item.setBoxContentSpace(0.8)
        item.setBackgroundEnabled(True)
        item.setBackgroundColor(QColor(255, 255, 255, 215))
        self.put(item, name, left, top, 26.0, 6.5)
        item.setNumberOfSegmentsLeft(0)

    def north(self, shown: QgsLayoutItemMap, left: float, top: float) -> None:
        """Add a north arrow that turns with a map."""
        item = QgsLayoutItemPicture(self.layout)
        item.setPicturePath(NORTH)
        item.setLinkedMap(shown)
        self.put(item, "north", left, top, 8.0, 10.0)

    def legend(self, place: tuple[float, float, float, float], shown: QgsLayoutItemMap,
               columns: int) -> None:  # fmt: skip
        """Add a legend; its layers come with the day, and it shrinks into its place."""
        item = QgsLayoutItemLegend(self.layout)
        item.setLinkedMap(shown)
        item.setAutoUpdateModel(False)
        item.setColumnCount(columns)
        item.setSplitLayer(False)
        item.setEqualColumnWidth(True)
        item.setSymbolWidth(5.0)
        item.setSymbolHeight(3.0)
        item.setBoxSpace(0.0)
        for style, points, bold in (
            (QgsLegendStyle.Style.Subgroup, 7.5, True),
            (QgsLegendStyle.Style.SymbolLabel, 7.0, False),
        ):
            item.setStyleFont(style, _font(points, bold=bold))
        item.setStyleMargin(QgsLegendStyle.Style.Symbol, 0.9)
        item.setStyleMargin(QgsLegendStyle.Style.Subgroup, QgsLegendStyle.Side.Top, 1.6)
        item.setColumnSpace(2.0)
        item.setResizeToContents(False)
        self.put(item, "legend", *place)

    def locator(self, shown: QgsLayoutItemMap, place: tuple[float, float, float, float]) -> None:
        """Add the small map of the jurisdiction, with the window of the large one."""
        item = self.map("locator", place, "")
        item.setFollowVisibilityPresetName("Evenbeat locator")
        view = QgsLayoutItemMapOverview("window", item)
        view.setLinkedMap(shown)
        view.setFrameSymbol(
            QgsFillSymbol.createSimple(
                {"color": "0,0,0,0", "outline_color": "#000000", "outline_width": "0.5"}
            )
        )
        item.overviews().addOverview(view)

    def foot(self) -> None:
        """Add what stands at the bottom of a page."""
        top = self.height - FOOT + 2.0
        suffix = "" if self.page == 0 else "-more"
        self.line(f"foot-line{suffix}", MARGIN, top - 1.0, self.inner)
        self.label(f"origin{suffix}", (MARGIN, top, self.inner - 32.0, 9.0), texts.ORIGIN, 6.0,
                   colour=self.ink.quiet)  # fmt: skip
        self.label(f"page{suffix}", (self.width - MARGIN - 30.0, top, 30.0, 5.0), texts.PAGE, 7.5,
                   right=True, colour=self.ink.quiet)  # fmt: skip

    def write(self, path: Path) -> None:
        """Write the template; the same description gives the same bytes."""
        self.layout.setName(path.stem)
        if not self.layout.saveAsTemplate(str(path), QgsReadWriteContext()):
            raise OSError(f"{path} cannot be written")
        path.write_text(_settled(path.read_text("utf-8")), "utf-8")


def _font(points: float, *, bold: bool = False) -> QFont:
    font = QFont("Arial")
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def _settled(text: str) -> str:
    """Sort the attributes, and replace random identifiers by numbered ones."""
    known: dict[str, str] = {}

    def steady(match: re.Match[str]) -> str:
        number = str(len(known))
        return known.setdefault(match.group(0), f"{{{uuid.uuid5(_NAMESPACE, number)}}}")

    return (
        re.sub(
            r"\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}",
            steady,
            ElementTree.canonicalize(text),
        )
        + "\n"
    )
