"""What stands where on the two pages of a briefing template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import layout_texts as texts
from layout_items import FOOT, MARGIN
from qgis.core import QgsLayoutObject, QgsProperty

if TYPE_CHECKING:
    from layout_items import Writer
    from qgis.core import QgsLayoutItemMap

COLUMN = 48.0
MAIN_THEME = "'Evenbeat ' || \"shift\""
DETAIL_THEME = "'Evenbeat ' || \"shift\" || ' detail'"
DETAIL_SCALE = 12000.0


def draw(writer: Writer) -> None:
    """Draw both pages."""
    title(writer)
    if writer.width < writer.height:
        portrait(writer)
    else:
        landscape(writer)
    writer.foot()
    writer.page = 1
    more(writer)
    writer.foot()


def title(writer: Writer) -> None:
    """Draw the head of the first page."""
    ink, inner = writer.ink, writer.inner
    writer.label("kicker", (MARGIN, 8.5, inner, 4.5), texts.KICKER, 8.0, colour=ink.quiet)
    writer.label("title", (MARGIN, 13.0, inner, 9.5), texts.TITLE, 18.0, bold=True,
                 colour=ink.title)  # fmt: skip
    writer.label("when", (MARGIN, 23.0, inner, 6.0), texts.WHEN, 11.0)


def portrait(writer: Writer) -> None:
    """Draw the first page upright: the map above, the boxes begin below it."""
    inner = writer.inner
    facts(writer, [(MARGIN + number * inner / 4, 30.5) for number in range(4)], inner / 4 - 2.0)
    unreviewed(writer, 44.5)
    top, height = 52.0, writer.height * 0.40
    beside = MARGIN + inner - COLUMN
    shown = writer.map("map", (MARGIN, top, inner - COLUMN - 3.0, height), MAIN_THEME)
    around(writer, shown, top, height)
    meaning(writer, beside, top, COLUMN)
    writer.legend((beside, top + 7.0, COLUMN, height - 36.0), shown, 1)
    writer.locator(shown, (beside, top + height - 27.0, COLUMN, 27.0))
    statement = top + height + 2.5
    said(writer, (MARGIN, statement, inner, 11.5))
    begin = statement + 14.0
    writer.body("body:first", MARGIN, begin, inner, writer.height - FOOT - begin)


def landscape(writer: Writer) -> None:
    """Draw the first page lying: the map on all of it, facts and legend beside it."""
    inner, aside = writer.inner, 76.0
    left = MARGIN + inner - aside
    unreviewed(writer, 30.5)
    top = 38.0
    height = writer.height - FOOT - top - 2.0
    shown = writer.map("map", (MARGIN, top, inner - aside - 4.0, height), MAIN_THEME)
    around(writer, shown, top, height)
    half = aside / 2
    facts(writer, [(left, top), (left + half, top), (left, top + 13.0), (left + half, top + 13.0)],
          half - 2.0)  # fmt: skip
    said(writer, (left, top + 28.0, aside, 20.0))
    meaning(writer, left, top + 50.0, aside)
    writer.legend((left, top + 57.0, aside, height - 94.0), shown, 2)
    writer.locator(shown, (left, top + height - 36.0, aside, 36.0))


def around(writer: Writer, shown: QgsLayoutItemMap, top: float, height: float) -> None:
    """Draw what lies on the map: north and scale."""
    right = MARGIN + shown.rect().width()
    writer.north(shown, right - 9.5, top + 1.5)
    writer.scale_bar("scale", shown, MARGIN + 1.5, top + height - 8.5)


def facts(writer: Writer, places: list[tuple[float, float]], width: float) -> None:
    """Draw the facts of the page, each below its name."""
    for (left, top), (name, text) in zip(places, texts.FACTS, strict=True):
        stem = name.lower()
        writer.label(f"fact-{stem}-name", (left, top, width, 3.6), name, 6.5,
                     colour=writer.ink.quiet)  # fmt: skip
        writer.label(f"fact-{stem}", (left, top + 3.6, width, 8.6), text, 7.5, bold=True)


def meaning(writer: Writer, left: float, top: float, width: float) -> None:
    """Draw what the classes of the legend mean."""
    writer.label("classes", (left, top, width, 7.0), texts.CLASSES, 6.5, colour=writer.ink.quiet)


def unreviewed(writer: Writer, top: float) -> None:
    """Draw the warning that nobody approved; without one nothing is seen."""
    ink = writer.ink
    item = writer.label(
        "unreviewed", (MARGIN, top, writer.inner, 5.5), texts.UNREVIEWED, 8.0, bold=True,
        colour=ink.warning_text, ground=ink.warning, margin=1.0, frame=ink.warning_text,
        middle=True,
    )  # fmt: skip
    properties = item.dataDefinedProperties()
    properties.setProperty(
        QgsLayoutObject.DataDefinedProperty.ExcludeFromExports,
        QgsProperty.fromExpression("\"unreviewed\" = ''"),
    )
    item.setDataDefinedProperties(properties)


def said(writer: Writer, place: tuple[float, float, float, float]) -> None:
    """Draw the statement of what a forecast is not."""
    writer.label("statement", place, texts.STATEMENT, 8.0, margin=1.5, ground=writer.ink.shade,
                 middle=True)  # fmt: skip


def more(writer: Writer) -> None:
    """Draw the second page, the pattern of all that follow: a head, and what flows."""
    ink, inner = writer.ink, writer.inner
    writer.label("header", (MARGIN, 8.5, inner, 5.5), texts.HEADER, 9.0, bold=True,
                 colour=ink.title)  # fmt: skip
    writer.line("header-line", MARGIN, 14.5, inner)
    top = 17.0
    writer.body("body", MARGIN, top, inner, writer.height - FOOT - top)
    top = table(writer, top + 0.5)
    for name, heading, text in texts.SECTIONS:
        heading_at(writer, f"heading-{name}", top, heading)
        writer.label(f"text-{name}", (MARGIN, top + 6.0, inner, 4.0), text, 8.0)
        top += 11.5
    heading_at(writer, "heading-cards", top, texts.WHY)
    top = card(writer, top + 6.5)
    heading_at(writer, "heading-tactics", top, texts.TACTICS)
    writer.label("text-tactics", (MARGIN, top + 6.0, inner, 5.0), texts.TACTICS_TEXT, 8.0)


def heading_at(writer: Writer, name: str, top: float, text: str) -> None:
    """Draw a heading."""
    writer.label(name, (MARGIN, top, writer.inner, 5.5), text, 10.5, bold=True,
                 colour=writer.ink.title)  # fmt: skip


def table(writer: Writer, top: float) -> float:
    """Draw the heading, a head and a row of the assignments; return where they end."""
    inner = writer.inner
    heading_at(writer, "heading-boxes", top, texts.BOXES)
    left = MARGIN
    writer.line("row:line", MARGIN, top + 11.0, inner)
    for name, share, head, text in texts.COLUMNS:
        width = share * inner
        writer.label(f"rowhead:{name}", (left, top + 6.0, width, 4.6), head, 7.0, bold=True,
                     ground=writer.ink.shade, margin=0.8)  # fmt: skip
        number = name == "no"
        writer.label(f"row:{name}", (left, top + 11.5, width, 7.0), text, 9.0 if number else 7.5,
                     bold=number, margin=0.8)  # fmt: skip
        left += width
    writer.label("text-none", (MARGIN, top + 19.0, inner, 4.0), texts.NO_BOX, 9.0)
    writer.label("text-note", (MARGIN, top + 24.0, inner, 6.0), texts.NOTE, 6.5,
                 colour=writer.ink.quiet)  # fmt: skip
    return top + 31.0


def card(writer: Writer, top: float) -> float:
    """Draw the card of one box: its map, and beside it why; return where it ends."""
    inner = writer.inner if writer.width < writer.height else (writer.inner - 4.0) / 2
    across, along = (60.0, 50.0) if writer.width < writer.height else (52.0, 46.0)
    left = MARGIN + across + 3.0
    width = inner - across - 3.0
    writer.line("card:line", MARGIN, top, inner)
    shown = writer.map("card:map", (MARGIN, top + 1.5, across, along), DETAIL_THEME, DETAIL_SCALE)
    writer.scale_bar("card:scale", shown, MARGIN + 1.0, top + along - 6.5)
    writer.label("card:title", (left, top + 1.5, width, 5.0), texts.CARD_TITLE, 10.0, bold=True)
    at = top + 7.5
    for name, heading, text in texts.CARD:
        writer.label(f"card:{name}-name", (left, at, width, 3.6), heading, 7.0, bold=True,
                     colour=writer.ink.quiet)  # fmt: skip
        writer.label(f"card:{name}", (left, at + 3.7, width, 4.0), text, 7.5)
        at += 8.7
    writer.label("card:days", (left, at, width, 3.6), texts.CARD_DAYS, 7.0,
                 colour=writer.ink.quiet)  # fmt: skip
    writer.label("card:visits", (left, at + 5.0, width, 4.0), texts.CARD_VISITS, 8.0)
    return max(at + 11.0, top + along + 3.0)
