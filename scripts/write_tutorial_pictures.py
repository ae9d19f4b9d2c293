"""Plays docs/tutorial.md in a real QGIS under Xvfb and writes its pictures.

    python3 scripts/write_tutorial_pictures.py [FOLDER]

The default folder is docs/images/tutorial. It starts with a fresh home and profile, the built zip
and the demo workspace, goes through the page's steps by clicks and keys, and fails where a step
does not do what the page says. Needs Linux with QGIS, Xvfb and poppler-utils, and the engine in
`.venv` or at EVENBEAT_PYTHON.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "qgis_plugin" / "desktop"))
import theatre  # noqa: E402  (found through the line before)
from theatre import harness  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "tutorial"
READER = "alex"
_PORT = 8765
_SECONDS = 1500
_PAGE_DOTS = "70"
_KERNELS = Path(".cache") / "evenbeat"


def write(folder: Path) -> dict:
    """Play the tutorial, write its pictures into a folder, and return what the scene told.

    Raises
    ------
    AssertionError
        A step did not do what the page says.
    """
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as made:  # QGIS marks layers in /tmp as temporary
        home, out = Path(made) / "home", Path(made) / "pictures"
        _settle(home)
        told = theatre.play(
            theatre.SCENES / "tutorial.py", out, bare=True, seconds=_SECONDS, HOME=str(home),
            LOGNAME=READER, USER=READER, EVENBEAT_PYTHON="", EVENBEAT_STAGE_PORT=str(_port()),
            NUMBA_CACHE_DIR=str(home / _KERNELS),
        )  # fmt: skip
        (pdf,) = told["pdf"]
        told["pages"] = _pages(Path(pdf))
        told["log"] = _log(home)
        _draw_page(Path(pdf), out / "page.png")
        folder.mkdir(parents=True, exist_ok=True)
        for picture in sorted(out.glob("*.png")):
            shutil.copy(picture, folder)
    return told


def _settle(home: Path) -> None:
    """Give the reader a home with the engine and the demo workspace, as the page's first step."""
    kept = ROOT / "build" / "kernel-cache"  # compiled once, and not where this checkout is
    kept.mkdir(parents=True, exist_ok=True)
    (home / _KERNELS).parent.mkdir(parents=True)
    (home / _KERNELS).symlink_to(kept)
    (home / "evenbeat").symlink_to(Path(harness.ENGINE).parents[1])
    shutil.copytree(harness.demo(), home / "evenbeat-demo", symlinks=True)


def _port() -> int:
    """Return the service's usual port, or a free one where that is taken."""
    for port in (_PORT, 0):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return one.getsockname()[1]
    raise OSError("no port is free")


def _pages(pdf: Path) -> int:
    told = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pages")))


def _draw_page(pdf: Path, picture: Path) -> None:
    command = ["pdftoppm", "-png", "-singlefile", "-r", _PAGE_DOTS, pdf, picture.with_suffix("")]
    subprocess.run(command, check=True)


def _log(home: Path) -> list[dict]:
    """Return what the reader decided, as the workspace's log has it, in order."""
    command = [home / "evenbeat" / "bin" / "evenbeat", "audit", "log", "--json", "-w",
               home / "evenbeat-demo"]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    entries = json.loads(done.stdout)
    return [
        json.loads(one["detail"]) for one in entries
        if one["actor"] == READER and one["action"] == "review"
    ]  # fmt: skip


if __name__ == "__main__":
    told = write(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
    print(json.dumps(told, indent=2))
