"""Doctor: checks the installation and says how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from evenbeat.core.errors import EvenbeatError
from evenbeat.core.progress import Progress, silent

PACKAGES = (
    "numpy", "numba", "pandas", "pyarrow", "xarray", "zarr", "scikit-learn", "geopandas",
    "rasterio", "pyproj",
)  # fmt: skip
_OF_THE_SERVICE = ("titiler-core",)
_NEEDED_FREE_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do when it is not well."""

    check: str
    ok: bool
    detail: str
    advice: str = ""


def run_doctor(root: Path | None, *, progress: Progress = silent) -> list[Finding]:
    """Check Python, packages, projections, kernels and, where given, a workspace.

    Compiles and runs one kernel; the others compile at their first use and are kept.
    """
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("inherited variables", _inherited_variables),
        ("projections", _projections),
        ("kernels", _kernels),
        ("browser", _browser),
    ]
    if root is not None:
        checks += [
            ("disk", lambda: _disk(root)),
            ("workspace", lambda: _workspace(root)),
            ("audit log", lambda: _audit(root)),
        ]
    findings = []
    for index, (name, check) in enumerate(checks):
        progress(f"checking {name}", index / len(checks))
        findings.append(check())
    progress("done", 1.0)
    return findings


def _python() -> Finding:
    ok = sys.version_info >= (3, 11)
    text = f"{sys.version.split()[0]} at {sys.executable}"
    return Finding("Python", ok, text, "" if ok else "Install Python 3.11 or newer.")


def _packages() -> Finding:
    found, missing = [], []
    for name in (*PACKAGES, *_OF_THE_SERVICE):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    advice = f"Missing: {', '.join(missing)}. Run: make install" if missing else ""
    return Finding("packages", not missing, ", ".join(found), advice)


def _inherited_variables() -> Finding:
    names = [
        name
        for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "PYTHONPATH")
        if os.environ.get(name)
    ]
    advice = f"Another program's settings leak in; run without them: unset {' '.join(names)}"
    return Finding(
        "inherited variables", not names, ", ".join(names) or "none", advice if names else ""
    )


def _projections() -> Finding:
    from pyproj import Transformer

    try:
        easting, _ = Transformer.from_crs("EPSG:4326", "EPSG:32616", always_xy=True).transform(
            -87.0, 41.0
        )
    except Exception as error:
        return Finding("projections", False, str(error), "Reinstall pyproj: make install")
    ok = abs(easting - 500_000) < 1
    return Finding("projections", ok, "the PROJ database answers", "" if ok else "make install")


def _kernels() -> Finding:
    import numpy as np

    from evenbeat.core.kernels.binning import bin_points

    counts = np.zeros((2, 2))
    bin_points(np.array([0.5]), np.array([0.5]), np.array([1.0]), 0.0, 2.0, 1.0, counts)
    ok = bool(counts[1, 0] == 1.0)
    place = os.environ.get("NUMBA_CACHE_DIR") or "beside the package"
    return Finding("kernels", ok, f"compiled; cache {place}", "" if ok else "Reinstall numba.")


def _browser() -> Finding:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    detail = found or "no Chromium: any browser shows the pages, only the tests need it"
    return Finding("browser", True, detail)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    ok = free > _NEEDED_FREE_BYTES
    advice = "" if ok else "Free some disk space: a city's year of runs takes about 2 GB."
    return Finding("disk", ok, f"{free / 2**30:.0f} GB free at {root}", advice)


def _workspace(root: Path) -> Finding:
    from evenbeat.core.store.workspace import Workspace

    try:
        workspace = Workspace.open(root)
        held = ", ".join(sorted(workspace.table_versions())) or "no tables yet"
    except EvenbeatError as error:
        return Finding("workspace", False, str(root), str(error))
    return Finding("workspace", True, f"{root}: {held}")


def _audit(root: Path) -> Finding:
    from evenbeat.core.store.workspace import Workspace

    try:
        found = Workspace.open(root).audit.verify()
    except EvenbeatError as error:
        return Finding("audit log", False, str(root), str(error))
    advice = "" if found.intact else f"{found.fault}. Compare with a backup; do not go on."
    return Finding("audit log", found.intact, f"{found.entries} entries", advice)
