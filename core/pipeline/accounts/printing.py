"""Pages as PDF, printed by the Chromium of the machine where there is one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from evenbeat.core.errors import WorkspaceError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_LONGEST_S = 120
_QUIET = (
    "--headless", "--disable-gpu", "--no-sandbox", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
)  # fmt: skip


def browser() -> str | None:
    """Return the program that prints, or None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_page(page: Path) -> Path:
    """Print an HTML page as PDF beside it; return the PDF.

    Raises
    ------
    WorkspaceError
        There is no Chromium, or it failed.
    """
    program = browser()
    if program is None:
        raise WorkspaceError(
            "A PDF needs Chromium, which is not installed. On Debian: apt-get install chromium. "
            f"Or open {page} in any browser and print it."
        )
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as profile:
        private = Path(profile) / "page.pdf"
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [program, *_QUIET, f"--user-data-dir={profile}/profile", f"--print-to-pdf={private}",
             page.resolve().as_uri()],
            capture_output=True, text=True, timeout=_LONGEST_S, check=False,
        )  # fmt: skip
        if done.returncode != 0 or not private.is_file():
            raise WorkspaceError(
                f"{Path(program).name} could not print {page.name}: {done.stderr.strip()[-300:]}"
            )
        shutil.copyfile(private, target)
    return target
