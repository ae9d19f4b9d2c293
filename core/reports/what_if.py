"""The comparison of settings: one self-contained page for those who choose them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from evenbeat.core.reports import wording
from evenbeat.core.reports.page import number, render_page
from evenbeat.core.reports.what_if_figures import pareto_figure
from evenbeat.core.reports.what_if_words import decimal, share
from evenbeat.core.store.files import replacing_file

_MOST_PARTS = 14


def write_what_if(path: Path, *, document: dict[str, Any]) -> Path:
    """Write the comparison as one HTML file that needs nothing else; return its path.

    The same document gives the same bytes.

    Parameters
    ----------
    path
        Where to write.
    document
        The comparison as kept in JSON.
    """
    rows = document["variants"]
    page = render_page(
        "what_if.html", document=document, variants=rows,
        own=next(row for row in rows if row["own"]),
        best=next(row for row in rows if row["reference"]),
        day=wording.day(dt.date.fromisoformat(document["date"])),
        front=pareto_figure(document, name="front"), panels=minutes_panels(document),
        left_out=max(len(document["parts"]) - _MOST_PARTS, 0), decimal=decimal, gini=_gini,
        share=share, span=_span, changed=[row for row in rows if row["adopt"]],
        noted=[row for row in rows if row["notes"]],
    )  # fmt: skip
    with replacing_file(Path(path)) as temporary:
        temporary.write_bytes(page.encode("utf-8"))
    return Path(path)


def minutes_panels(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one small picture for each variant: minutes by neighbourhood, beside an even share.

    All have the same order and scale: the neighbourhoods to which the own settings give most,
    then all others together, then what is outside all of them.

    Parameters
    ----------
    document
        The comparison.
    """
    rows, parts = document["variants"], document["parts"]
    own = next(row for row in rows if row["own"])
    order = sorted(range(len(parts)), key=lambda index: -own["minutes_of_part"][index])
    shown, others = order[:_MOST_PARTS], order[_MOST_PARTS:]
    cells = sum(part["cells"] for part in parts) or 1
    panels = []
    for row in rows:
        minutes, inside = row["minutes_of_part"], sum(row["minutes_of_part"][:-1])
        bars = [
            {"name": parts[i]["id"], "minutes": minutes[i],
             "even": inside * parts[i]["cells"] / cells}
            for i in shown
        ]  # fmt: skip
        rest = [{"name": f"{len(others)} others", "minutes": sum(minutes[i] for i in others)}]
        outside = [{"name": "outside all", "minutes": minutes[-1]}]
        panels.append({
            "variant": row, "bars": bars, "rest": rest if others else [],
            "outside": outside if minutes[-1] > 0 else [],
        })  # fmt: skip
    heights = [bar[key] for one in panels for bar in one["bars"] for key in ("minutes", "even")]
    top = max(heights, default=0.0) or 1.0
    for panel in panels:
        for bar in panel["bars"]:
            bar["width"] = round(100 * bar["minutes"] / top, 2)
            bar["even_at"] = round(100 * bar["even"] / top, 2)
    return panels


def _gini(value: float | None) -> str:
    return number(value, 2)


def _span(low: float | None, high: float | None) -> str:
    """Return a range of shares, once where both ends read the same."""
    ends = [share(low, 0), share(high, 0)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
