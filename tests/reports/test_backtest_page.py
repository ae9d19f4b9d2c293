"""The report of a back-test: what it says, and that it says no more than the numbers."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
from reports.backtest_documents import (
    DISTRICTS,
    NINE_TYPES,
    area_budgets,
    make_document,
    make_map,
    make_paired,
    make_severity,
    make_type,
    nij_budgets,
)
from reports.pages import Page, assert_self_contained

from evenbeat.core.errors import GridError
from evenbeat.core.reports.backtest import BacktestMap, write_backtest
from evenbeat.core.reports.backtest_map import draw_backtest_map, flagged_classes
from evenbeat.core.reports.backtest_words import AHEAD, BEHIND, CANNOT_TELL, judge
from evenbeat.core.reports.calibration_figures import (
    districts_figure,
    quarters_figure,
    reliability_figure,
)
from evenbeat.core.reports.page import NOT_A_FORECAST_OF_CRIME

SMALL = area_budgets((0.01, 0.05))


def write(folder, document, maps=None, name="report.html"):
    path = write_backtest(folder / name, document=document, maps=maps or {})
    text = path.read_text("utf-8")
    assert_self_contained(text)
    return text


def plain(text):
    """Return the words of a page, spaces made one."""
    return re.sub(r"\s+", " ", " ".join(Page(text).text).replace("\xa0", " "))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.01, 0.09, AHEAD), (-0.09, -0.01, BEHIND), (-0.01, 0.09, CANNOT_TELL),
     (0.0, 0.09, CANNOT_TELL), (-0.09, 0.0, CANNOT_TELL), (None, None, CANNOT_TELL)],
)  # fmt: skip
def test_judge__goes_by_the_interval(low, high, verdict):
    assert judge(make_paired(low, high)) == verdict


def test_judge__needs_every_known_interval_on_one_side():
    disagreeing = {**make_paired(0.01, 0.09), "difference_low": -0.1}
    assert judge(disagreeing) == CANNOT_TELL
    open_ended = {**make_paired(0.01, 0.09), "relative_high": None}
    assert judge(open_ended) == AHEAD
    assert judge({"difference_low": float("nan"), "difference_high": 1.0}) == CANNOT_TELL


def test_write_backtest__one_type_in_full(tmp_path):
    robbery = make_type(12_000, budgets=SMALL, districts=DISTRICTS[3:5])
    document = make_document({"robbery": robbery}, budgets=SMALL)
    document["severity"] = make_severity(SMALL)
    text = write(tmp_path, document, {"robbery": make_map()})
    words = plain(text)
    for needed in (
        "Evenbeat is ahead of the best baseline for robbery.", NOT_A_FORECAST_OF_CRIME,
        "About 99 of 100 box-shifts see nothing", document["provenance"]["command"],
        "each window is forecast from rows reported before its first midnight",
        "For each day from 2017-01-01 to 2017-12-31", "smoothed count of 1,095 days",
        "+5.0 % ( +1.0 % to +9.0 % )", "crimes in 100 box-shifts", "PEI, prediction efficiency",
        "doi:10.1057/palgrave.sj.8350066", "What this test cannot show", "reported crime",
        "Feedback", "Ties", "against the best baseline", "Share of the harm caught",
        "Model chosen at each refit: boosted trees 10 times, blend of models 4 times",
        "Intervals meant to hold 90 % of counts held 91.2 % of days", DISTRICTS[3],
        "2,000 tests were redrawn from runs of 28 consecutive windows",
    ):  # fmt: skip
        assert needed in words, needed
    assert len(Page(text).figures) == 7
    assert "Contents" not in words
    assert "O&#39;Hare &lt;east&gt;" in text


def test_write_backtest__precision_stands_beside_every_pai(tmp_path):
    text = write(tmp_path, make_document({"theft": make_type(budgets=SMALL)}, budgets=SMALL))
    parts = re.findall(r"<(?:table|p|figcaption)[ >].*?</(?:table|p|figcaption)>", text, re.DOTALL)
    told = [part for part in parts if re.search(r"\bPAI\b", part)]
    assert len(told) >= 5
    allowed = ("box-shift", "<br>box-shifts", "Compare", "judged by PAI")
    for part in told:
        assert any(word in part for word in allowed), part[:200]


def test_write_backtest__same_document_same_bytes(tmp_path):
    document = make_document({"robbery": make_type(300, budgets=SMALL)}, budgets=SMALL)
    before = copy.deepcopy(document)
    maps = {"robbery": make_map(events=300)}
    assert write(tmp_path, document, maps) == write(tmp_path, document, maps, "again.html")
    assert document == before


def test_write_backtest__nine_types_with_every_verdict(tmp_path):
    budgets = area_budgets((0.01,))
    ends = {"robbery": (-0.05, -0.01), "theft": (0.01, 0.02)}
    types = {
        name: make_type(0 if name == "rape" else 200 + 50 * position, budgets=budgets,
                        districts=(), baselines=["count_28", "smoothed_1095"],
                        low=ends.get(name, (-1, 1))[0], high=ends.get(name, (-1, 1))[1])
        for position, name in enumerate(NINE_TYPES)
    }  # fmt: skip
    text = write(tmp_path, make_document(types, budgets=budgets, undated_layers=["weather"]))
    words = plain(text)
    assert "Evenbeat is ahead of the best baseline for theft; behind it for robbery; the test" in (
        words
    )
    assert "Contents" in words
    page = Page(text)
    assert {f"#type-{number}" for number in range(1, 10)} <= set(page.links)
    assert "No crime of this type was reported in the test" in words
    assert "The layers weather carry no dates" in words
    found = re.findall(r'class="verdict ([\w-]+)"', text.split("What stands behind it")[0])
    assert found == ["behind" if n == "robbery" else "ahead" if n == "theft" else "cannot-tell"
                     for n in NINE_TYPES]  # fmt: skip


def test_write_backtest__contest_rules_and_one_window(tmp_path):
    budgets = nij_budgets()
    types = {"burglary": make_type(140, 1, budgets=budgets, low=None, high=None)}
    document = make_document(
        types, budgets=budgets, rules="nij", horizon="month", horizon_days=30, lag_days=3,
        first="2017-03-01", last="2017-03-31",
    )  # fmt: skip
    text = write(tmp_path, document, {"burglary": make_map(windows=1, events=140)})
    words = plain(text)
    for needed in ("NIJ Real-Time Crime Forecasting Challenge", "There is one window",
                   "For the one window from 2017-03-01 to 2017-03-31", "0.5 sq mi flagged",
                   "The test cannot tell whether Evenbeat is ahead", "gives no interval",
                   "what was known 3 days before it began", "not flagged"):  # fmt: skip
        assert needed in words, needed
    assert "Month by month" not in words
    assert "refit" not in words.split("Model chosen")[0]


def test_write_backtest__type_without_crime_and_without_map(tmp_path):
    document = make_document({"arson": make_type(0, budgets=SMALL)}, budgets=SMALL)
    text = write(tmp_path, document)
    words = plain(text)
    assert "Nothing can be said about how well it was forecast" in words
    assert "The test cannot tell whether Evenbeat is ahead" in words
    assert Page(text).figures == []
    assert "–" in words
    assert "None" not in words
    assert "nan" not in words


def test_write_backtest__unknown_numbers_are_dashes(tmp_path):
    document = make_document({"robbery": make_type(budgets=SMALL)}, budgets=SMALL)
    facts = document["types"]["robbery"]
    facts.update(intervals=None, paired={}, paired_all={}, best_baseline={}, kinds={})
    facts.pop("bootstrap")
    for told in facts["models"].values():
        told.update(gain_nats=None, log_score=None, deviance=None, observed_over_expected=None,
                    reliability=[], by_quarter=[], by_district=[], over_time={})  # fmt: skip
        for at in told["budgets"].values():
            at.update(dict.fromkeys(set(at) - {"label", "area_share", "cells", "area_km2", "hits"}))
    text = write(tmp_path, document, {"robbery": make_map(events=0)})
    words = plain(text)
    assert "None" not in words
    assert words.count("–") > 50
    assert "cannot tell" in words


def test_write_backtest__boxes_per_district_and_no_baseline(tmp_path):
    budgets = [*SMALL, {"key": "boxes_3", "label": "3 boxes per district", "area_share": 0.011,
                        "cells": 30, "area_km2": 0.7}]  # fmt: skip
    types = {"theft": make_type(budgets=budgets, baselines=[])}
    types["theft"].update(best_baseline={}, paired={}, paired_all={})
    document = make_document(types, budgets=budgets, main_budget="boxes_3", baselines=[])
    words = plain(write(tmp_path, document))
    assert "3 boxes per district flagged" in words
    assert "baselines had" not in words


def test_flagged_classes__by_share_of_windows():
    cells = np.array([[0, 1, 20, 21, 40, 60, 100, 5]])
    told = BacktestMap(
        flagged=cells, hits=cells * 0, misses=cells * 0,
        inside=np.array([[True] * 7 + [False]]), bounds=(0, 0, 8, 1),
    )  # fmt: skip
    assert flagged_classes(told, 100).tolist() == [[0, 1, 2, 2, 3, 4, 5, -1]]


def test_draw_backtest_map__tells_counts_and_stays_small():
    drawn = draw_backtest_map(
        make_map((370, 280), events=60_000), windows=365, cell_area_km2=0.0225, name="m",
        what="theft",
    )  # fmt: skip
    assert drawn["block"] > 1
    assert len(drawn["svg"]) < 150_000
    assert 'role="img"' in drawn["svg"]
    assert "km</text>" in drawn["svg"]
    assert f"{drawn['ever']:,} of" in drawn["svg"]
    few = draw_backtest_map(
        make_map((37, 28), events=20), windows=365, cell_area_km2=None, name="m", what="arson"
    )
    assert few["block"] == 1
    assert "km</text>" not in few["svg"]


def test_backtest_map__refuses_what_does_not_fit():
    cells = np.zeros((2, 3), dtype=int)
    with pytest.raises(GridError, match="one shape"):
        BacktestMap(cells, cells, cells[:1], cells > 0, (0, 0, 3, 2))
    with pytest.raises(GridError, match="west, south"):
        BacktestMap(cells, cells, cells, cells > 0, (3, 0, 0, 2))


def test_calibration_figures__nothing_expected_is_no_figure():
    assert reliability_figure([], name="a") is None
    assert reliability_figure([{"expected": 0.0, "observed": 0, "cell_windows": 9}], name="a") is (
        None
    )
    assert quarters_figure([{"quarter": "2017Q1", "observed": 0, "expected": 0}], name="a") is None
    assert districts_figure([], {}, name="a") is None


def test_calibration_figures__one_district_and_no_crime():
    rows = [{"district": "1", "observed": 0, "expected": 0.3}]
    assert "1 districts" in districts_figure(rows, {"1": "A"}, name="a")
    bins = [{"expected": 1.0, "observed": seen, "cell_windows": 500} for seen in (0, 2)]
    assert "0 where 2 were expected" in reliability_figure(bins, name="a")
