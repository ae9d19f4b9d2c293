"""The tree of roles and their sources: how many rows are stored, and how each source stands."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from evenbeat.compat import QAction
from evenbeat.gui.messages import dress_tree
from evenbeat.gui.sources.marks import mark
from evenbeat.workspace.roles import ROSTER, Role, roles

NUMBER = Qt.ItemDataRole.UserRole
ROLE = Qt.ItemDataRole.UserRole + 1


class SourcesTree(QTreeWidget):
    """Tells what the engine tells; Del wants the chosen source removed."""

    removal_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("EvenbeatSources")
        dress_tree(self, [self.tr("Layer"), self.tr("Rows"), self.tr("State")])
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        remove = QAction(self.tr("Remove"), self)
        remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        remove.triggered.connect(lambda _checked=False: self.removal_wanted.emit())
        self.addAction(remove)

    def fill(self, sources: list[dict[str, Any]], rows: dict[str, int], *, units: int) -> None:
        """Show sources under their roles.

        Parameters
        ----------
        sources
            As the summary tells them.
        rows
            Rows of the stored tables, by name.
        units
            Rows of the roster, which is no table.
        """
        self.clear()
        for role in roles():
            own = [one for one in sources if one["role"] == role.name]
            count, there = (
                (units, bool(units)) if role.name == ROSTER
                else (rows.get(role.filled, 0), bool(own))
            )  # fmt: skip
            item = self._role_item(role, count, there)
            self.addTopLevelItem(item)
            for source in own:
                item.addChild(self._source_item(source))
            item.setExpanded(True)

    def chosen(self) -> int | None:
        """Return the number of the chosen source, where one is."""
        items = self.selectedItems()
        return items[0].data(0, NUMBER) if items else None

    def chosen_role(self) -> str:
        """Return the role of what is chosen; "" where nothing is."""
        items = self.selectedItems()
        return items[0].data(0, ROLE) if items else ""

    def _role_item(self, role: Role, count: int, there: bool) -> QTreeWidgetItem:
        needed = role.needed and role.name != ROSTER
        words = "" if there else self.tr("needed") if needed else self.tr("none")
        shares = role.filled != role.name  # gunfire is stored with incidents
        item = QTreeWidgetItem([role.title, f"{count:,}" if count and not shares else "", words])
        item.setData(0, ROLE, role.name)
        item.setToolTip(0, role.purpose)
        item.setTextAlignment(1, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
        font = item.font(0)
        font.setBold(there or role.needed)
        item.setFont(0, font)
        if not there:
            item.setIcon(2, mark("missing" if role.needed else "none"))
        return item

    def _source_item(self, source: dict[str, Any]) -> QTreeWidgetItem:
        words = {
            "read": self.tr("read"), "changed": self.tr("changed"), "new": self.tr("not read yet"),
            "older": self.tr("read by an older version"), "missing": self.tr("file missing"),
            "address": self.tr("read anew each time"),
        }  # fmt: skip
        item = QTreeWidgetItem([source["path"], "", words.get(source["state"], source["state"])])
        item.setData(0, NUMBER, source["number"])
        item.setData(0, ROLE, source["role"])
        item.setIcon(2, mark(source["state"]))
        tip = source["problem"] or "\n".join(source["files"]) or source["path"]
        for column in range(3):
            item.setToolTip(column, tip)
        if source["state"] == "older":
            item.setToolTip(2, self.tr(
                "Read by an older version of Evenbeat; run the day (or Ingest) to read it again."
            ))  # fmt: skip
        return item
