"""The help of each function, as QGIS's expression builder shows it."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication


@dataclass(frozen=True)
class _Page:
    takes: tuple[str, ...]
    told: str
    example: str


def help_of(identity: str) -> str:
    """Return a function's help as HTML."""
    page = _pages()[identity]
    explained = {
        "crime_type": _tr("a crime type of the workspace, such as 'robbery', or 'all'"),
        "layer": _tr("a crime type, 'all' or 'priority'"),
        "shift": _tr("a shift of the workspace, such as 'night'"),
        "day": _tr("a measured day, such as '2017-01-02'"),
        "date": _tr("a day with a forecast; by default the project's variable evenbeat_date"),
        "geometry": _tr("by default the feature's own, in the layer's CRS"),
    }  # fmt: skip
    rows = "".join(
        f"<tr><td><code>{name}</code>&nbsp;</td><td>{explained[name]}</td></tr>"
        for name in page.takes
    )
    optional = {"date", "geometry"}
    patience = _tr("The first call asks the engine and takes some seconds; the answer is kept.")
    names = ", ".join(f"[{name}]" if name in optional else name for name in page.takes)
    return (
        f"<h3>{identity}</h3><p>{page.told}</p><p><code>{identity}({names})</code></p>"
        f"<table>{rows}</table><h4>{_tr('Example')}</h4><p><code>{page.example}</code></p>"
        f"<p>{patience}</p>"
    )


def _pages() -> dict[str, _Page]:
    sums = _tr("Of a polygon, the sum over the cells whose centre is inside; of a point, its cell.")
    return {
        "evenbeat_risk": _Page(
            ("crime_type", "shift", "date", "geometry"),
            _tr("Expected incidents of a crime type in a shift: an average, neither a probability "
                "nor a prediction that a crime will occur.") + " " + sums,
            "evenbeat_risk('robbery', 'night')",
        ),
        "evenbeat_priority": _Page(
            ("shift", "date", "geometry"),
            _tr("Priority in a shift: risks weighted by severity and preventability.") + " " + sums,
            "evenbeat_priority('night', '2017-01-03')",
        ),
        "evenbeat_percentile": _Page(
            ("layer", "shift", "date", "geometry"),
            _tr("Percent of all cells that have a lower value than the cell in the geometry's "
                "middle: 99 is the highest 1 % of the area."),
            "evenbeat_percentile('priority', 'night') &gt; 98",
        ),
        "evenbeat_minutes": _Page(
            ("day", "geometry"),
            _tr("Minutes with a unit present on a measured day.") + " " + sums,
            "evenbeat_minutes('2017-01-02')",
        ),
    }  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("Expressions", text)
