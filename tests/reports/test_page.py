"""The base of pages: escaped values, figures that stand side by side."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from evenbeat.core.reports.figures import figure_style, figure_svg, label_svg, new_figure
from evenbeat.core.reports.page import number, percent, render_page


def drawing(name, alt="A line."):
    with figure_style():
        figure = new_figure(3, 2)
        figure.subplots().plot([1, 2, 3])
    return figure_svg(figure, name=name, alt=alt)


def test_figure_svg__describes_itself_and_scales():
    svg = drawing("first", alt='Robbery & "theft" <both>')
    assert svg.startswith("<svg")
    opening = svg.split(">", 1)[0]
    assert 'role="img"' in opening
    assert "&amp; &#34;theft&#34; &lt;both&gt;" in opening
    assert "width=" not in opening
    assert "viewBox=" in opening


def test_figure_svg__same_bytes_and_names_that_do_not_clash():
    assert drawing("first") == drawing("first")
    first, second = str(drawing("first")), str(drawing("second"))
    assert first != second
    assert first.replace('"first-', '"second-').replace("#first-", "#second-") == second


def test_label_svg__drops_what_changes_between_runs():
    svg = '<?xml version="1.0"?><svg width="1pt"><metadata>today</metadata><g id="a"/></svg>'
    assert label_svg(svg, name="x", alt="y") == (
        '<svg role="img" aria-label="y"><g id="x-a"/></svg>'
    )


def test_render_page__missing_fact_is_an_error():
    with pytest.raises(UndefinedError):
        render_page("description.html", facts={})


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (float("nan"), "–"), (0, "0 %"), (0.0004, "< 0.1 %"), (0.9999, "> 99.9 %"),
     (0.25, "25.0 %"), (1, "100 %")],
)  # fmt: skip
def test_percent__never_rounds_to_all_or_nothing(share, text):
    assert percent(share).replace("\xa0", " ") == text


def test_number__thousands_and_missing():
    assert (number(1234567), number(2.345, 1), number(None)) == ("1,234,567", "2.3", "–")
