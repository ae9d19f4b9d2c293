"""What is said when the database cannot be reached, is held by another, or stops."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError


def is_held(error: DBAPIError) -> bool:
    """Return whether another program kept a GeoPackage for longer than we wait."""
    return isinstance(error.orig, sqlite3.Error) and "locked" in str(error.orig)


def stopped(words: str, error: DBAPIError) -> str:
    """Return what to do about a database that could not begin, go on or commit."""
    if is_held(error):
        return (
            f"{words} is held by another program, for example QGIS ({error.orig}), so nothing was "
            "written. Close it there or wait until it is done, and try again."
        )
    return (
        f"The database {words} stopped: {str(error.orig).strip()}. What was being written is there "
        "as a whole or not at all: look with evenbeat audit log, and try again. Check the disk, "
        "and that the server runs."
    )


def unreachable(words: str, error: DBAPIError) -> str:
    """Return what to do about a database that could not be opened."""
    return (
        f"The database {words} cannot be opened: {str(error.orig).strip()}. Check the path or "
        "store.url in evenbeat.toml, and that the server runs and lets this login in."
    )
