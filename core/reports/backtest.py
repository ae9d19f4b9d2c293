"""The report of a back-test: one self-contained page for readers who doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evenbeat.core.reports.backtest_facts import (
    in_one_sentence,
    severity_paired,
    severity_rows,
    summary_of,
    type_facts,
)
from evenbeat.core.reports.backtest_figures import verdict_figure
from evenbeat.core.reports.backtest_map import BacktestMap
from evenbeat.core.reports.backtest_undated import added_by_undated, name_undated, undated_rows
from evenbeat.core.reports.backtest_words import (
    counted,
    join_words,
    measure,
    model_label,
    per_hundred,
    signed_nats,
    signed_percent,
    signed_points,
    tell_area,
    tell_horizon,
    tie,
)
from evenbeat.core.reports.page import render_page
from evenbeat.core.store.files import replacing_file

__all__ = ["BacktestMap", "write_backtest"]


def write_backtest(path: Path, *, document: dict[str, Any], maps: dict[str, BacktestMap]) -> Path:
    """Write the report as one HTML file that needs nothing else; return its path.

    The same document and maps give the same bytes.

    Parameters
    ----------
    path
        Where to write.
    document
        The back-test as kept in JSON. Any number in it may be None and is then told as unknown.
        The bins of ``reliability``, and the rows of quarters and districts, hold sums.
    maps
        Where each crime type was flagged and happened, at the main budget. A type without a map
        is told without one.
    """
    document = {
        **document,
        "budgets": [
            {**one, "label": tie(one["label"]), "area": tell_area(one["label"])}
            for one in document["budgets"]
        ],
    }
    settings = document["settings"]
    types = [
        type_facts(document, name, position=position, told=maps.get(name))
        for position, name in enumerate(document["types"], 1)
    ]
    main = next(one for one in document["budgets"] if one["key"] == document["main_budget"])
    summary = summary_of(types)
    page = render_page(
        "backtest.html", document=document, settings=settings, types=types,
        main=main, summary=summary, severity=document.get("severity"),
        severity_rows=severity_rows(document),
        severity_paired=severity_paired(document), verdicts=verdict_figure(types, name="verdicts"),
        conclusion=in_one_sentence(summary["verdicts"], document["model"]),
        model_label=model_label, measure=measure, counted=counted, per_hundred=per_hundred,
        signed_percent=signed_percent, signed_points=signed_points, join_words=join_words,
        undated=name_undated(settings), both=undated_rows(document),
        one_sided=added_by_undated(document), signed_nats=signed_nats,
        horizon=tell_horizon(settings["horizon"], settings["horizon_days"]),
        baselines=list(map(model_label, document["baselines"])),
    )  # fmt: skip
    with replacing_file(Path(path)) as temporary:
        temporary.write_bytes(page.encode("utf-8"))
    return Path(path)
