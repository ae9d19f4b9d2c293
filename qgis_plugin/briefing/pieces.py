"""The items of a template's body: which flow, in which order, and how they are copied.

The body is all that lies within the item ``body``. There

- a label flows: it becomes as tall as its text; one without text is left out;
- a label ``heading...`` stays with what follows, and is left out where nothing does;
- items ``NAME:PART`` are a group. ``row:`` and ``card:`` are repeated, one for each box, and their
  labels read the fields of the box; ``rowhead:`` stands above the rows on each page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsLayout,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsReadWriteContext,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QRectF
from qgis.PyQt.QtXml import QDomDocument

from evenbeat.briefing.fitting import LEAST_POINTS, font_of, height_of, set_points

BODY = "body"
FIRST_BODY = "body:first"
REPEATED = ("row", "card")
HEAD = "rowhead"
_TOUCHING_MM = 0.05


class Prototype:
    """An item of the template as it can be copied, and where it was."""

    def __init__(self, item: QgsLayoutItem) -> None:
        self.item = item
        self.name = item.id()
        position = item.pagePos()
        self.place = QRectF(position.x(), position.y(), item.rect().width(), item.rect().height())
        self.record()

    def record(self) -> None:
        """Remember the item as it is now; copies look like it."""
        self._document = QDomDocument()
        self._parent = self._document.createElement("Layout")
        self._document.appendChild(self._parent)
        self.item.writeXml(self._parent, self._document, QgsReadWriteContext())

    @property
    def is_label(self) -> bool:
        """Whether it has a text."""
        return isinstance(self.item, QgsLayoutItemLabel)

    def text(self, context: QgsExpressionContext) -> str:
        """Return the text of a label with the expressions in it worked out."""
        return QgsExpression.replaceExpressionText(self.item.text(), context).strip()

    def copy(self, layout: QgsLayout) -> QgsLayoutItem:
        """Add a copy to the layout."""
        made = layout.addItemsFromXml(self._parent, self._document, QgsReadWriteContext())
        return made[0]


@dataclass
class Part:
    """One item of a piece: where it comes to stand within it, and with which text."""

    prototype: Prototype
    offset: QRectF
    text: str = ""


@dataclass
class Piece:
    """What is placed as a whole: a text, a row, a card."""

    parts: list[Part] = field(default_factory=list)
    height: float = 0.0
    context: QgsExpressionContext | None = None


@dataclass
class Block:
    """Items of the body that belong together: one label, or a group."""

    name: str
    items: list[Prototype]

    @property
    def bounds(self) -> QRectF:
        """The rectangle of all items."""
        whole = QRectF()
        for one in self.items:
            whole = whole.united(one.place)
        return whole

    @property
    def gap(self) -> float:
        """Return the room that a copy keeps below itself."""
        return 0.0 if self.name in ("row", HEAD) else 2.0

    def shrink(self) -> bool:
        """Make the type of all labels smaller; return False where it is as small as may be."""
        labels = [one for one in self.items if one.is_label]
        sizes = [font_of(one.item).pointSizeF() for one in labels]
        if not sizes or max(sizes) <= LEAST_POINTS:
            return False
        for one, points in zip(labels, sizes):
            set_points(one.item, max(points - 0.5, LEAST_POINTS))
            one.record()
        return True

    def piece(self, context: QgsExpressionContext) -> Piece:
        """Return the block with its texts, its labels as tall as they must be.

        What stands below a label that grew or shrank moves with it.
        """
        bounds = self.bounds
        done: list[tuple[QRectF, QRectF]] = []
        parts = []
        for one in sorted(self.items, key=lambda item: item.place.top()):
            text = one.text(context) if one.is_label else ""
            height = one.place.height()
            if one.is_label:
                height = height_of(one.item, text) if text else 0.0
            now = QRectF(one.place.left(), _top(one.place, done), one.place.width(), height)
            done.append((one.place, now))
            parts.append(Part(one, now.translated(-bounds.left(), -bounds.top()), text))
        tallest = max(part.offset.bottom() for part in parts)
        return Piece(parts, tallest, context)


def blocks_of(items: Iterable[QgsLayoutItem]) -> list[Block]:
    """Return the blocks of a body from top to bottom."""
    found: dict[str, Block] = {}
    for number, item in enumerate(items):
        name, colon, _part = item.id().partition(":")
        key = name if colon else f"{name}#{number}"
        found.setdefault(key, Block(name, [])).items.append(Prototype(item))
    return sorted(found.values(), key=lambda block: block.bounds.top())


def set_down(
    layout: QgsLayout, piece: Piece, page: int, left: float, top: float
) -> list[QgsLayoutItem]:
    """Add copies of a piece's items to a page and return them."""
    made = []
    for part in piece.parts:
        if part.prototype.is_label and not part.text:
            continue
        copy = part.prototype.copy(layout)
        copy.attemptResize(QgsLayoutSize(part.offset.width(), part.offset.height()))
        place = QgsLayoutPoint(left + part.offset.left(), top + part.offset.top())
        copy.attemptMove(place, True, False, page)
        if isinstance(copy, QgsLayoutItemLabel):
            copy.setText(part.text)
        made.append(copy)
    _link(made, piece)
    return made


def _link(made: list[QgsLayoutItem], piece: Piece) -> None:
    """Show the piece's box on its map, and link the map's scale bar."""
    maps = [item for item in made if isinstance(item, QgsLayoutItemMap)]
    if not maps or piece.context is None or not piece.context.hasFeature():
        return
    centre = piece.context.feature().geometry().centroid().asPoint()
    for shown in maps:
        extent = shown.extent()
        shown.zoomToExtent(QgsRectangle.fromCenterAndSize(centre, extent.width(), extent.height()))
        shown.refresh()  # the scale may be data-defined
    for item in made:
        if isinstance(item, QgsLayoutItemScaleBar):
            item.setLinkedMap(maps[0])


def _top(place: QRectF, done: list[tuple[QRectF, QRectF]]) -> float:
    """Return where an item comes to stand, given where those before it were and are.

    It keeps its distance from the lowest one above it, and covers none.
    """
    above = [(was, now) for was, now in done if _above(was, place)]
    if not above:
        return place.top()
    lowest = max(was.bottom() for was, _now in above)
    near = [(was, now) for was, now in above if was.bottom() >= lowest - _TOUCHING_MM]
    wanted = max(now.bottom() + place.top() - was.bottom() for was, now in near)
    return max(wanted, *(now.bottom() for _was, now in above))


def _above(one: QRectF, other: QRectF) -> bool:
    """Return whether a rectangle lies above another and over a part of its width."""
    across = one.left() < other.right() - _TOUCHING_MM and other.left() < one.right() - _TOUCHING_MM
    return across and one.bottom() <= other.top() + _TOUCHING_MM
