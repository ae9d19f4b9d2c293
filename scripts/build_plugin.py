"""Builds dist/evenbeat-VERSION.zip, the QGIS plugin; the same sources give the same bytes.

Run: python3 scripts/build_plugin.py [FOLDER]. Needs the standard library alone.
"""

from __future__ import annotations

import configparser
import sys
import zipfile
from pathlib import Path

import help_pages

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "qgis_plugin"
PACKAGE = "evenbeat"
KINDS = {".py", ".svg", ".png", ".qml", ".qpt", ".qgz", ".ui", ".qm", ".html", ".css", ".json",
         ".txt", ".md"}  # fmt: skip
LARGEST_BYTES = 25 * 1024 * 1024
_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def version() -> str:
    """Return the plugin's version."""
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", "utf-8")
    return metadata["general"]["version"]


def members() -> dict[str, bytes]:
    """Return what goes into the zip, by its name there; pages of help are made here."""
    found = {
        f"{PACKAGE}/{path.relative_to(SOURCE).as_posix()}": text.encode()
        for path, text in help_pages.files().items()
    }
    for path in SOURCE.rglob("*"):
        parts = path.relative_to(SOURCE).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and path.suffix in KINDS:
            found["/".join((PACKAGE, *parts))] = path.read_bytes()
    for name in ("metadata.txt", "LICENSE"):
        found[f"{PACKAGE}/{name}"] = (ROOT / name).read_bytes()
    return dict(sorted(found.items()))


def build(folder: Path) -> Path:
    """Write the zip into a folder and return its path.

    Raises
    ------
    ValueError
        It is larger than the plugin repository takes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PACKAGE}-{version()}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members().items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR_FILE
            archive.writestr(entry, content)
    if target.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{target} has {target.stat().st_size:,} bytes, at most {LARGEST_BYTES:,}")
    return target


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"))
