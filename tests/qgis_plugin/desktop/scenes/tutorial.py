"""The steps of docs/tutorial.md, by a reader's hands; a picture of each."""

import os
import re
from pathlib import Path

import frames
from hands import Hands
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint, QProcess, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QLineEdit, QListWidget, QWidget

HOME = Path.home()
DEMO = HOME / "evenbeat-demo"
DATE = "2017-01-04"
MEASURED = "2017-01-02"
_SIZE = (1280, 820)
_DOCK = 430
_MANAGER = (640, 400)


def play(stage):
    tutorial = Tutorial(stage)
    for step in (
        tutorial.install, tutorial.set_up, tutorial.open_workspace, tutorial.check_data,
        tutorial.run, tutorial.review, tutorial.brief, tutorial.patrol, tutorial.tiles,
    ):  # fmt: skip
        step()
        stage.tell(clicked=tutorial.hands.done)


class Tutorial:
    """One method a step, in the order of the page."""

    def __init__(self, stage):
        self.stage = stage
        self.hands = Hands(stage)
        self.window = stage.iface.mainWindow()
        self.canvas = stage.iface.mapCanvas()
        self.window.resize(*_SIZE)
        for name in ("Browser", "Browser2"):
            browser = self.window.findChild(QDockWidget, name)
            if browser is not None:
                browser.hide()

    def install(self):
        self.hands.within(
            lambda: self.hands.menu("Plugins", "Manage and Install Plugins..."), self._install
        )

    def set_up(self):
        self.hands.within(
            lambda: self.hands.menu("Plugins", "Evenbeat", "Engine and settings..."),
            self._look_at_engine,
        )

    def open_workspace(self):
        dock = self._panel("EvenbeatWorkspace", "Workspace and layers")
        self.hands.within(
            lambda: self.hands.press(dock, "Open..."),
            lambda dialog: self.hands.give_folder(dialog, DEMO),
        )
        tree = dock.sources.tree
        self.stage.wait(lambda: tree.topLevelItemCount() > 5, "the layers are listed", 120)
        self.hands.drop(DEMO / "streets.gpkg")
        self.stage.wait(lambda: QgsProject.instance().mapLayers(), "the streets are on the map")
        (streets,) = QgsProject.instance().mapLayers().values()
        streets.renderer().symbol().setColor(QColor("#b5b5b5"))  # QGIS takes one by chance
        self.stage.iface.layerTreeView().refreshLayerSymbology(streets.id())
        self.stage.draw()
        self.stage.tell(agency=dock.agency.text(), crs=QgsProject.instance().crs().authid())
        self._save("workspace", self._all_but_bars(dock))

    def check_data(self):
        dock = self._dock("EvenbeatWorkspace")
        self.hands.row(dock.sources.tree, "incidents.csv")
        self.hands.within(lambda: self.hands.press(dock, "Columns..."), self._look_at_check)

    def run(self):
        from evenbeat.gui.run.history import BY, MADE

        dock = self._panel("EvenbeatRun", "Run")
        form = dock.day
        self.stage.wait(dock.history.tree.topLevelItemCount, "the demo's run is listed")
        self.hands.choose(form.which, "This day")
        form.date.setFocus()
        form.date.setSelectedSection(form.date.Section.DaySection)
        QTest.keyClick(form.date, Qt.Key.Key_Up)
        assert form.date.date().toString("yyyy-MM-dd") == DATE, form.date.text()
        self.hands.press(dock, "Run the day")
        self.stage.wait(lambda: form.progress.is_busy, "the day is run")
        self.stage.wait(lambda: not form.progress.is_busy, "the day is run to its end", 600)
        boxes = f"Assignments {DATE}"
        self.stage.wait(lambda: QgsProject.instance().mapLayersByName(boxes), "it is on the map")
        self.stage.draw()
        tree = dock.history.tree
        self.stage.wait(lambda: tree.topLevelItemCount() > 1, "the run is in the history")
        self.stage.tell(
            outcome=form.outcome.text(), runs=tree.topLevelItemCount(),
            chosen=[run["date"] for run in dock.history.chosen()],
        )  # fmt: skip
        for column in (BY, MADE):  # who made the demo and when is another with each reader
            tree.hideColumn(column)
        self._save("run", self._all_but_bars(dock))

    def review(self):
        dock = self._panel("EvenbeatReview", "Review")
        desk = dock.desk
        self.stage.wait(lambda: desk.is_read and desk.story, "the day is read", 60)
        self.stage.draw()
        self.stage.tell(day=desk.date, boxes=len(desk.boxes))
        self._save("review", self._all_but_bars(dock))
        self._decide(dock, "Approve")
        self._move(dock)
        self._decide(dock, "Approve")
        self._reject(dock)
        self.stage.tell(left=dock.day.left.text())

    def brief(self):
        dock = self._panel("EvenbeatBriefing", "Briefing")
        form = dock.form
        self.stage.wait(lambda: dock.faces.currentIndex() == 1, "the form is filled")
        assert form.day.currentText() == DATE, f"the briefing is for {form.day.currentText()}"
        self.hands.choose(form.shift, "Day")
        self.hands.choose(form.district, "District 1")
        written = []
        dock.maker.made.connect(written.extend)
        self.hands.press(dock, "Export the briefing")
        self.stage.wait(lambda: written, "the PDF is written", 120)
        self.stage.tell(pdf=[str(path) for path in written])

    def patrol(self):
        self._hide_layers()
        dock = self._panel("EvenbeatDosage", "Patrol and tracks")
        self.stage.wait(dock.day.count, "the measured days are listed")
        self.hands.choose(dock.day, MEASURED)
        self.hands.press(dock, "Show on the map")
        self.stage.wait(dock.time.isVisible, "the hours are there", 120)
        self.hands.menu("View", "Zoom Full")
        self._play_hours(dock)

    def tiles(self):
        self._hide_layers()
        process, address = self._serve()
        dock = self._panel("EvenbeatTiles", "Tile services")
        field = dock.form.address.lineEdit()
        field.clear()
        QTest.keyClicks(field, address)
        self.hands.press(dock, "Connect")
        self.stage.wait(lambda: dock.faces.currentIndex() == 1, "the service answers")
        self.hands.row(dock.list, "Priority")
        self.stage.wait(dock.offer.shift.count, "its days are known")
        before = set(QgsProject.instance().mapLayers())
        self.hands.press(dock, "Add to the map")
        self.stage.wait(lambda: set(QgsProject.instance().mapLayers()) - before, "it is added")
        (added,) = set(QgsProject.instance().mapLayers()) - before
        self.stage.draw()
        self.stage.tell(tiles=QgsProject.instance().mapLayer(added).isValid())
        self._save("tiles", self._all_but_bars(dock))
        process.terminate()
        process.waitForFinished(10_000)

    def _install(self, manager):
        options = manager.findChild(QListWidget, "mOptionsListWidget")
        (item,) = options.findItems("Install from ZIP", Qt.MatchFlag.MatchExactly)
        self.hands.done.append("Install from ZIP")
        place = options.visualItemRect(item).center()
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        QTest.mouseClick(options.viewport(), left, none, place)
        manager.resize(*_MANAGER)
        field = manager.findChild(QWidget, "mZipFileWidget").findChild(QLineEdit)
        QTest.keyClicks(field, os.environ["EVENBEAT_STAGE_ZIP"])
        self._save("install", manager.rect(), manager)
        self.hands.within(
            lambda: self.hands.press(manager, "Install Plugin"),
            lambda question: self.hands.press(question, "Yes"),
        )
        import qgis.utils

        self.stage.wait(lambda: "evenbeat" in qgis.utils.plugins, "the plugin is started")
        self.stage.rest(300)
        self.hands.press(manager, "Close")

    def _look_at_engine(self, dialog):
        from evenbeat.gui.setup.page import SetupPage

        page = dialog.findChild(SetupPage)
        self.stage.wait(lambda: page.state, "the engine is looked for")
        self.stage.wait(lambda: page.state != "", "the engine answers", 90)
        self.stage.tell(engine=page.state, verdict=page.verdict.text(), found=page.found.text())
        self._save("setup", dialog.rect(), dialog)
        self.hands.press(dialog, "OK")

    def _look_at_check(self, dialog):
        rows = dialog.verdict.rows
        self.stage.wait(lambda: rows.rowCount() > 0, "the source is checked", 90)
        self.stage.tell(check=dialog.verdict.headline.text(), problems=dialog.verdict.told())
        self._save("check", dialog.rect(), dialog)
        self.hands.press(dialog, "Cancel")

    def _decide(self, dock, action):
        desk, name = dock.desk, dock.desk.current
        self.hands.press(dock, action)
        self.stage.wait(
            lambda: desk.boxes[name]["state"] != "proposed" and not desk.is_busy and desk.story,
            f"{name} is decided about",
        )

    def _move(self, dock):
        """Drag the box one cell down; where a cap refuses that, elsewhere, as the page says."""
        desk, name = dock.desk, dock.desk.current
        self.hands.press(dock, "Move")
        self.stage.draw()
        row, column = desk.box["cells"][0]
        for number, to in enumerate(((1, 0), (-1, 0), (0, 1), (0, -1), (2, 0), (0, 2))):
            halfway = (
                (lambda: self._save("move", self._all_but_bars(dock))) if not number else _wait
            )
            target = (row + to[0], column + to[1])
            self.hands.drag(
                self.canvas.viewport(), self._pixel(dock, (row, column)),
                self._pixel(dock, target), halfway,
            )  # fmt: skip
            self.stage.wait(dock.strip.isVisible, "a reason is asked for")
            self._reason(dock, "The problem is on the next block", again=number > 0)
            self.stage.wait(lambda: not desk.is_busy, "the move is judged")
            if desk.boxes[name]["state"] != "proposed":
                break
            assert dock.banner.manner == "refused", "a box that was not moved was not refused"
        self.stage.wait(lambda: desk.current != name and desk.story, "the box is moved")
        self.stage.tell(moved=[name, desk.current])

    def _pixel(self, dock, cell):
        centre = dock.map.grid.centre(cell)
        point = self.canvas.getCoordinateTransform().transform(centre)
        return QPoint(round(point.x()), round(point.y()))

    def _reject(self, dock):
        desk, name = dock.desk, dock.desk.current
        self.hands.press(dock, "Reject")
        self.stage.wait(dock.strip.isVisible, "a reason is asked for")
        self.stage.rest(300)
        self._save("reject", frames.around(self.window, dock))
        self._reason(dock, "Road closed or under construction")
        self.stage.wait(
            lambda: desk.boxes[name]["state"] == "rejected" and desk.story, "it is rejected"
        )
        self.stage.tell(rejected=name)

    def _reason(self, dock, words, again=False):
        number = 1 + dock.strip.reasons.index(words)
        if not again:
            self.hands.done.append(words)
        QTest.keyClick(dock.strip.words, str(number))

    def _hide_layers(self):
        """Untick the group Evenbeat, by the keyboard."""
        view, root = self.stage.iface.layerTreeView(), QgsProject.instance().layerTreeRoot()
        group = root.findGroup("Evenbeat")
        view.setCurrentIndex(view.node2index(group))
        QTest.keyClick(view, Qt.Key.Key_Space)
        assert not group.itemVisibilityChecked(), "the group is still shown"

    def _play_hours(self, dock):
        seen, drawn = [], []
        dock.time.moved.connect(seen.append)
        self.hands.click(dock.time.play)
        self.stage.wait(lambda: len(seen) >= 4, "the hours follow one another", 60)
        self.hands.click(dock.time.play)
        for hour in (2, 12):
            dock.time.bars.setFocus()
            QTest.keyClick(dock.time.bars, Qt.Key.Key_Home)
            for _ in range(hour):
                QTest.keyClick(dock.time.bars, Qt.Key.Key_Right)
            self.stage.draw()
            drawn.append(self.canvas.grab())
        self.stage.tell(
            hours=seen, frames_differ=drawn[0].toImage() != drawn[1].toImage(),
            units=dock.note.text(),
        )  # fmt: skip
        self._save("patrol", self._all_but_bars(dock))

    def _serve(self):
        """Start the service, as the page says to do in a terminal."""
        process = QProcess()
        place = ["-w", str(DEMO), "--port", os.environ["EVENBEAT_STAGE_PORT"]]
        process.start(str(HOME / "evenbeat" / "bin" / "evenbeat"), ["serve", *place])
        self.stage.wait(process.canReadLine, "the service tells its address", 60)
        line = bytes(process.readLine()).decode()
        return process, re.search(r"http://[0-9.:]+", line).group()

    def _panel(self, name, title):
        dock = self.hands.panel(name, "Plugins", "Evenbeat", title)
        self.window.resizeDocks([dock], [_DOCK], Qt.Orientation.Horizontal)
        self.stage.rest(300)
        return dock

    def _dock(self, name):
        return self.window.findChild(QDockWidget, name)

    def _all_but_bars(self, dock):
        """Return the part of the window with the layers, the map and a panel."""
        return frames.around(self.window, self._dock("Layers"), self.canvas, dock)

    def _save(self, name, part, window=None):
        self.stage.rest(300)
        out = Path(os.environ["EVENBEAT_STAGE_OUT"])
        frames.save((window or self.window).grab(part), out / f"{name}.png")


def _wait():
    """Do nothing halfway."""
