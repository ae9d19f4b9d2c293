"""What a check of a layer found, as people read it: a headline, and a list with what to do."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import sentence_label
from evenbeat.gui.sources.marks import mark
from evenbeat.workspace.roles import spoken

_ICON = 16


class Verdict(QWidget):
    """A headline with a mark, and below it the drops, refusals and repairs with their rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        self.sign = QLabel()
        self.sign.setFixedSize(_ICON, _ICON)
        self.headline = sentence_label()
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        line.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.headline, 1)
        self.rows = self._table()
        layout.addLayout(line)
        layout.addWidget(self.rows, 1)
        layout.addStretch(0)
        self.say("none", "")

    def say(self, state: str, text: str) -> None:
        """Show a headline alone."""
        self.sign.setPixmap(mark(state).pixmap(_ICON, _ICON))
        self.sign.setVisible(bool(text))
        self.headline.setText(text)
        self.rows.setRowCount(0)
        self.rows.hide()

    def told(self) -> list[str]:
        """Return the words of the list."""
        return [self.rows.item(row, 1).text() for row in range(self.rows.rowCount())]

    def show_check(self, found: dict[str, Any]) -> bool:
        """Show a check of the engine; return whether the layer can be used."""
        kept, rows = found["rows_kept"], found["rows_in"]
        if found["problems"]:
            self.say("bad", self.tr("This layer cannot be used like this."))
        elif not kept:
            self.say("bad", self.tr("No row of {rows:,} can be used.").format(rows=rows))
        else:
            text = self.tr("{kept:,} of {rows:,} rows can be used.").format(kept=kept, rows=rows)
            self.say("good" if kept == rows and not found["advice"] else "warning", text)
        for words in (*found["problems"], found["advice"]):
            self._row("bad", None, words)
        if found["problems"]:
            self._row("none", None, self.tr("Choose columns, another role, or another layer."))
        if not found["problems"]:
            for words in found["refused"]:
                count, text = _counted(words)
                self._row("warning", count, self.tr("Refused by policy: {what}").format(what=text))
        self._counts(self.tr("Left out: {what}"), found["dropped"], "warning")
        self._counts(self.tr("Mended: {what}"), found["repaired"], "good")
        for words in found["notes"]:
            self._row("none", None, words)
        self._show_rows()
        return bool(kept) and not found["problems"]

    def show_problems(self, problems: list[str], good: str) -> bool:
        """Show problems, or that all is good; return whether it is."""
        self.say("bad" if problems else "good", self.tr("Not yet.") if problems else good)
        for words in problems:
            self._row("bad", None, words)
        self._show_rows()
        return not problems

    def show_error(self, error: EngineError) -> None:
        """Show that something failed, and what to do."""
        self.say("bad", self.tr("That did not work."))
        self._row("bad", None, error.failure.message)
        self._row("none", None, error.failure.advice)
        self._show_rows()

    def resizeEvent(self, event: Any) -> None:
        """Wrap the words anew."""
        super().resizeEvent(event)
        self.rows.resizeRowsToContents()

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 2)
        table.setObjectName("EvenbeatVerdict")
        table.setHorizontalHeaderLabels([self.tr("Rows"), self.tr("What was found")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(120)
        return table

    def _show_rows(self) -> None:
        self.rows.setVisible(self.rows.rowCount() > 0)
        self.rows.resizeRowsToContents()

    def _counts(self, form: str, reasons: dict[str, int], state: str) -> None:
        for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1]):
            if not reason.startswith("refused_"):  # told one by one above
                self._row(state, count, form.format(what=spoken(reason)))

    def _row(self, state: str, count: int | None, words: str) -> None:
        if not words:
            return
        at = self.rows.rowCount()
        self.rows.insertRow(at)
        number = QTableWidgetItem(mark(state), "" if count is None else f"{count:,}")
        number.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
        self.rows.setItem(at, 0, number)
        self.rows.setItem(at, 1, QTableWidgetItem(words))


def _counted(words: str) -> tuple[int | None, str]:
    """Take the rows out of the engine's words, "bars: 33 rows; why" -> 33, "bars (why)"."""
    name, colon, rest = words.partition(": ")
    number, _, why = rest.partition(" rows; ")
    if colon and number.replace(",", "").isdecimal():
        return int(number.replace(",", "")), f"{name.replace('_', ' ')} ({why})"
    return None, words
