"""Figures as inline SVG: real text, a description for screen readers, the same bytes every run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1b2430"
MUTED = "#56606d"
RULE = "#d5dae1"
LAND = "#f4f5f7"
ACCENT = "#0b5d8f"
WARN = "#b3470b"

TYPE_COLOURS: dict[str, str] = {
    "gunfire": "#882255",
    "homicide": "#332288",
    "rape": "#aa4499",
    "aggravated_assault": "#cc6677",
    "robbery": "#117733",
    "burglary": "#999933",
    "motor_vehicle_theft": "#0072b2",
    "theft": "#44aa99",
    "arson": "#d55e00",
}
"""One colour a crime type, told apart by people with any colour vision (Tol's muted scheme)."""

DENSITY_COLOURS = ("#f4f5f7", "#cfdcea", "#9dbbd9", "#5f93c4", "#2b6aa6", "#0f4680", "#06264d")
"""From few to many: lightness falls evenly, so that it reads in grey print as well."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evenbeat",
    "svg.image_inline": True,
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw figures in the pages' style inside a ``with`` block."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, without a window or global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def figure_svg(figure: Figure, *, name: str, alt: str) -> Markup:
    """Turn a figure into SVG for a page.

    Parameters
    ----------
    figure
        Drawn inside `figure_style`.
    name
        Short, unique on the page: it keeps the figures' internal names apart.
    alt
        What the figure shows, in words, for people who do not see it.
    """
    written = io.StringIO()
    with figure_style():
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return label_svg(written.getvalue(), name=name, alt=alt)


def label_svg(svg: str, *, name: str, alt: str) -> Markup:
    """Make an SVG document fit for a page: scalable, described, with names that cannot clash.

    Parameters
    ----------
    svg
        The whole document, from a trusted drawing library.
    name
        Prefix for the ids inside.
    alt
        The description.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    opening, rest = body.split(">", 1)
    opening = re.sub(r'\s(width|height)="[^"]*"', "", opening)
    described = f'{opening} role="img" aria-label="{escape(alt)}">'
    return Markup(described + rest)  # noqa: S704 - made by the drawing library, text escaped
