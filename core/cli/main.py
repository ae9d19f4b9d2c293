"""The map of commands; a command's module is imported only when it is asked for."""

from __future__ import annotations

import gc
import importlib
import os
from typing import Any

import click

_COMMANDS = {
    "init": "Make a folder a workspace.",
    "ingest": "Read exports into the workspace; count every drop.",
    "describe": "Show what the workspace holds, with plots.",
    "fit": "Fit a model per crime type.",
    "forecast": "Forecast every shift of a day.",
    "plan": "Choose capped assignments for a day.",
    "review": "Approve, reject, move or add assignments.",
    "brief": "Write the briefing pages of a day.",
    "dosage": "Turn vehicle logs into minutes of patrol.",
    "activity": "Log a directed patrol: start, stop, note.",
    "report": "Write one of the five patrol reports.",
    "equity": "Keep the ledger of who gets the minutes.",
    "retention": "Remove what has been kept long enough.",
    "backtest": "Forecast the past and count the hits.",
    "publish": "Publish a day's rasters and catalog.",
    "daily": "Do all of it for a day; what a scheduler runs.",
    "keys": "Make and end keys of other agencies.",
    "serve": "Serve the publication: map page and tiles.",
    "audit": "Read, verify or export the audit log.",
    "simulate": "Write the exports of a simulated city.",
    "demo": "Simulate a city and run its day.",
    "doctor": "Check the installation and say how to mend it.",
}

_EPILOG = """\b
Example:
  evenbeat simulate --out city && evenbeat daily -w city

\b
Exit codes: 0 done, 1 other error, 2 settings or usage, 3 workspace,
4 input file, 5 policy, 6 grid, shift or cube, 7 model, feature or back-test,
8 plan or review, 9 publication, 10 audit log, 11 database, 12 changed by
someone else meanwhile, 130 interrupted.
"""


class CommandMap(click.Group):
    """A group whose commands live in modules that are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the day's work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"evenbeat.core.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(
    cls=CommandMap, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="evenbeat", prog_name="evenbeat")
def group() -> None:
    """Plan directed patrols in the open, meter them, and account for them.

    From where and when serious crime is likely, so that no place is over- or under-policed.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line."""
    # Threads of scikit-learn that wait actively make a busy machine ten times slower; this must be
    # said before the first library with OpenMP is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # What imports make is kept; looking there for garbage costs a short command a twelfth.
    gc.set_threshold(50_000, 20, 20)
    return group.main(args=arguments, prog_name="evenbeat")
