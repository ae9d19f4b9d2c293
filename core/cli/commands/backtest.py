"""``evenbeat backtest``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.console import (
    Console,
    Date,
    force_option,
    output_options,
    table,
    workspace_option,
)

if TYPE_CHECKING:
    from evenbeat.core.pipeline.backtest import BacktestOutcome

_HORIZONS = ("shift", "day", "week", "2-weeks", "month", "2-months", "3-months")
_OF_AREA = " of the area"
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    epilog="Example:  evenbeat backtest -w riverton --from 2017-01-01 --to 2017-12-31 "
    "--type robbery --type burglary"
)
@workspace_option
@click.option("--from", "first", type=Date(), required=True, help="First day, YYYY-MM-DD.")
@click.option("--to", "last", type=Date(), required=True, help="Last day, YYYY-MM-DD.")
@click.option(
    "--horizon",
    type=click.Choice(_HORIZONS),
    default="day",
    show_default=True,
    help="Length of a window.",
)
@click.option(
    "--type", "crime_types", multiple=True, help="Crime type; repeat it. Default: all modelled."
)
@click.option("--refit-days", type=click.IntRange(1), help="Days between fits; model.refit_days.")
@click.option(
    "--lag-days",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Days by which all news comes late.",
)
@click.option(
    "--area",
    "areas",
    type=click.FloatRange(0, 100, min_open=True),
    multiple=True,
    help="Percent of the area to flag; repeat it. Default: 0.25, 0.5, 1, 2 and 5.",
)
@click.option("--boxes", type=click.IntRange(0), default=0, help="Boxes a district, besides.")
@click.option(
    "--rules",
    type=click.Choice(("none", "nij")),
    default="none",
    show_default=True,
    help="Rules of the NIJ Real-Time Crime Forecasting Challenge.",
)
@click.option(
    "--without-undated",
    is_flag=True,
    help="Run it also without the layers that carry no dates, and show both side by side.",
)
@click.option("--out", type=_FOLDER, help="Folder of the report. Default: backtests/ID.")
@click.option(
    "--save-forecasts", "forecasts", type=_FOLDER, help="Folder for every issued forecast, Zarr."
)
@click.option("--jobs", type=click.IntRange(1), help="Processes. Default: one a core.")
@click.option("--scheduler", help="Address of a Dask scheduler, tcp://HOST:PORT.")
@force_option
@output_options
def command(
    console: Console, workspace: Path, first: dt.date, last: dt.date, horizon: str,
    crime_types: tuple[str, ...], refit_days: int | None, lag_days: int,
    areas: tuple[float, ...], boxes: int, rules: str, without_undated: bool, out: Path | None,
    forecasts: Path | None, jobs: int | None, scheduler: str | None, force: bool,
) -> None:  # fmt: skip
    """Forecast past windows from what was known before each, and count what they caught.

    Every figure stands beside plain counting of the same windows. The report is one page and one
    JSON document; a back-test that was stopped goes on where it was.
    """
    from evenbeat.core.pipeline.backtest import run_backtest
    from evenbeat.core.pipeline.backtest_request import AREA_SHARES, BacktestRequest
    from evenbeat.core.pipeline.context import Context

    request = BacktestRequest(
        first, last, horizon, crime_types, refit_days, lag_days,
        tuple(area / 100 for area in areas) or AREA_SHARES, boxes, rules, without_undated,
    )  # fmt: skip
    with console.progress("Back-test") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_backtest(
            context, request, out=out, forecasts=forecasts, jobs=jobs, scheduler=scheduler,
            force=force,
        )  # fmt: skip
    console.show(
        {**outcome.document, "page": str(outcome.page), "folder": str(outcome.folder)},
        _lines(outcome),
    )


def _lines(outcome: BacktestOutcome) -> list[str]:
    """Return what people are told: each type against the best of plain counting."""
    document = outcome.document
    main = document["main_budget"]
    label = next(budget["label"] for budget in document["budgets"] if budget["key"] == main)
    rows = [_row(name, found, document["model"], main) for name, found in document["types"].items()]
    settings = document["settings"]
    return [
        f"Hits with {label}{_OF_AREA if main.startswith('area') else ''} flagged, "
        f"{settings['first']} to {settings['last']}, against the best count of each type:",
        *table(
            rows,
            header=("crime type", "events", "hits", "best count", "its hits", "relative, 95 %",
                    "nats", "observed/expected"),
        ),
        *_beside_lines(document),
        *_undated_lines(document, main),
        "A good forecast still sees nothing happen in about 99 of 100 box-shifts.",
        f"Report: {outcome.page}",
    ]  # fmt: skip


def _beside_lines(document: dict[str, Any]) -> list[str]:
    """Return how many events lay in no cell, where the rules count them."""
    if document["settings"]["rules"] != "nij":
        return []
    beside = sum(found["events_beside"] for found in document["types"].values())
    return [
        f"Of these events, {beside:,.0f} lay in the jurisdiction but in no cell; N counts them."
    ]


def _undated_lines(document: dict[str, Any], main: str) -> list[str]:
    """Return what the layers without dates seem to add, or that nobody looked."""
    settings, compared = document["settings"], document["without_undated"]
    undated = [*settings["undated_layers"], *settings["undated_places"]]
    if not undated:
        return []
    if compared is None:
        return [
            f"Layers without dates were among the features: {', '.join(undated)}. "
            "See it also without them: --without-undated"
        ]
    rows = []
    for name, both in compared["types"].items():
        hits = [both[key]["budgets"][main]["hits"] for key in ("with", "without")]
        gains = [both[key]["gain_nats"] for key in ("with", "without")]
        paired = both["paired"][main]
        points = [paired[f"difference_{key}"] for key in ("points", "low", "high")]
        told = ["-" if part is None else f"{part:+.2f}" for part in points]
        rows.append((
            name, *(f"{part:,.1f}" for part in hits), f"{told[0]} [{told[1]}, {told[2]}]",
            *("-" if part is None else f"{part:.3f}" for part in gains),
        ))  # fmt: skip
    header = ("crime type", "hits", "without", "points, 95 %", "nats", "without")
    return [
        f"With and without the layers that carry no dates ({', '.join(undated)}):",
        *table(rows, header=header),
    ]


def _row(name: str, found: dict[str, Any], model: str, main: str) -> tuple[str, ...]:
    ours = found["models"][model]
    if not found["events"]:
        return (name, "0", "-", "-", "-", "-", "-", "-")
    paired = found["paired"][main]
    best = found["models"][paired["baseline"]]["budgets"][main]
    rates = [ours["budgets"][main]["hit_rate"], best["hit_rate"]]
    span = [paired[key] for key in ("relative", "relative_low", "relative_high")]
    told = ["-" if part is None else f"{100 * part:+.1f}" for part in span]
    return (
        name, f"{found['events']:,.0f}", f"{100 * rates[0]:.2f} %", paired["baseline"],
        f"{100 * rates[1]:.2f} %", f"{told[0]} % [{told[1]}, {told[2]}]",
        f"{ours['gain_nats']:.3f}", f"{ours['observed_over_expected']:.3f}",
    )  # fmt: skip
