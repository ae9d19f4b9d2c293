"""The sources of the workspace by role: what is stored, what changed, what is missing."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.calls import Reply
from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import sentence_label, tell, tell_error, warn
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.gui.sources.layer_dialog import LayerDialog
from evenbeat.gui.sources.tree import NUMBER, ROLE, SourcesTree
from evenbeat.workspace.session import Session


class SourcesPage(QWidget):
    """A tree of roles and their sources, and what can be done with them."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.iface = iface
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        self.advice = sentence_label()
        self.tree = SourcesTree()
        self.tree.itemSelectionChanged.connect(self._enable)
        self.tree.itemDoubleClicked.connect(lambda item, _column: self._open(item))
        self.tree.removal_wanted.connect(self.remove)
        layout.addWidget(self.advice)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._buttons())
        self.progress = ProgressLine()
        layout.addWidget(self.progress)
        session.changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show what the session knows."""
        if not self._session.is_open:
            return
        reply = self._session.ask("settings-read")
        reply.finished.connect(lambda found: self._fill(found["settings"]))
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The settings cannot be read"), error)
        )

    def add(self, role: str = "") -> None:
        """Ask for a layer and its role."""
        chosen = role or self.tree.chosen_role()
        self._run_dialog(LayerDialog(self.iface, self._session, role=chosen, parent=self))

    def change(self) -> None:
        """Ask for other columns of the chosen source."""
        number = self.tree.chosen()
        if number is None:
            return
        path = self._session.summary["sources"][number]["path"]
        reply = self._session.ask("settings-read")
        reply.finished.connect(lambda found: self._edit_known(number, path, found))
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The settings cannot be read"), error)
        )

    def remove(self) -> None:
        """Take the chosen source out of the settings; its file stays."""
        number = self.tree.chosen()
        if number is None:
            return
        path = self._session.summary["sources"][number]["path"]
        question = self.tr(
            "Take {path} out of the sources? The file stays; its rows leave the workspace when the "
            "sources are read again."
        ).format(path=path)  # fmt: skip
        answer = QMessageBox.question(self, self.tr("Remove a source"), question)
        if answer == QMessageBox.StandardButton.Yes:
            reply = self._session.ask("settings-read")
            reply.finished.connect(lambda found: self._write_without(number, path, found))

    def read_all(self) -> None:
        """Have the engine read every source that changed."""
        reply = self._session.ask("ingest", lane="work")
        self.progress.follow(reply, self.tr("Reading the sources..."))
        reply.finished.connect(self._was_read)
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The sources were not read"), error)
        )
        reply.ended.connect(self._enable)
        self._enable()

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.add_button = QPushButton(self.tr("Add a layer..."))
        self.change_button = QPushButton(self.tr("Columns..."))
        self.change_button.setToolTip(self.tr("Check this source, and choose its columns"))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.setToolTip(self.tr("Take this source out of the settings (Del)"))
        self.read_button = QPushButton(self.tr("Read now"))
        self.read_button.setToolTip(
            self.tr("Read every source that changed; running the day does so by itself")
        )
        for button, act in (
            (self.add_button, self.add), (self.change_button, self.change),
            (self.remove_button, self.remove), (self.read_button, self.read_all),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked=False, act=act: act())
            line.addWidget(button)
        line.insertStretch(3)
        return line

    def _fill(self, settings: dict[str, Any]) -> None:
        if not self._session.is_open:
            return
        summary = self._session.summary
        rows = {table["name"]: table["rows"] for table in summary["tables"]}
        self.tree.fill(summary["sources"], rows, units=len(settings["plan"]["units"]))
        self._advise()
        self._enable()

    def _advise(self) -> None:
        """Tell the next step, where there is one."""
        sources = self._session.summary["sources"]
        given = {one["role"] for one in sources}
        missing = [one["path"] for one in sources if one["state"] == "missing"]
        text = ""
        if not self._session.writable:
            text = self.tr("This workspace can only be read. Nothing can be changed here.")
        elif missing:
            text = self.tr("Not found: {paths}. Put the file back, or remove the source.").format(
                paths=", ".join(missing[:3])
            )
        elif not given & {"districts", "boundary"}:
            text = self.tr("Start with the districts: add a layer of polygons in that role.")
        elif "incidents" not in given:
            text = self.tr("Add the incidents next: at least a year of reported crime.")
        elif any(one["state"] == "new" for one in sources):
            text = self.tr("New sources are not read yet. Read them now, or run the day.")
        elif any(one["state"] == "older" for one in sources):
            text = self.tr(
                "Some sources were read by an older version of Evenbeat. Read them again now, or "
                "run the day."
            )
        self.advice.setText(text)
        self.advice.setVisible(bool(text))

    def _open(self, item: QTreeWidgetItem) -> None:
        if not self._session.writable:
            return
        if item.data(0, NUMBER) is not None:
            self.change()
        elif item.childCount() == 0:
            self.add(item.data(0, ROLE))

    def _edit(self, number: int, entry: dict[str, Any]) -> None:
        self._run_dialog(
            LayerDialog(self.iface, self._session, entry=entry, number=number, parent=self)
        )

    def _run_dialog(self, dialog: LayerDialog) -> None:
        dialog.saved.connect(self._was_saved)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _was_saved(self, words: str) -> None:
        tell(self.iface, words)
        self._session.read()

    def _edit_known(self, number: int, path: str, found: dict[str, Any]) -> None:
        sources = self._as_chosen(number, path, found)
        if sources:
            self._edit(number, sources[number])

    def _as_chosen(self, number: int, path: str, found: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the sources as they are now; none, and told, where the chosen one has moved."""
        sources: list[dict[str, Any]] = found["given"].get("sources", [])
        if number < len(sources) and sources[number]["path"] == path:
            return sources
        warn(self.iface, self.tr("The sources were changed meanwhile; look again."))
        self._session.read()
        return []

    def _write_without(self, number: int, path: str, found: dict[str, Any]) -> None:
        sources = self._as_chosen(number, path, found)
        if not sources:
            return
        left = [one for at, one in enumerate(sources) if at != number]
        reply = self._session.ask(
            "settings-change", version=found["version"],
            changes=[{"path": ["sources"], "value": left or None}],
        )  # fmt: skip
        self._finish(reply, self.tr("The source was removed."))

    def _finish(self, reply: Reply, words: str) -> None:
        reply.finished.connect(lambda _made: self._was_saved(words))
        reply.failed.connect(self._not_saved)

    def _not_saved(self, error: EngineError) -> None:
        tell_error(self.iface, self.tr("The settings were not changed"), error)

    def _was_read(self, made: dict[str, Any]) -> None:
        read = len(made["reports"])
        words = (
            self.tr("Nothing had changed.") if not read
            else self.tr("{count} files were read.").format(count=read)
        )  # fmt: skip
        tell(self.iface, words)
        self._session.read()

    def _enable(self) -> None:
        can = self._session.writable and not self.progress.is_busy
        chosen = self.tree.chosen() is not None
        self.add_button.setEnabled(can)
        self.read_button.setEnabled(can and bool(self._session.summary.get("sources")))
        self.change_button.setEnabled(can and chosen)
        self.remove_button.setEnabled(can and chosen)
