"""The runs of the workspace, the newest first: what each made, who, when, and its notes."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QDateTime, QLocale, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
)

from evenbeat.gui.messages import plain_tree
from evenbeat.gui.run.day import right
from evenbeat.gui.sources.marks import mark

_RUN = Qt.ItemDataRole.UserRole
DAY, STATE, BOXES, EXPECTED, BY, MADE = range(6)


class History:
    """A list of runs; one or two of them can be chosen."""

    def __init__(self) -> None:
        self.tree: QTreeWidget = plain_tree(_headings())
        self.tree.setObjectName("EvenbeatHistory")
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.tree.header()
        header.setMinimumSectionSize(24)
        for column in (DAY, STATE, BOXES, EXPECTED, BY):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def fill(self, runs: list[dict[str, Any]]) -> None:
        """Show runs; what was chosen stays chosen."""
        chosen = {run["run_id"] for run in self.chosen()}
        self.tree.clear()
        for run in runs:
            item = _item(run)
            self.tree.addTopLevelItem(item)
            item.setSelected(run["run_id"] in chosen)
        if runs and not self.chosen():
            self.tree.setCurrentItem(self.tree.topLevelItem(0))

    def chosen(self) -> list[dict[str, Any]]:
        """Return the chosen runs, the older first."""
        found = [item.data(0, _RUN) for item in self.tree.selectedItems()]
        return sorted(found, key=lambda run: (run["date"], run["current"], run["made_at"] or ""))

    def choose(self, run_id: str) -> None:
        """Choose a run."""
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            if item.data(0, _RUN)["run_id"] == run_id:
                self.tree.setCurrentItem(item)


def _headings() -> list[str]:
    return [tr("Day"), tr("State"), tr("Boxes"), tr("Expected"), tr("By"), tr("Made")]


def tr(text: str) -> str:
    """Translate a text of the history."""
    return QCoreApplication.translate("History", text)


def _item(run: dict[str, Any]) -> QTreeWidgetItem:
    state, words = state_of(run)
    expected = f"{sum(run['totals'].values()):.1f}" if run["totals"] else ""
    item = QTreeWidgetItem([
        run["date"], words, "" if run["boxes"] is None else f"{run['boxes']}", expected,
        run["made_by"] or "", _moment(run["made_at"]),
    ])  # fmt: skip
    item.setData(0, _RUN, run)
    item.setIcon(DAY, mark(state))
    for column in (BOXES, EXPECTED):
        item.setTextAlignment(column, right())
    for column in range(6):
        item.setToolTip(column, _tip(run))
        if not run["current"]:
            font = item.font(column)
            font.setItalic(True)
            item.setFont(column, font)
    return item


def state_of(run: dict[str, Any]) -> tuple[str, str]:
    """Return the mark and the word of how far a run came."""
    if not run["finished"]:
        return "bad", tr("not finished")
    if not run["current"]:
        return "none", tr("replaced")
    if run["published"]:
        return "good", tr("published")
    if run["briefing"]:
        return "good", tr("briefed")
    if run["plan_id"]:
        return "news", tr("planned")
    return "news", tr("forecast")


def _tip(run: dict[str, Any]) -> str:
    totals = [f"{name.replace('_', ' ')}: {value:.2f}" for name, value in run["totals"].items()]
    return "\n".join([run["run_id"], *totals, *run["notes"]])


def _moment(text: str | None) -> str:
    """Return a moment in the local time, short."""
    if not text:
        return ""
    moment = QDateTime.fromString(text, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(moment, "d MMM HH:mm") if moment.isValid() else text
