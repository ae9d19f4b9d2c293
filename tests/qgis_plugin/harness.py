"""A fresh profile with the built plugin in it, the demo workspace, and engines that misbehave."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_plugin  # noqa: E402  (found through the line before)

ENGINE = os.environ.get("EVENBEAT_PYTHON", str(ROOT / ".venv" / "bin" / "python"))
DEMO_DATE = "2017-01-03"


def build_zip(folder: Path) -> Path:
    """Build the plugin as it is shipped."""
    return build_plugin.build(folder)


def install(settings: Path) -> Path:
    """Install the built zip into the profile `default` of a settings folder; return its folder.

    The profile's settings enable the plugin, as QGIS's plugin manager does.
    """
    plugins = settings / "profiles" / "default" / "python" / "plugins"
    shutil.rmtree(plugins / "evenbeat", ignore_errors=True)
    plugins.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(build_zip(settings / "dist")) as archive:
        archive.extractall(plugins)
    write_profile(settings, "evenbeat=true\n", "projections\\newProjectCrsBehavior=UsePresetCrs\n")
    return plugins


def write_profile(settings: Path, plugins: str = "", application: str = "") -> Path:
    """Write the settings of a fresh profile `default`, with more lines, and return their file.

    It asks no server for plugins: the tests need no network.
    """
    ini = settings / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    ini.parent.mkdir(parents=True, exist_ok=True)
    official = "plugin_repositories\\QGIS%20Official%20Plugin%20Repository"
    ini.write_text(
        f"[PythonPlugins]\n{plugins}processing=true\n"
        "[qgis]\ncheckVersion=false\nenableMacros=0\n"
        f"[app]\n{application}"
        f"{official}\\url=https://plugins.qgis.org/plugins/plugins.xml\n"
        f"{official}\\enabled=false\n"
        "[migration]\nsettings=true\nfileVersion=2\n",
        "utf-8",
    )
    return ini


def qgis_environment(settings: Path, **more: str) -> dict[str, str]:
    """Return the variables with which another QGIS uses that profile and the engine."""
    dropped = {"QT_QPA_PLATFORM_PLUGIN_PATH", "PYTHONPATH", "PYTHONHOME"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        **inherited, "QGIS_CUSTOM_CONFIG_PATH": str(settings), "EVENBEAT_PYTHON": ENGINE,
        "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1", **more,
    }  # fmt: skip


def qgis_process(settings: Path, *arguments: str, before=(), **more: str):
    """Run QGIS's command line with the profile that has the plugin; ``before`` starts it."""
    # The wrapper of Debian 12 is broken.
    program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
    return subprocess.run(
        [*before, program, *arguments], env=qgis_environment(settings, **more),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def demo() -> Path:
    """Return the demo workspace, made once for each state of the engine's sources.

    Tests read it and copy what they change. EVENBEAT_DEMO names another one.
    """
    if os.environ.get("EVENBEAT_DEMO"):
        return Path(os.environ["EVENBEAT_DEMO"])
    digest = hashlib.sha256()
    for path in sorted((ROOT / "core").rglob("*.py")):
        digest.update(path.read_bytes())

    def make(made: Path) -> None:
        command = [ENGINE, "-I", "-m", "evenbeat.core.cli", "demo", "--out", str(made)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return made_once(ROOT / "build" / "qgis-demo" / digest.hexdigest()[:16], make)


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return a workspace that is kept; ``make`` makes it where it is not there.

    Another run of the tests may make it at the same time or use one of another state, so each
    writes to a folder of its own, and only what is older than a day is removed.
    """
    if (folder / "evenbeat.toml").is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    for other in folder.parent.iterdir():
        if other.stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(other, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix="part-", dir=folder.parent)) / folder.name
    make(made)
    with contextlib.suppress(OSError):  # another run was first
        made.rename(folder)
    shutil.rmtree(made.parent, ignore_errors=True)
    return folder


def misbehaving_engine(folder: Path, manner: str) -> str:
    """Return a program that stands in for a Python and misbehaves; see `strange_engine.py`."""
    script = Path(__file__).with_name("strange_engine.py")
    program = folder / f"python-{manner}"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{script}" {manner}\n', "utf-8")
    program.chmod(0o755)
    return str(program)
