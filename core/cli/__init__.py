"""The command line: ``evenbeat --help`` is the map."""

from evenbeat.core.cli.main import main

__all__ = ["main"]
