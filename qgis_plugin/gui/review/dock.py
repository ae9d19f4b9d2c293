"""The review dock: the day at the top, the list, the box, its buttons, and its story."""

from __future__ import annotations

import time
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QDockWidget, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from evenbeat import project
from evenbeat.engine.client import Engine
from evenbeat.engine.protocol import EngineError
from evenbeat.gui.review.box_list import BoxList
from evenbeat.gui.review.box_view import BoxView
from evenbeat.gui.review.day_bar import DayBar
from evenbeat.gui.review.empty import EmptyFace
from evenbeat.gui.review.flow import ReviewFlow
from evenbeat.gui.review.key_help import KeyHelp
from evenbeat.gui.review.keys import ReviewKeys
from evenbeat.gui.review.on_map import ReviewMap
from evenbeat.review.desk import ReviewDesk
from evenbeat.workspace.session import Session, shared_session

_LOOK_MS = 8_000
_IDLE_SECONDS = 600
_FIRST_ZOOM_MS = 100


def create(iface: Any, engine: Engine) -> ReviewDock:
    """Return the dock."""
    return ReviewDock(iface, shared_session(engine))


class ReviewDock(QDockWidget):
    """Shows a day's boxes; keys and buttons decide, the engine judges."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatReview")
        self.setWindowTitle(self.tr("Review"))
        self.iface = iface
        self.session = session
        self.desk = ReviewDesk(session)
        self.map = ReviewMap(iface.mapCanvas(), self.desk)
        self._root = ""
        self._acted = time.monotonic()
        self._build()
        self.flow = ReviewFlow(iface, self.desk, self.map, self.strip, self.banner)
        self.keys = ReviewKeys(self.act, self._has_keys, self)
        self._watch_keys()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self.open()

    def open(self) -> None:
        """Show the session's workspace, and read its day where that is new."""
        session = self.session
        self.actions_bar.refresh()
        if not session.is_open:
            self._root = ""
            self.desk.clear()
            self.map.light.clear()
            self.faces.setCurrentIndex(0)
            self.empty.show_session()
            return
        if session.root != self._root:
            self._root = session.root
            self.desk.clear()
            self.story.titles = session.summary["crime_types"]
            self.story.timezone = session.summary["timezone"]
            self.read(project.remembered(project.DATE))
        elif self.desk.is_read and not self.desk.boxes:  # the day may have been run since
            self.read(project.remembered(project.DATE) or self.desk.date)

    def read(self, date: str = "") -> None:
        """Read a day."""
        self.empty.show_reading()
        self.faces.setCurrentIndex(0)
        self.desk.read(date)

    def act(self, action: str) -> None:
        """Do what a key or a button stands for."""
        self._acted = time.monotonic()
        if action == "help":
            self.help.toggle()
        elif action in ("next", "previous"):
            self.desk.step(1 if action == "next" else -1)
        elif action == "zoom":
            self.map.zoom()
        elif action == "refresh":
            self.read(self.desk.date)
        elif self.desk.is_read:
            self.flow.begin(action)

    def event(self, event: QEvent) -> bool:
        """Wake an engine that was let go, when people come back: the first key then waits less."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.WindowActivate):
            self.desk.wake()
        return super().event(event)

    def discard(self) -> None:
        """Take everything of the review off the map; the plugin is unloaded."""
        self._timer.stop()
        self.session.changed.disconnect(self.open)
        QgsProject.instance().cleared.disconnect(self.map.light.clear)
        self.visibilityChanged.disconnect(self._come_and_go)
        self.map.discard()

    def _build(self) -> None:
        self.faces = QStackedWidget()
        self.empty = EmptyFace(self.iface, self.session)
        self.empty.reload_wanted.connect(lambda: self.read(self.desk.date))
        self.empty.newest_wanted.connect(self.read)
        self.empty.cancel_wanted.connect(self._stop_reading)
        self.faces.addWidget(self.empty)
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(5)
        self.day = DayBar(self.desk)
        self.list = BoxList(self.desk)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        self.box_view = BoxView(self.desk)
        self.actions_bar, self.strip = self.box_view.actions, self.box_view.strip
        self.banner, self.story = self.box_view.banner, self.box_view.story
        splitter.addWidget(self.box_view)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([240, 460])
        layout.addWidget(self.day)
        layout.addWidget(splitter, 1)
        self.faces.addWidget(face)
        self.setWidget(self.faces)
        self.setMinimumWidth(380)
        self.help = KeyHelp(self.faces)

    def _watch_keys(self) -> None:
        self.keys.watch(
            self, self.faces, self.list, self.list.viewport(), self.story, self.story.viewport(),
            self.day.date, self.day.shift, self.day.district, self.map.canvas,
            self.map.canvas.viewport(),
        )  # fmt: skip

    def _connect(self) -> None:
        desk = self.desk
        self.session.changed.connect(self.open)
        QgsProject.instance().cleared.connect(self.map.light.clear)
        self.visibilityChanged.connect(self._come_and_go)
        self.list.picked.connect(desk.choose)
        self.actions_bar.wanted.connect(self.act)
        self.flow.rested.connect(self.list.setFocus)
        self.day.date_chosen.connect(self.read)
        self.day.filtered.connect(self._filter)
        self.day.zoom.toggled.connect(self._set_zoom)
        self.day.help.clicked.connect(lambda _checked=False: self.act("help"))
        self.day.refresh.clicked.connect(lambda _checked=False: self.act("refresh"))
        desk.listed.connect(self._show_day)
        desk.unread.connect(self._show_unread)
        desk.refreshed.connect(self._refresh)
        desk.chosen.connect(self._show_box)
        desk.story_told.connect(self._show_story)
        desk.busy_changed.connect(lambda _busy: self.actions_bar.refresh())

    def _set_zoom(self, zooms: bool) -> None:
        self.map.zooms = zooms

    def _show_day(self) -> None:
        if not self.desk.boxes:
            self.empty.show_no_plan(self.desk.date)
            self.faces.setCurrentIndex(0)
            return
        project.remember(workspace=self.session.root, date=self.desk.date)
        self.day.fill()
        self.faces.setCurrentIndex(1)
        self.banner.hide()
        is_first = self.map.boxes.layer is None
        self._refresh()
        if is_first:  # QGIS shows the whole of an empty project's first layer, a moment later
            QTimer.singleShot(_FIRST_ZOOM_MS, self._zoom)
        self.list.setFocus()
        self._timer.start()

    def _show_unread(self, error: EngineError) -> None:
        self.empty.show_error(error)
        self.faces.setCurrentIndex(0)

    def _stop_reading(self) -> None:
        self.desk.stop_reading()
        self.empty.show_stopped()

    def _refresh(self) -> None:
        """Show what changed: the list, the counts, the map."""
        self.list.fill()
        self.day.show_left()
        self.map.draw_boxes()
        self._show_head()

    def _filter(self) -> None:
        self._refresh()
        if self.desk.box not in self.desk.shown():
            self.desk.step(1)

    def _show_box(self) -> None:
        self._show_head()
        self.list.show_current()
        self._zoom()

    def _zoom(self) -> None:
        if self.map.zooms:
            self.map.zoom()

    def _show_head(self) -> None:
        self.map.draw_box()
        self.box_view.show_head()

    def _show_story(self, story: dict[str, Any]) -> None:
        self.story.show_story(story)
        self.map.light.show_incidents(story["story"]["incidents"], self.desk.crs)
        self.actions_bar.refresh()

    def _has_keys(self, watched: QObject) -> bool:
        """On the map, keys are the review's only while its hand is the canvas's tool."""
        canvas = self.map.canvas
        if watched is canvas or watched is canvas.viewport():
            return self.isVisible() and canvas.mapTool() is self.map.tool
        return True

    def _come_and_go(self, is_visible: bool) -> None:
        """Leave nothing of a hidden dock on the map but the layer."""
        if is_visible:
            self.map.draw_box()
        else:
            self.map.give_back()
            self.map.light.clear()

    def _look_again(self) -> None:
        """See whether somebody else is at it; not while nobody works here, so the engine rests."""
        if self.isVisible() and time.monotonic() - self._acted < _IDLE_SECONDS:
            self.desk.look_again()
