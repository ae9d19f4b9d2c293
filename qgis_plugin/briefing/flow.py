"""Lets the body of a template flow: from the first page onto as many further ones as it needs."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import (
    QgsExpressionContext,
    QgsExpressionContextScope,
    QgsFeature,
    QgsLayoutItem,
    QgsLayoutItemPage,
    QgsPrintLayout,
)
from qgis.PyQt.QtCore import QRectF

from evenbeat.briefing import pieces
from evenbeat.briefing.fitting import fitting_part, height_of
from evenbeat.briefing.pieces import Block, Part, Piece, Prototype

_LEAST_TEXT_MM = 9.0
_BEFORE_HEADING_MM = 2.0
_LOOSE_MM = 0.01


class Flow:
    """Places the blocks of one layout's body one below the other.

    The template's second page is the pattern of all further pages: what is on it outside the body
    is on each of them.
    """

    def __init__(self, layout: QgsPrintLayout, boxes: Sequence[QgsFeature]) -> None:
        self._layout = layout
        self._boxes = boxes
        body, first = layout.itemById(pieces.BODY), layout.itemById(pieces.FIRST_BODY)
        self._pattern = 1
        within = _on_page(layout, self._pattern)
        self._body = _place(body)
        inside = [
            item for item in within
            if item is not body and self._body.contains(_place(item).center())
        ]  # fmt: skip
        self._blocks = pieces.blocks_of(inside)
        self._fixed = [
            Prototype(item) for item in within if item is not body and item not in inside
        ]
        self._area = _place(first) if first is not None else self._body
        self._page = 0 if first is not None else 1
        self._cursor = self._area.top()
        self._context = layout.createExpressionContext()
        self._heading: Piece | None = None
        self._head: Piece | None = None
        for item in (body, first, *inside):
            if item is not None:
                layout.removeLayoutItem(item)

    def run(self) -> None:
        """Place everything, and take the pattern away where it is not needed."""
        for block in self._blocks:
            if block.name == pieces.HEAD:
                self._head = block.piece(self._context)
            elif block.name in pieces.REPEATED:
                self._repeat(block)
            elif block.name.startswith("heading"):
                self._heading = block.piece(self._context)
            else:
                self._text(block)
        if self._page == 0:
            for one in self._fixed:
                self._layout.removeLayoutItem(one.item)
            self._layout.pageCollection().deletePage(self._pattern)

    def _repeat(self, block: Block) -> None:
        """Place a row or a card for each box, cards side by side where there is room."""
        bounds = block.bounds
        across = bounds.width() + 2.0 * block.gap
        columns = 1
        if block.name == "card":
            columns = max(1, int((self._area.width() + 2.0 * block.gap + _LOOSE_MM) // across))
        made = self._made(block)
        head = self._head if block.name == "row" else None
        for start in range(0, len(made), columns):
            end = start + columns
            line = made[start:end]
            height = max(piece.height for piece in line)
            self._make_room(height, head if start == 0 else None, head)
            for number, piece in enumerate(line):
                left = self._area.left() + bounds.left() - self._body.left() + number * across
                pieces.set_down(self._layout, piece, self._page, left, self._cursor)
            self._cursor += height + block.gap
        if made and head is not None:
            self._cursor += 2.0

    def _made(self, block: Block) -> list[Piece]:
        """Return a piece for each box, in a smaller type where one is taller than a page."""
        contexts = [self._context_of(box) for box in self._boxes]
        while True:
            made = [block.piece(context) for context in contexts]
            tallest = max((piece.height for piece in made), default=0.0)
            if tallest <= self._body.height() or not block.shrink():
                break
        for piece, context in zip(made, contexts):
            piece.context = context
        return made

    def _text(self, block: Block) -> None:
        """Place a text, on further pages what does not fit."""
        prototype = block.items[0]
        if not prototype.is_label:
            self._whole(block.piece(self._context), block)
            return
        rest = prototype.text(self._context)
        while rest:
            # The label is tried at the height of all of it, or at least of some lines.
            self._make_room(min(height_of(prototype.item, rest), _LEAST_TEXT_MM), None, None)
            room = self._area.bottom() - self._cursor
            now, rest = fitting_part(prototype.item, rest, room)
            if not now and self._turn():
                continue
            if not now:  # not even a word fits an empty page
                now, rest = rest, ""
            height = height_of(prototype.item, now)
            offset = QRectF(0.0, 0.0, prototype.place.width(), height)
            self._put(Piece([Part(prototype, offset, now)], height), prototype.place.left())
            self._cursor += block.gap

    def _whole(self, piece: Piece, block: Block) -> None:
        self._make_room(piece.height, None, None)
        self._put(piece, block.bounds.left())
        self._cursor += block.gap

    def _make_room(self, height: float, first: Piece | None, again: Piece | None) -> None:
        """Turn the page where a height does not fit; place what stands above it.

        Parameters
        ----------
        first
            What stands above it in any case.
        again
            What stands above it where the page is turned.
        """
        above = sum(piece.height for piece in (self._heading, first) if piece is not None)
        if self._heading is not None and self._cursor > self._area.top() + _LOOSE_MM:
            self._cursor += _BEFORE_HEADING_MM
        turned = False
        if self._cursor + above + height > self._area.bottom() + _LOOSE_MM:
            turned = self._turn()
        if self._heading is not None:
            self._put(self._heading, self._heading.parts[0].prototype.place.left())
            self._heading = None
        head = first or (again if turned else None)
        if head is not None:
            self._put(head, min(part.prototype.place.left() for part in head.parts))

    def _put(self, piece: Piece, left: float) -> None:
        left += self._area.left() - self._body.left()
        pieces.set_down(self._layout, piece, self._page, left, self._cursor)
        self._cursor += piece.height

    def _turn(self) -> bool:
        """Go on at the top of the next page; return False where this one is still empty."""
        if self._page > 0 and self._cursor <= self._area.top() + _LOOSE_MM:
            return False
        self._page += 1
        self._area = self._body
        self._cursor = self._area.top()
        if self._page > self._pattern:
            pages = self._layout.pageCollection()
            page = QgsLayoutItemPage(self._layout)
            page.setPageSize(pages.page(self._pattern).pageSize())
            pages.addPage(page)
            for one in self._fixed:
                self._copy_fixed(one)
        return True

    def _copy_fixed(self, one: Prototype) -> None:
        part = Part(one, QRectF(0.0, 0.0, one.place.width(), one.place.height()))
        if one.is_label:
            part.text = one.item.text()
        pieces.set_down(self._layout, Piece([part]), self._page, one.place.left(), one.place.top())

    def _context_of(self, box: QgsFeature) -> QgsExpressionContext:
        context = self._layout.createExpressionContext()
        scope = QgsExpressionContextScope("box")
        scope.setFeature(box)
        scope.setFields(box.fields())
        context.appendScope(scope)
        return context


def _place(item: QgsLayoutItem) -> QRectF:
    position = item.pagePos()
    return QRectF(position.x(), position.y(), item.rect().width(), item.rect().height())


def _on_page(layout: QgsPrintLayout, page: int) -> list[QgsLayoutItem]:
    """Return the items of a page without the page itself."""
    found = layout.pageCollection().itemsOnPage(page)
    return [item for item in found if not isinstance(item, QgsLayoutItemPage)]
