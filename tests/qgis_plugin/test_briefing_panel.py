"""The panel of briefings, by clicks, with the real engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import harness
import panels
import pytest
from panels import choose, click, until
from qgis.core import QgsProcessingException, QgsProject, QgsSettings

SECONDS = 150


class Stage:
    """A panel in a window, with an engine and a session of its own."""

    def __init__(self, python=None):
        from evenbeat.engine.client import Engine
        from evenbeat.gui.briefing.dock import BriefingDock
        from evenbeat.workspace.session import Session

        QgsSettings().remove("evenbeat/briefing/template")
        self.window = panels.Window()
        self.engine = Engine(python and (lambda: python))
        self.session = Session(self.engine)
        self.dock = BriefingDock(self.window, self.session)
        self.form = self.dock.form
        self.written, self.failed = [], []
        self.dock.maker.made.connect(self.written.extend)
        self.dock.maker.failed.connect(self.failed.append)
        self.dock.show()

    def open(self, root):
        self.session.open(str(root))
        until(lambda: self.dock.faces.currentIndex() == 1, "the form is shown", seconds=SECONDS)

    def one_page(self, folder):
        """Ask for one page only."""
        choose(self.form.shift, "day")
        choose(self.form.district, "01")
        self.form.folder.setFilePath(str(folder))

    def wait(self):
        until(lambda: not self.dock.maker.is_busy, "it has ended", seconds=SECONDS)

    def close(self):
        self.dock.close()
        self.session.close()
        self.engine.close()
        self.window.close()
        QgsProject.instance().clear()


@pytest.fixture
def stage(plugin):
    made = Stage()
    yield made
    made.close()


def test_empty__says_what_to_do(stage):
    assert "No workspace is open" in stage.dock.message.text()
    assert not stage.dock.run_day.isVisible()


def test_workspace_without_a_day__offers_to_run_it(stage, workspace):
    shutil.rmtree(workspace / "runs")
    stage.session.open(str(workspace))
    until(lambda: stage.session.is_open, "it is read", seconds=SECONDS)
    assert stage.dock.faces.currentIndex() == 0
    assert "Run the day" in stage.dock.message.text()
    assert stage.dock.run_day.isVisible()


def test_folder_that_is_none__is_told(stage, tmp_path):
    stage.session.open(str(tmp_path))
    until(lambda: "evenbeat.toml" in stage.dock.message.text(), "it is told", seconds=SECONDS)


def browser(opened):
    """Return a stand-in for the desktop, which has no program for a PDF here."""
    return SimpleNamespace(openUrl=lambda url: opened.append(url.toLocalFile()))


def test_export__one_click(stage, demo, tmp_path, monkeypatch):
    stage.open(demo)
    assert not stage.form.open_button.isVisible()
    stage.one_page(tmp_path / "out")
    assert stage.form.day.currentText() == harness.DEMO_DATE
    assert stage.form.chosen_template().name == "letter-portrait-colour"
    click(stage.form.button)
    assert not stage.form.button.isEnabled()
    assert stage.form.line.isVisible()
    stage.wait()
    assert stage.failed == []
    (path,) = stage.written
    assert path.read_bytes().startswith(b"%PDF")
    assert stage.form.note.text() == str(path)
    opened = []
    monkeypatch.setattr("evenbeat.gui.briefing.dock.QDesktopServices", browser(opened))
    click(stage.form.open_button)
    assert opened == [str(path)]
    assert path.name in stage.window.told()[0]
    assert stage.form.button.isEnabled()


def test_engine_killed_in_the_middle__is_told_and_goes_on(stage, demo, tmp_path):
    stage.open(demo)
    stage.one_page(tmp_path)
    # The process that works is another than the one that answered the panel.
    stage.engine.run("hello", {"protocol": 1}, lane="work")
    panels.die_while_asked(stage.engine, lambda: click(stage.form.button))
    stage.wait()
    (error,) = stage.failed
    assert not error.cancelled
    assert list(tmp_path.iterdir()) == []
    assert "The briefing was not written" in stage.window.told()[0]
    click(stage.form.button)
    stage.wait()
    assert len(stage.written) == 1


def test_cancel__writes_nothing(stage, demo, tmp_path):
    stage.open(demo)
    stage.form.folder.setFilePath(str(tmp_path))
    stage.dock.maker.progressed.connect(
        lambda _stage, share: click(stage.form.cancel) if share > 0.25 else None
    )
    click(stage.form.button)
    stage.wait()
    (error,) = stage.failed
    assert error.cancelled
    assert list(tmp_path.iterdir()) == []


def test_edit__gives_the_workspace_a_copy_and_opens_it(stage, workspace):
    opened = []
    stage.window.openLayoutDesigner = opened.append
    stage.open(workspace)
    click(stage.form.edit_button)
    stage.wait()
    assert stage.failed == []
    (layout,) = opened
    assert layout.atlas().enabled()
    assert layout.atlas().updateFeatures() == 15
    own = workspace / "layouts" / "letter-portrait-colour.qpt"
    assert own.is_file()
    assert str(own) in stage.form.note.text()
    assert stage.form.chosen_template().path == own
    assert "(own)" in stage.form.template.currentText()
    assert QgsProject.instance().layoutManager().layouts() == [layout]


def test_copy__into_a_workspace_that_cannot_be_written(plugin, tmp_path):
    from evenbeat.briefing.maker import own_copy
    from evenbeat.briefing.templates import template_named

    (tmp_path / "layouts").write_text("in the way", "utf-8")
    with pytest.raises(QgsProcessingException, match="can be changed"):
        own_copy(template_named("a4-portrait-grey", None), str(tmp_path))


def test_read_only_workspace__is_briefed_from_elsewhere(plugin, workspace, tmp_path):
    stage = Stage(panels.python_that_only_reads(workspace, tmp_path))
    try:
        stage.open(workspace)
        assert not stage.form.edit_button.isEnabled()
        assert not Path(stage.form.folder.filePath()).is_relative_to(workspace)
        stage.one_page(tmp_path / "out")
        click(stage.form.button)
        stage.wait()
        assert stage.failed == []
        assert stage.written[0].parent == tmp_path / "out"
    finally:
        stage.close()
        workspace.chmod(0o755)
