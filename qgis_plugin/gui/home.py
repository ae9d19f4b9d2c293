"""Paths as people write them: with ~ for their home."""

from __future__ import annotations

import re
from pathlib import Path


def from_home(text: str, home: Path | None = None) -> str:
    """Return a text in which the home folder is ~.

    Parameters
    ----------
    home
        Stands in for the own one, in tests.
    """
    folder = home or Path.home()
    if folder == folder.parent:  # a home that is the root would be in every path
        return text
    return re.sub(re.escape(str(folder)) + r"(?![\w.-])", "~", text)
