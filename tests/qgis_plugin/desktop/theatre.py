"""Starts a real QGIS under Xvfb in a fresh profile with the plugin, and plays a scene in it.

By hand, for pictures while a panel is being built:

    .venv-qgis/bin/python tests/qgis_plugin/desktop/theatre.py SCENE.py OUT [WORKSPACE] [-dark -es]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness

SCENES = Path(__file__).with_name("scenes")
_STAGE = Path(__file__).with_name("stage.py")
_DARK = "Night Mapping"
_SOURCES = Path("Documents/GIS projects/Directed patrol planning/evenbeat")


def absent() -> str:
    """Return which program is not there; "" where all are."""
    return next((name for name in ("qgis", "Xvfb", "xvfb-run") if shutil.which(name) is None), "")


def language(code: str) -> str:
    """Return the settings that make QGIS speak a language, whatever the system speaks."""
    return f"[locale]\noverrideFlag=true\nuserLocale={code}\nglobalLocale={code}\n"


def play(
    scene: Path, out: Path, *, seconds: int = 240, dark: bool = False, language_code: str = "en",
    bare: bool = False, **variables: str,
):  # fmt: skip
    """Play a scene and return what it told; pictures are in ``out``.

    Parameters
    ----------
    bare
        The profile has no plugin yet; the scene finds the zip at ``EVENBEAT_STAGE_ZIP``.

    Raises
    ------
    AssertionError
        The scene failed, or QGIS ended before its end.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "outcome.json").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder)
        if bare:
            ini = harness.write_profile(settings)
            variables["EVENBEAT_STAGE_ZIP"] = str(harness.build_zip(settings / _SOURCES / "dist"))
        else:
            harness.install(settings)
            ini = settings / "profiles" / "default" / "QGIS" / "QGIS3.ini"
        text = ini.read_text("utf-8") + language(language_code)
        if dark:
            text = text.replace("[app]\n", f"[UI]\nUITheme={_DARK}\n[app]\n")
        ini.write_text(text, "utf-8")
        # QGIS takes the modules of the first Python on the path, which must be its own.
        beside = Path(shutil.which("qgis")).parent
        variables.setdefault("PATH", os.pathsep.join((str(beside), os.environ["PATH"])))
        environment = harness.qgis_environment(
            settings, EVENBEAT_STAGE_OUT=str(out), EVENBEAT_STAGE_SCENE=str(scene),
            QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1", **variables,
        )  # fmt: skip
        command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "qgis", "--nologo",
                   "--noversioncheck", "--code", str(_STAGE)]  # fmt: skip
        done = subprocess.run(
            command, env=environment, timeout=seconds, check=False, capture_output=True, text=True
        )
    outcome = out / "outcome.json"
    assert outcome.is_file(), f"QGIS ended with {done.returncode}:\n{done.stderr[-3000:]}"
    document = json.loads(outcome.read_text("utf-8"))
    assert document["failure"] is None, document["failure"]
    return document["told"]


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one not in ("-dark", "-es")]
    workspace = {"EVENBEAT_STAGE_WORKSPACE": given[2]} if len(given) > 2 else {}
    os.environ.setdefault("EVENBEAT_PYTHON", harness.ENGINE)
    told = play(Path(given[0]).resolve(), Path(given[1]).resolve(), dark="-dark" in sys.argv,
                language_code="es" if "-es" in sys.argv else "en", **workspace)  # fmt: skip
    print(json.dumps(told, indent=2))
