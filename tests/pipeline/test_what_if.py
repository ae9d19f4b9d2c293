"""Settings compared side by side: nothing recorded, every variant told, every claim borne."""

import copy
import html
import json
import re
import tomllib

import pytest
from click.testing import CliRunner
from reports.pages import Page, assert_self_contained

from evenbeat.core.cli.main import group
from evenbeat.core.config import CapSettings, PlanSettings, WorkspaceSettings, load_settings
from evenbeat.core.errors import ConfigError, PlanError
from evenbeat.core.pipeline.audit import run_verify
from evenbeat.core.pipeline.plan import day_priority
from evenbeat.core.pipeline.variants import DEFAULT_TAUS, variants_of
from evenbeat.core.pipeline.what_if import run_what_if
from evenbeat.core.reports.what_if import write_what_if
from evenbeat.core.reports.what_if_words import findings
from evenbeat.core.store.database import plans_between
from evenbeat.core.store.files import sha256_file, sha256_tree
from evenbeat.core.store.vectors import read_geopackage
from tests.agency_day import FORECAST_DAY, context_of

OWN = WorkspaceSettings()
CHANGES = ("plan.tau=3, plan.exploration_share=0", "plan.caps.spacing_m=0")


@pytest.fixture(scope="module")
def compared(finished_day, tmp_path_factory):
    """A comparison of the default variants, written elsewhere."""
    folder = tmp_path_factory.mktemp("what-if")
    return run_what_if(context_of(finished_day[0]), FORECAST_DAY, draws=4, out=folder)


def text_of(path):
    return " ".join(" ".join(Page(path.read_text("utf-8")).text).split())


def test_variants_of__the_default_set_is_told_once_with_the_own_settings_in_it():
    found = variants_of(OWN)
    assert [v.name for v in found] == [
        "optimal", "greedy", *[f"lottery tau {tau:g}" for tau in DEFAULT_TAUS]
    ]  # fmt: skip
    assert [v.name for v in found if v.own] == ["lottery tau 1"]
    assert [v.name for v in found if v.reference] == ["optimal"]
    greedy = WorkspaceSettings(plan=PlanSettings(mode="greedy", tau=1.5))
    assert [v.name for v in variants_of(greedy) if v.own] == ["greedy"]
    between = variants_of(WorkspaceSettings(plan=PlanSettings(tau=1.5)))
    assert [v.name for v in between if v.own] == ["lottery tau 1.5"]


def test_variants_of__changes_are_laid_over_the_own_settings():
    own = WorkspaceSettings(
        plan=PlanSettings(
            tau=2.0, boxes_by_district={"01": 4, "02": 1}, caps=CapSettings(buffer_m=50)
        )
    )
    found = variants_of(
        own,
        changes=[
            "plan.mode=greedy", "plan.caps.spacing_m=300, plan.boxes_by_district.02=3",
            'plan.district_weights."Old Town".theft = 2',
        ],
    )  # fmt: skip
    mode, caps, weights = (variant.settings for variant in found[1:4])
    assert (mode.mode, mode.tau) == ("greedy", 2.0)
    assert (caps.caps.spacing_m, caps.caps.buffer_m) == (300, 50)
    assert caps.boxes_by_district == {"01": 4, "02": 3}
    assert weights.district_weights == {"Old Town": {"theft": 2}}
    assert found[-1].own


def test_variants_of__a_file_gives_its_whole_plan(tmp_path):
    own = WorkspaceSettings(plan=PlanSettings(tau=2.0, boxes_per_district=7))
    path = tmp_path / "steeper.toml"
    path.write_text("[plan]\ntau = 4\n[grid]\ncell_size = 150\n")
    found = next(v for v in variants_of(own, files=[path]) if v.name == "steeper")
    assert found.settings == PlanSettings(tau=4)
    assert "grid" in found.notes[0]
    assert "steeper.toml" in found.adopt


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("tau=2", "plan.KEY=VALUE"), ("grid.cell_size=100", "forecast of their own"),
        ("plan.tau", "plan.tau=2"), ("plan=2", "plan.KEY=VALUE"), ("", "plan.KEY=VALUE"),
        ("plan.tau=99", "less than or equal to 8"), ("plan.nope=1", "plan.nope"),
    ],
)  # fmt: skip
def test_variants_of__says_what_cannot_be_used(change, says):
    with pytest.raises(ConfigError, match=re.escape(says)):
        variants_of(OWN, changes=[change])


@pytest.mark.parametrize(
    ("text", "says"),
    [("[grid]\n", r"no \[plan\]"), ("plan = ", "not valid TOML"), ("[plan]\nx = 1\n", "plan.x")],
)
def test_variants_of__says_what_is_wrong_with_a_file(tmp_path, text, says):
    path = tmp_path / "other.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=says):
        variants_of(OWN, files=[path])


@pytest.mark.parametrize(
    "changes", [(), ('plan.severity = { theft = 1.5, "motor_vehicle_theft" = 2 }', *CHANGES)]
)
def test_variants_of__the_lines_to_adopt_make_the_variant(tmp_path, changes):
    own = tmp_path / "evenbeat.toml"
    own.write_text("[agency]\nname = 'Ñ'\n")
    for variant in variants_of(load_settings(own), changes=changes):
        adopted = tmp_path / "adopted.toml"
        adopted.write_text(own.read_text() + variant.adopt)
        assert tomllib.loads(adopted.read_text()).keys() <= {"agency", "plan"}
        assert load_settings(adopted).plan == variant.settings
        assert bool(variant.adopt) == (not variant.own)


@pytest.mark.slow
def test_run_what_if__document_holds_every_variant_and_its_measures(compared, finished_day):
    document = compared.document
    assert json.loads(compared.document_path.read_text("utf-8")) == document
    rows = {row["name"]: row for row in document["variants"]}
    assert set(rows) == {v.name for v in variants_of(OWN)}
    assert rows["optimal"]["share_of_best"] == 1.0
    assert rows["optimal"]["gap"] <= 0.005
    assert rows["lottery tau 1"]["own"]
    taus = [rows[f"lottery tau {tau:g}"]["share_of_best"] for tau in DEFAULT_TAUS]
    assert taus == sorted(taus)
    assert taus[-1] < rows["greedy"]["share_of_best"]
    assert rows["lottery tau 1"]["draws"] == 4
    assert rows["greedy"]["draws"] == 1
    workspace = context_of(finished_day[0]).workspace
    _, priority = day_priority(workspace, workspace.run_folder(FORECAST_DAY, compared.run_id))
    assert document["expected_hits"] == pytest.approx(float(priority.sum()), rel=1e-5)
    drawn = read_geopackage(finished_day[1].assignments, "assignments")["priority"].sum()
    assert rows["lottery tau 1"]["first_hits"] != pytest.approx(drawn)
    for row in rows.values():
        assert sum(row["minutes_of_part"]) == pytest.approx(row["minutes"])
        assert row["evenness"] == pytest.approx(1 - row["gini_parts"])
        assert 0 <= row["uncovered"] <= document["high_risk"]


@pytest.mark.slow
def test_run_what_if__page_tells_every_variant_and_fetches_nothing(compared):
    page = compared.page.read_text("utf-8")
    assert_self_contained(page)
    told = text_of(compared.page)
    for row in compared.document["variants"]:
        assert row["name"] in told
        assert " ".join(row["adopt"].split()) in told
    for sentence in compared.document["findings"]:
        assert " ".join(html.unescape(sentence).split()) in told
    figure = next(alt for alt in Page(page).figures if alt.startswith("Effectiveness"))
    assert all(row["name"] in figure for row in compared.document["variants"])
    assert "lottery tau 1 (yours)" in figure


@pytest.mark.slow
def test_run_what_if__records_nothing_and_changes_no_file_of_the_run(finished_copy):
    context = context_of(finished_copy)
    folder = next((finished_copy / "runs" / FORECAST_DAY.isoformat()).glob("2*"))
    files = [folder / "assignments.gpkg", folder / "run.json", folder / "plan.json"]

    def state():
        with context.workspace.database.reading() as connection:
            plans = plans_between(connection, FORECAST_DAY, FORECAST_DAY)
        head = context.workspace.audit.head()
        return (
            [plan.plan_id for plan in plans], head.entry, [sha256_file(path) for path in files],
            sha256_tree(folder / "risk.zarr"), sha256_tree(folder / "briefing"),
        )  # fmt: skip

    before = state()
    outcome = run_what_if(context, FORECAST_DAY, changes=CHANGES, draws=2)
    assert outcome.page == folder / "what-if" / "what-if.html"
    assert state() == before
    assert run_verify(context, files=True).intact
    pages = [outcome.page.read_bytes(), outcome.document_path.read_bytes()]
    again = run_what_if(context_of(finished_copy), FORECAST_DAY, changes=CHANGES, draws=2)
    assert [again.page.read_bytes(), again.document_path.read_bytes()] == pages


@pytest.mark.slow
def test_run_what_if__variants_are_measured_with_the_own_weights(finished_day, tmp_path):
    context = context_of(finished_day[0])
    flat = {"mode": "greedy", "severity_preset": "flat"}
    text = ", ".join(f"plan.{key}={value}" for key, value in flat.items())
    found = run_what_if(
        context, FORECAST_DAY, changes=["plan.mode=greedy", text], draws=1, out=tmp_path
    )
    rows = {row["name"]: row for row in found.document["variants"]}
    own, other = rows["mode = greedy"], rows["mode = greedy, severity_preset = flat"]
    assert other["hits"] < own["hits"]
    assert other["incidents"] > own["incidents"]


@pytest.mark.slow
def test_run_what_if__no_box_at_all_is_told(finished_day, tmp_path):
    context = context_of(finished_day[0])
    found = run_what_if(
        context, FORECAST_DAY, changes=["plan.boxes_per_district=0"], draws=1, out=tmp_path
    )
    row = next(r for r in found.document["variants"] if r["name"].startswith("boxes_per"))
    assert (row["boxes"], row["share_of_best"], row["evenness"]) == (0, 0.0, None)
    assert not row["on_front"]
    assert "boxes_per_district = 0 plans more or fewer" in found.document["findings"][-1]
    assert_self_contained(found.page.read_text("utf-8"))


@pytest.mark.slow
def test_run_what_if__names_the_variant_that_has_no_plan(finished_day, tmp_path):
    context = context_of(finished_day[0])
    with pytest.raises(PlanError, match=r"boxes_by_district\.Nowhere = 3"):
        run_what_if(
            context, FORECAST_DAY, changes=["plan.boxes_by_district.Nowhere=3"], out=tmp_path
        )
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="--out"):
        run_what_if(context, FORECAST_DAY, draws=1, out=tmp_path / "file")


@pytest.mark.slow
def test_findings__claim_no_more_than_the_draws_show(compared):
    document = copy.deepcopy(compared.document)
    before = " ".join(findings(document))
    assert "costs" in before
    assert "reaches least" in before
    for row in document["variants"]:
        row["share_error"], row["evenness_error"] = 1.0, 1.0
    after = " ".join(findings(document))
    assert "by less than the draws can show" in after
    assert "reaches least" not in after
    assert "more evenly than another by more than the draws' noise" in after


@pytest.mark.slow
def test_findings__the_price_of_drawing_is_the_difference_of_hits(compared):
    rows = {row["name"]: row for row in compared.document["variants"]}
    own, top = rows["lottery tau 1"], rows["greedy"]
    lost = 100 * (1 - own["hits"] / top["hits"])
    times = own["cells_with_chance"] / top["cells_with_chance"]
    first = compared.document["findings"][0].replace("\xa0", " ")
    assert f"costs {lost:.0f} % of expected weighted hits" in first
    assert f"{times:.1f} times as many cells" in first


@pytest.mark.slow
def test_findings__own_settings_that_are_beaten_are_told_so(compared, tmp_path):
    document = copy.deepcopy(compared.document)
    for row in document["variants"]:
        row.update(on_front=not row["own"], share_error=0.0, evenness_error=0.0)
        if row["own"]:
            row.update(share_of_best=0.1, evenness=0.01)
    told = " ".join(findings(document))
    assert "Ahead of your settings in both: optimal, greedy, lottery tau 0.5" in told
    assert "same effort" not in told
    document["findings"] = findings(document)
    assert_self_contained(write_what_if(tmp_path / "p.html", document=document).read_text("utf-8"))


@pytest.mark.slow
def test_command__tells_people_and_machines(finished_day, tmp_path):
    base = ["plan", "-w", str(finished_day[0]), "--date", FORECAST_DAY.isoformat(), "--what-if",
            "--draws", "1", "--out", str(tmp_path), "--set", "plan.tau=2"]  # fmt: skip
    people = CliRunner().invoke(group, base)
    assert people.exit_code == 0, people.output
    assert "[plan] tau = 2" in people.output
    assert f"Page: {tmp_path / 'what-if.html'}" in people.output
    machine = json.loads(CliRunner().invoke(group, [*base, "--json"]).stdout)
    assert {row["name"] for row in machine["document"]["variants"]} == {
        "optimal", "tau = 2", "lottery tau 1"
    }  # fmt: skip
    refused = CliRunner().invoke(group, [*base, "--force"])
    assert refused.exit_code == 2
    assert "--force" in refused.output


@pytest.mark.slow
@pytest.mark.parametrize("option", [("--set", "plan.tau=2"), ("--draws", "3"), ("--out", ".")])
def test_command__options_of_the_comparison_need_it(finished_day, option):
    where = ["-w", str(finished_day[0]), "--date", FORECAST_DAY.isoformat()]
    refused = CliRunner().invoke(group, ["plan", *where, *option])
    assert refused.exit_code == 2
    assert "--what-if" in refused.output
