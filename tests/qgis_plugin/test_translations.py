"""Every text of the plugin in Spanish: none is forgotten, and people see them."""

from __future__ import annotations

import os
import string
import sys
from pathlib import Path

import harness
import pytest
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

sys.path.insert(0, str(Path(__file__).parent / "desktop"))
sys.path.insert(0, str(harness.ROOT / "scripts"))
import plugin_texts
import theatre
import translate_plugin

SPANISH = plugin_texts.SOURCE / "i18n" / "evenbeat_es.ts"
DEMO_SHIFTS = {"Day", "Evening", "Night"}
RENEW = "run python3 scripts/translate_plugin.py and translate what it adds"


@pytest.fixture(scope="module")
def spanish() -> dict[tuple[str, str], str]:
    return translate_plugin.read(SPANISH)


def test_spanish__has_every_text_and_no_other(spanish):
    assert sorted(spanish) == plugin_texts.texts(), RENEW


def test_spanish__keeps_what_is_filled_in(spanish):
    def fields(text):
        """Return the names in braces, and how each is written."""
        return sorted(str(part[1:]) for part in string.Formatter().parse(text) if part[1])

    wrong = {text for (_context, text), words in spanish.items() if fields(text) != fields(words)}
    assert wrong == set()


def test_spanish__keeps_spaces_and_ends(spanish):
    for (_context, text), words in spanish.items():
        assert text[0].isspace() == words[0].isspace(), text
        assert text.endswith("...") == words.endswith("..."), text
        assert text[-1].isspace() == words[-1].isspace(), text


def test_compiled__says_the_same(qgis_app, spanish):
    translator = QTranslator()
    assert translator.load(str(SPANISH.with_suffix(".qm")))
    QCoreApplication.installTranslator(translator)
    try:
        said = {key: QCoreApplication.translate(*key) for key in spanish}
    finally:
        QCoreApplication.removeTranslator(translator)
    assert said == spanish, RENEW


def test_texts__of_a_class_are_listed_for_its_heirs(tmp_path):
    """`tr` of Qt asks under the class of the object, not under that of the method."""
    (tmp_path / "one.py").write_text(
        "class Panel(QWidget):\n    def show(self):\n        self.tr('Run')\n"
        "class Small(Panel):\n    pass\n"
        "class Other:\n    def tr(self, text):\n"
        "        return QCoreApplication.translate('Own', text)\n"
        "    def show(self):\n        self.tr('Stop' if self.runs else 'Go')\n",
        "utf-8",
    )
    found = plugin_texts.texts(tmp_path)
    assert found == [("Own", "Go"), ("Own", "Stop"), ("Panel", "Run"), ("Small", "Run")]


def test_texts__of_functions_are_found_under_their_module_s_context(tmp_path):
    own = "def _tr(text):\n    return QCoreApplication.translate({!r}, text)\n_tr({!r})\n"
    (tmp_path / "one.py").write_text(own.format("One", "Yes"), "utf-8")
    (tmp_path / "two.py").write_text(own.format("Two", "No"), "utf-8")
    (tmp_path / "three.py").write_text(
        "from evenbeat.two import _tr as say\nsay('Perhaps')\n", "utf-8"
    )
    assert plugin_texts.texts(tmp_path) == [("One", "Yes"), ("Two", "No"), ("Two", "Perhaps")]


def test_texts__put_together_are_refused(tmp_path):
    (tmp_path / "one.py").write_text(
        "class Panel:\n    def show(self, n):\n        self.tr(f'{n} boxes')\n", "utf-8"
    )
    with pytest.raises(plugin_texts.TextError, match=r"one\.py:3: a text must be a literal"):
        plugin_texts.texts(tmp_path)


def test_algorithms__in_spanish(settings_folder, spanish):
    """What `qgis_process` prints is what the toolbox shows."""
    ini = settings_folder / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    plain = ini.read_text("utf-8")
    ini.write_text(plain + theatre.language("es"), "utf-8")
    try:
        listed = harness.qgis_process(settings_folder, "list").stdout
        described = harness.qgis_process(settings_folder, "help", "evenbeat:backtest").stdout
    finally:
        ini.write_text(plain, "utf-8")
    titles = dict(line.strip().split("\t") for line in listed.splitlines() if "evenbeat:" in line)
    assert titles["evenbeat:plan"] == "Planificar un día"
    english = {text for (context, text), words in spanish.items() if words != text}
    assert set(titles.values()) & english == set()
    assert "Porcentaje de superficie" in described
    assert "Percent of the area" not in described


@pytest.mark.desktop
@pytest.mark.skipif(bool(theatre.absent()), reason=f"no {theatre.absent()}")
def test_panels__in_spanish(spanish, workspace, tmp_path):
    pictures = Path(os.environ.get("EVENBEAT_PICTURES", tmp_path / "pictures"))
    told = theatre.play(
        theatre.SCENES / "panels.py", pictures, language_code="es",
        EVENBEAT_STAGE_WORKSPACE=str(workspace), EVENBEAT_STAGE_DATE=harness.DEMO_DATE,
    )  # fmt: skip
    shown = {text.split(": ", 1)[1] for text in told["texts"]}
    english = {text for (_context, text), words in spanish.items() if words != text}
    spoken = {words for (_context, text), words in spanish.items() if words != text}
    assert len(shown & spoken) > 50
    assert shown & (english - spoken) - DEMO_SHIFTS == set()
