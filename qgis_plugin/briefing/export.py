"""Writes the pages of a briefing as PDF, PNG or SVG; for the main thread, as layouts must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsAbstractLayoutIterator,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeedback,
    QgsLayoutExporter,
    QgsLayoutRenderContext,
    QgsPrintLayout,
    QgsProcessingException,
)
from qgis.PyQt.QtXml import QDomDocument

from evenbeat.briefing.day import Day
from evenbeat.briefing.page import layout_of

FORMATS = ("pdf", "png", "svg")
DPI = 200
_WINDOW_NAMES = re.compile(r"[^\w.-]+")
_MOST_NAMED = 3


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Parameters
    ----------
    shifts, districts
        Only these; empty: all.
    single
        A PDF for each district and shift, not one for all.
    """

    folder: Path
    kind: str = "pdf"
    shifts: Sequence[str] = ()
    districts: Sequence[str] = ()
    single: bool = False
    dpi: int = DPI


def export(day: Day, document: QDomDocument, order: Order, feedback: QgsFeedback) -> list[Path]:
    """Write the briefing and return its files; none where it was cancelled before the first.

    Raises
    ------
    QgsProcessingException
        There is no such page, or a file cannot be written.
    """
    pages = pages_of(day, order)
    try:
        order.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QgsProcessingException(
            f"{order.folder} cannot be written: {error.strerror}. Choose another folder."
        ) from error
    run = day.made["run_id"]
    if order.kind == "pdf" and not order.single:
        target = order.folder / f"{_file_name(run, order)}-briefing.pdf"
        _pdf(target, _Pages(day, document, pages, feedback), order.dpi)
        if feedback.isCanceled():
            target.unlink(missing_ok=True)
            return []
        return [target]
    return list(_singly(day, document, pages, order, feedback))


def pages_of(day: Day, order: Order) -> list[QgsFeature]:
    """Return the pages of the atlas that are wanted, in order.

    Raises
    ------
    QgsProcessingException
        There is none.
    """
    request = QgsFeatureRequest()
    request.addOrderBy("page")
    kept = [
        page for page in day.coverage.getFeatures(request)
        if (not order.shifts or page["shift"] in order.shifts)
        and (not order.districts or page["district_id"] in order.districts)
    ]  # fmt: skip
    if not kept:
        shifts = ", ".join(
            sorted(day.coverage.uniqueValues(day.coverage.fields().indexOf("shift")))
        )
        raise QgsProcessingException(
            f"There is no page of shift {', '.join(order.shifts) or 'any'} and district "
            f"{', '.join(order.districts) or 'any'}. The shifts are {shifts}."
        )
    return kept


class _Pages(QgsAbstractLayoutIterator):
    """The layouts of the pages, each made when it is wanted."""

    def __init__(
        self, day: Day, document: QDomDocument, pages: Sequence[QgsFeature], feedback: QgsFeedback
    ) -> None:
        super().__init__()
        self._day, self._document, self._pages = day, document, pages
        self._feedback = feedback
        self._number = -1
        self._layout: QgsPrintLayout | None = None
        self.failure: QgsProcessingException | None = None

    def beginRender(self) -> bool:
        return True

    def endRender(self) -> bool:
        return True

    def count(self) -> int:
        return len(self._pages)

    def next(self) -> bool:
        """Make the next layout; an error ends the export and is kept."""
        self._number += 1
        self._feedback.setProgress(100.0 * self._number / len(self._pages))
        if self._number >= len(self._pages) or self._feedback.isCanceled():
            return False
        try:
            self._layout = layout_of(self._day, self._document, self._pages[self._number])
        except QgsProcessingException as error:
            self.failure = error
            return False
        return True

    def layout(self) -> QgsPrintLayout | None:
        return self._layout

    def filePath(self, base: str, extension: str) -> str:
        return f"{base}-{self._number + 1}.{extension}"


def _pdf(target: Path, pages: _Pages, dpi: int) -> None:
    code, message = QgsLayoutExporter.exportToPdf(pages, str(target), _pdf_settings(dpi))
    if pages.failure is not None:
        raise pages.failure
    _check(code, target, message)


def _file_name(run: str, order: Order) -> str:
    """Return a name that says what of a run is in a file: another part does not replace it."""
    parts = [run]
    for chosen, kind in ((order.shifts, "shifts"), (order.districts, "districts")):
        parts += chosen if len(chosen) <= _MOST_NAMED else [f"{len(chosen)} {kind}"]
    return _safe("-".join(parts))


def _safe(name: str) -> str:
    return _WINDOW_NAMES.sub("_", name)


def _singly(
    day: Day, document: QDomDocument, pages: Sequence[QgsFeature], order: Order,
    feedback: QgsFeedback,
) -> Iterator[Path]:  # fmt: skip
    """Write a file for each page of the atlas; of pictures one a sheet."""
    for number, page in enumerate(pages):
        feedback.setProgress(100.0 * number / len(pages))
        if feedback.isCanceled():
            return
        name = _safe(f"{day.made['run_id']}-{page['shift']}-{page['district_id']}")
        target = order.folder / f"{name}.{order.kind}"
        layout = layout_of(day, document, page)
        exporter = QgsLayoutExporter(layout)
        if order.kind == "pdf":
            code = exporter.exportToPdf(str(target), _pdf_settings(order.dpi))
        elif order.kind == "png":
            settings = QgsLayoutExporter.ImageExportSettings()
            settings.dpi = order.dpi
            code = exporter.exportToImage(str(target), settings)
        else:
            settings = QgsLayoutExporter.SvgExportSettings()
            settings.dpi = order.dpi
            settings.textRenderFormat = _TEXT
            code = exporter.exportToSvg(str(target), settings)
        _check(code, target, exporter.errorMessage() if hasattr(exporter, "errorMessage") else "")
        sheets = layout.pageCollection().pageCount()
        yield target
        for sheet in range(2, sheets + 1):
            if order.kind != "pdf":
                yield target.with_name(f"{target.stem}_{sheet}.{order.kind}")
    feedback.setProgress(100.0)


try:
    from qgis.core import QgsRenderContext

    _TEXT = QgsRenderContext.TextRenderFormat.TextFormatAlwaysText
except AttributeError:  # QGIS 4 has it in Qgis
    from qgis.core import Qgis

    _TEXT = Qgis.TextRenderFormat.AlwaysText


def _pdf_settings(dpi: int) -> QgsLayoutExporter.PdfExportSettings:
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = dpi
    settings.textRenderFormat = _TEXT
    settings.appendGeoreference = False
    settings.flags = QgsLayoutRenderContext.Flags(
        QgsLayoutRenderContext.Flag.FlagAntialiasing
        | QgsLayoutRenderContext.Flag.FlagUseAdvancedEffects
    )
    return settings


def _check(code: QgsLayoutExporter.ExportResult, target: Path, message: str) -> None:
    if code != QgsLayoutExporter.ExportResult.Success:
        raise QgsProcessingException(
            f"{target} cannot be written. {message} Is it open in another program, or the folder "
            "full or protected?"
        )
