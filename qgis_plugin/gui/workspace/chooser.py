"""Which workspace is open: the recent ones, another one, or a new one."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from evenbeat.gui.home import from_home
from evenbeat.workspace.recent import is_workspace, recent_workspaces
from evenbeat.workspace.session import Session


class WorkspaceChooser(QWidget):
    """A list and two buttons; it opens what is chosen in the session."""

    new_wanted = pyqtSignal()
    not_one = pyqtSignal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.recent = QComboBox()
        self.recent.setObjectName("EvenbeatRecent")
        self.recent.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.recent.setMinimumContentsLength(16)
        self.recent.activated.connect(self._open_chosen)
        self.open = QPushButton(self.tr("Open..."))
        self.open.setToolTip(self.tr("Open a folder that holds evenbeat.toml"))
        self.open.clicked.connect(self._browse)
        self.new = QPushButton(self.tr("New..."))
        self.new.setToolTip(self.tr("Make a folder a workspace"))
        self.new.clicked.connect(self.new_wanted)
        layout.addWidget(self.recent, 1)
        layout.addWidget(self.open)
        layout.addWidget(self.new)
        session.changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show the recent workspaces, the open one first."""
        root = self._session.root
        paths = recent_workspaces()
        if root and root not in paths:
            paths.insert(0, root)
        self.recent.blockSignals(True)
        self.recent.clear()
        if not root:
            self.recent.addItem(self.tr("Choose a workspace") if paths else self.tr("None yet"), "")
        for path in paths:
            folder = from_home(str(Path(path).parent))
            self.recent.addItem(f"{Path(path).name}   ({folder})", path)
            self.recent.setItemData(self.recent.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self.recent.setCurrentIndex(max(0, self.recent.findData(root)))
        self.recent.setToolTip(root)
        self.recent.setEnabled(bool(paths))
        self.recent.blockSignals(False)

    def choose(self, root: str) -> None:
        """Open a folder, or tell that it is no workspace."""
        if is_workspace(root):
            self._session.open(root)
        else:
            self.not_one.emit(root)
            self.fill()

    def _open_chosen(self, index: int) -> None:
        root = self.recent.itemData(index)
        if root and root != self._session.root:
            self.choose(root)

    def _browse(self) -> None:
        start = str(Path(self._session.root).parent) if self._session.root else ""
        root = QFileDialog.getExistingDirectory(self, self.tr("Open a workspace"), start)
        if root:
            self.choose(root)
