"""Every algorithm on the demo workspace, in QGIS, with the real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tomllib
from pathlib import Path

import harness
import numpy as np
import panels
import processing
import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildDependency,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelParameter,
    QgsProcessingParameterFile,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

gdal.UseExceptions()

DATE = harness.DEMO_DATE
ASKED = {
    "FOLDER", "WORKSPACE", "FIRST", "LAST", "OLDER", "NEWER", "INPUT", "PACKAGE", "ID", "RESIDENTS",
}  # fmt: skip
"""What has no default, since only people know it."""


@pytest.fixture(scope="module")
def worked(demo, tmp_path_factory, plugin) -> Path:
    """A copy of the demo workspace on which the tests of this file work one after the other."""
    return Path(shutil.copytree(demo, tmp_path_factory.mktemp("qgis") / "città"))


class Listener(QgsProcessingFeedback):
    """Keeps what people would read."""

    def __init__(self):
        super().__init__(False)
        self.lines = []

    def pushInfo(self, info):
        self.lines.append(info)

    def pushWarning(self, warning):
        self.lines.append(warning)


def run(name, parameters, *, feedback=None, context=None):
    feedback = feedback or Listener()
    context = context or QgsProcessingContext()
    return processing.run(f"evenbeat:{name}", parameters, feedback=feedback, context=context)


def current_run(workspace):
    return json.loads((workspace / "runs" / DATE / "current.json").read_text("utf-8"))["run_id"]


def test_ingest__unchanged_files_are_not_read_again(worked):
    listener = Listener()
    assert run("ingest", {"WORKSPACE": str(worked)}, feedback=listener)["ROWS"] == 0
    assert any("Unchanged" in line and "incidents.csv" in line for line in listener.lines)


def test_ingest__preview_stores_nothing(worked):
    before = sorted(path.name for path in (worked / "data").rglob("*"))
    listener = Listener()
    result = run("ingest", {"WORKSPACE": str(worked), "PREVIEW": True}, feedback=listener)
    assert result["ROWS"] > 5000
    assert any("weather.csv (weather)" in line for line in listener.lines)
    assert sorted(path.name for path in (worked / "data").rglob("*")) == before


def test_describe__page_and_counts(worked):
    result = run("describe", {"WORKSPACE": str(worked)})
    assert Path(result["PAGE"]).parent == worked
    assert "<html" in Path(result["PAGE"]).read_text("utf-8")
    assert result["INCIDENTS"] > 5000


def test_fit__is_there_already(worked):
    result = run("fit", {"WORKSPACE": str(worked), "DATE": DATE})
    assert (worked / "models" / result["MODEL"]).is_dir()


def test_forecast__run_and_layers(worked):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    result = run("forecast", {"WORKSPACE": str(worked), "DATE": DATE}, context=context)
    assert result["RUN"] == current_run(worked)
    assert Path(result["FOLDER"]).is_dir()
    assert len(context.layersToLoadOnCompletion()) == 3


def test_forecast__rasters_of_each_shift(worked, tmp_path):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    parameters = {"WORKSPACE": str(worked), "DATE": DATE, "OUT": str(tmp_path),
                  "SHOWN": "everything"}  # fmt: skip
    result = run("forecast", parameters, context=context)
    assert len(result["RASTERS"]) == 3 * (2 + 7)
    shown = {details.name for details in context.layersToLoadOnCompletion().values()}
    assert {"Priority, day", "Robbery, evening", "All crime types, night"} <= shown
    for path in result["RASTERS"]:
        layer = QgsRasterLayer(path, "raster")
        assert layer.isValid(), path


def test_style__classes_hold_the_share_that_they_say(worked, tmp_path):
    from evenbeat.processing.styling import SHARES, by_share_of_area

    result = run("forecast", {"WORKSPACE": str(worked), "DATE": DATE, "OUT": str(tmp_path)})
    layer = QgsRasterLayer(result["RASTERS"][0], "priority")
    by_share_of_area(layer)
    function = layer.renderer().shader().rasterShaderFunction()
    items = function.colorRampItemList()
    with_colour = [item.label for item in items if item.color.alpha()]
    assert with_colour == [f"top {100 * share:g} % of the area" for share in SHARES]
    values = cells_of(layer)
    for item, share in zip(items, SHARES, strict=False):
        assert (values > item.value).mean() == pytest.approx(share, abs=0.01)


def cells_of(layer):
    """Return the values of a raster, read by GDAL."""
    dataset = gdal.Open(layer.source())
    values = dataset.GetRasterBand(1).ReadAsArray()
    return values[np.isfinite(values)]


def test_difference__of_a_run_and_itself_is_zero(worked, tmp_path):
    result = run("difference", {"WORKSPACE": str(worked), "OLDER": DATE, "NEWER": DATE,
                                "OUT": str(tmp_path)})  # fmt: skip
    assert len(result["RASTERS"]) == 3
    for path in result["RASTERS"]:
        assert not cells_of(QgsRasterLayer(path, "difference")).any()


def test_plan__boxes_are_a_layer(worked):
    result = run("plan", {"WORKSPACE": str(worked), "DATE": DATE, "LOAD": False})
    layer = QgsVectorLayer(result["ASSIGNMENTS"], "boxes", "ogr")
    assert layer.isValid()
    assert layer.featureCount() >= result["BOXES"] > 0


def test_plan__done_again_loses_no_review_unasked(worked):
    """The engine refuses or replaces; a reason goes into the log."""
    reason = "the roster changed"
    result = run("plan", {"WORKSPACE": str(worked), "DATE": DATE, "FORCE": True,
                          "REASON": reason, "LOAD": False})  # fmt: skip
    assert result["BOXES"] > 0


def test_whatif__page(worked):
    result = run("whatif", {"WORKSPACE": str(worked), "DATE": DATE, "CHANGES": "plan.tau=2",
                            "DRAWS": 2})  # fmt: skip
    assert "tau" in Path(result["PAGE"]).read_text("utf-8")


def test_backtest__report(worked):
    result = run("backtest", {"WORKSPACE": str(worked), "FIRST": "2016-12-20",
                              "LAST": "2016-12-21", "CRIME_TYPES": "theft"})  # fmt: skip
    assert "theft" in Path(result["PAGE"]).read_text("utf-8")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"FIRST": "2016-12-20", "LAST": "2016-12-01"}, "is after the last"),
        ({"FIRST": "2016-12-20", "LAST": "2016-12-21", "AREA_PERCENT": "1, -2"}, "above 0"),
        ({"FIRST": "2016-12-20", "LAST": "2016-12-21", "AREA_PERCENT": "one"}, "above 0"),
    ],
)
def test_backtest__refuses_before_the_engine_starts(worked, parameters, words):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("evenbeat:backtest")
    accepted, message = algorithm.checkParameterValues(
        {"WORKSPACE": str(worked), **parameters}, QgsProcessingContext()
    )
    assert not accepted
    assert words in message


def test_dosage__days(worked):
    result = run("dosage", {"WORKSPACE": str(worked)})
    assert result["MEASURED"] + result["UNCHANGED"] > 0
    assert result["NEWEST"] < DATE


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("reportshift", {}),
        ("reporttactic", {}),
        ("reportofficer", {"BY": "unit"}),
        ("reportcrimetype", {}),
        ("reportcrimedosage", {"HOURS_AFTER": 4}),
        ("reportequity", {"FIRST": "2016-12-20"}),
    ],
)
def test_report__page(worked, tmp_path, name, parameters):
    result = run(name, {"WORKSPACE": str(worked), "OUT": str(tmp_path), **parameters})
    assert Path(result["PAGE"]).is_relative_to(tmp_path)
    assert result["FILES"] > 1


def test_report__officers_need_a_role(worked):
    with pytest.raises(QgsProcessingException, match="role"):
        run("reportofficer", {"WORKSPACE": str(worked), "BY": "officer"})


def tracts(workspace):
    """Return a layer with residents and a percentage for each of the demo's districts."""
    fields = "field=code:string&field=people:integer&field=renters:double&field=mayor:string"
    layer = QgsVectorLayer(f"MultiPolygon?crs=EPSG:4326&{fields}", "Census tracts", "memory")
    districts = QgsVectorLayer(str(workspace / "districts.geojson"), "districts", "ogr")
    features = []
    for number, district in enumerate(districts.getFeatures(), 1):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([f"T{number}", 1000 * number, 10.0 * number, "Ana García"])
        shape = QgsGeometry(district.geometry())
        shape.convertToMultiType()
        feature.setGeometry(shape)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_equityload__hands_over_the_named_fields_alone(worked, tmp_path):
    parameters = {"WORKSPACE": str(worked), "INPUT": tracts(worked), "ID": "code",
                  "RESIDENTS": "people", "SHARES": ["renters"], "SOURCE": "Made up."}  # fmt: skip
    listener = Listener()
    loaded = run("equityload", parameters, feedback=listener)
    assert loaded["AREAS"] == 5
    assert loaded["RESIDENTS_INSIDE"] + loaded["RESIDENTS_OUTSIDE"] == pytest.approx(15_000)
    assert any(line.startswith("Outside the patrolled cells") for line in listener.lines)
    facts = json.loads((worked / "audit_only" / "facts.json").read_text("utf-8"))
    assert facts["shares"] == ["renters"]
    assert facts["file"] == "census-tracts"
    stored = b"".join(path.read_bytes() for path in (worked / "audit_only").rglob("*.parquet"))
    assert b"mayor" not in stored
    told = run("reportequity", {"WORKSPACE": str(worked), "OUT": str(tmp_path),
                                "SHARES": "renters"})  # fmt: skip
    assert "By share of renters" in Path(told["PAGE"]).read_text("utf-8")
    with pytest.raises(QgsProcessingException, match="as per cent"):
        run("equityload", {**parameters, "SCALE": "share"})


def test_brief_and_publish__are_there(worked):
    day = {"WORKSPACE": str(worked), "DATE": DATE}
    briefing = run("brief", day)
    assert briefing["PAGES"] > 1
    assert Path(briefing["PAGE"]).is_file()
    assert Path(run("publish", day)["FOLDER"]).is_dir()


def test_daily__every_step_is_done_already(worked):
    listener = Listener()
    result = run("daily", {"WORKSPACE": str(worked), "DATE": DATE, "LOAD": False},
                 feedback=listener)  # fmt: skip
    assert result["RUN"] == current_run(worked)
    assert any(line.startswith("forecast: ") for line in listener.lines)


def test_init__settings(plugin, tmp_path):
    result = run("init", {"WORKSPACE": str(tmp_path / "new"), "NAME": "Señor's town",
                          "TIMEZONE": "America/Chicago", "CRS": "EPSG:26971"})  # fmt: skip
    text = Path(result["SETTINGS"]).read_text("utf-8")
    assert "Señor's town" in text
    assert "EPSG:26971" in text


def test_init__degrees_are_refused(plugin, tmp_path):
    with pytest.raises(QgsProcessingException, match=r"degrees"):
        run("init", {"WORKSPACE": str(tmp_path), "CRS": "EPSG:4326"})


def bars(count, *, crs="EPSG:4326", where=(-87.7, 41.9), more=""):
    """Return a memory layer of places about where the demo's city is."""
    layer = QgsVectorLayer(f"Point?crs={crs}&field=kind:string{more}", "Bars & clubs", "memory")
    features = []
    for number in range(count):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(["bar", "Ana García"][: layer.fields().count()])
        point = QgsPointXY(where[0] + 0.001 * number, where[1])
        feature.setGeometry(QgsGeometry.fromPointXY(point))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def centre_in_degrees(workspace):
    """Return the centre of the workspace's districts."""
    layer = QgsVectorLayer(str(workspace / "districts.geojson"), "districts", "ogr")
    centre = layer.extent().center()
    return centre.x(), centre.y()


def test_addsource__layer_becomes_a_source(worked):
    layer = bars(12, where=centre_in_degrees(worked), more="&field=owner_name:string")
    given = {"WORKSPACE": str(worked), "INPUT": layer, "ROLE": "places", "CATEGORY": "bar"}
    before = (worked / "evenbeat.toml").read_text("utf-8")
    checked = run("addsource", {**given, "ONLY_CHECK": True})
    assert (checked["ROWS"], checked["KEPT"]) == (12, 12)
    assert (worked / "evenbeat.toml").read_text("utf-8") == before
    added = run("addsource", given)
    settings = (worked / "evenbeat.toml").read_text("utf-8")
    assert "sources/places-bars-clubs.gpkg" in settings
    assert before.splitlines()[0] in settings
    kept = QgsVectorLayer(added["FILE"], "kept", "ogr")
    assert kept.featureCount() == 12
    assert "owner_name" not in kept.fields().names()
    assert gdal_version_of(added["FILE"]) == 10200
    run("addsource", given)
    assert (worked / "evenbeat.toml").read_text("utf-8").count("bars-clubs.gpkg") == 1
    assert run("ingest", {"WORKSPACE": str(worked)})["ROWS"] > 0


def sources_of(workspace):
    return tomllib.loads((workspace / "evenbeat.toml").read_text("utf-8"))["sources"]


def test_addsource__of_two_layers_named_alike_both_stay(worked):
    before = len(sources_of(worked))
    for category in ("bar", "atm"):
        layer = bars(5, where=centre_in_degrees(worked))
        layer.setName("Points")
        run("addsource", {
            "WORKSPACE": str(worked), "INPUT": layer, "ROLE": "places", "CATEGORY": category,
        })  # fmt: skip
    added = sources_of(worked)[before:]
    assert {(one["path"], one["category"]) for one in added} == {
        ("sources/places-points.gpkg", "bar"), ("sources/places-points-2.gpkg", "atm"),
    }  # fmt: skip


def test_addsource__a_very_long_name_is_cut_and_stays_its_own(worked):
    made = []
    for end in ("north", "south"):
        layer = bars(3, where=centre_in_degrees(worked))
        layer.setName("Señales de ñandú " * 30 + end)
        made.append(run("addsource", {
            "WORKSPACE": str(worked), "INPUT": layer, "ROLE": "places", "CATEGORY": "bar",
        })["FILE"])  # fmt: skip
    assert made[0] != made[1]
    assert all(QgsVectorLayer(path, "kept", "ogr").featureCount() == 3 for path in made)


def test_addsource__where_no_row_is_usable_nothing_is_added(worked):
    before = sources_of(worked)
    for layer in (bars(0, where=(0.0, 0.0)), bars(4, where=(0.0, 0.0))):
        with pytest.raises(QgsProcessingException, match="can be used, so nothing was added"):
            run("addsource", {
                "WORKSPACE": str(worked), "INPUT": layer, "ROLE": "places", "CATEGORY": "bar",
            })  # fmt: skip
    assert sources_of(worked) == before


def test_addsource__columns_that_capitals_alone_tell_apart_are_named(worked):
    layer = bars(2, where=centre_in_degrees(worked), more="&field=Name:string&field=NAME:string")
    with pytest.raises(QgsProcessingException, match="The columns Name and NAME differ"):
        run("addsource", {"WORKSPACE": str(worked), "INPUT": layer, "ROLE": "places"})


def gdal_version_of(path):
    """Return the version that a GeoPackage's head says, 10200 for 1.2."""
    return int.from_bytes(Path(path).read_bytes()[60:64], "big")


def test_addsource__a_layer_that_cannot_be_used_is_told(worked):
    empty = QgsVectorLayer("NoGeometry?field=a:string", "nothing", "memory")
    with pytest.raises(QgsProcessingException):
        run("addsource", {"WORKSPACE": str(worked), "INPUT": empty, "ROLE": "districts"})


def test_package__is_whole_by_itself(worked, tmp_path):
    target = tmp_path / "paquete día.gpkg"
    result = run("package", {"WORKSPACE": str(worked), "DATE": DATE, "PACKAGE": str(target)})
    moved = tmp_path / "elsewhere" / target.name
    moved.parent.mkdir()
    target.rename(moved)
    project = QgsProject()
    assert project.read(result["PROJECT"].replace(str(target), str(moved)))
    layers = {layer.name(): layer for layer in project.mapLayers().values()}
    assert {"Assignments", "Districts", "Priority, day"} <= set(layers)
    for layer in layers.values():
        assert layer.isValid(), layer.source()
        assert str(moved) in layer.source()
    columns = set(layers["Assignments"].fields().names())
    assert not columns & {"unit", "reviewer", "officer", "chosen_by", "chance"}
    assert layers["Assignments"].renderer().type() == "categorizedSymbol"
    assert panels.legend_rows(layers["Priority, day"], project) == panels.TOP_SHARES


def test_model__a_chain_of_algorithms(worked):
    model = QgsProcessingModelAlgorithm("morning", "tests", "")
    model.addModelParameter(
        QgsProcessingParameterFile(
            "workspace", behavior=QgsProcessingParameterFile.Behavior.Folder
        ),
        QgsProcessingModelParameter("workspace"),
    )
    from_input = QgsProcessingModelChildParameterSource.fromModelParameter("workspace")
    for name, after in (("forecast", []), ("plan", ["forecast"])):
        child = QgsProcessingModelChildAlgorithm(f"evenbeat:{name}")
        child.setChildId(name)
        child.addParameterSources("WORKSPACE", [from_input])
        date = QgsProcessingModelChildParameterSource.fromStaticValue(DATE)
        child.addParameterSources("DATE", [date])
        child.setDependencies([QgsProcessingModelChildDependency(other) for other in after])
        model.addChildAlgorithm(child)
    results, ok = model.run({"workspace": str(worked)}, QgsProcessingContext(), Listener())
    assert ok
    assert results["CHILD_RESULTS"]["plan"]["BOXES"] > 0
    assert results["CHILD_RESULTS"]["plan"]["RUN"] == results["CHILD_RESULTS"]["forecast"]["RUN"]


def test_cancel__in_the_middle_of_a_backtest(worked):
    """The engine ends the work, nothing raises, and the next call works."""
    feedback = Listener()
    feedback.progressChanged.connect(lambda _percent: feedback.cancel())
    result = run("backtest", {"WORKSPACE": str(worked), "FIRST": "2016-10-01",
                              "LAST": "2016-12-31"}, feedback=feedback)  # fmt: skip
    assert "PAGE" not in result
    assert any("Cancelled" in line for line in feedback.lines)
    assert run("describe", {"WORKSPACE": str(worked)})["INCIDENTS"] > 0


def test_crash__in_the_middle_of_a_backtest(worked, engine):
    """The real engine is killed: QGIS lives, the text explains, the next call works."""
    process = engine.run("hello", {"protocol": 1})["process"]
    feedback, killed = Listener(), []

    def kill(_percent):
        if not killed:
            killed.append(os.kill(process, signal.SIGKILL))

    feedback.progressChanged.connect(kill)
    with pytest.raises(QgsProcessingException, match="unharmed"):
        run("backtest", {"WORKSPACE": str(worked), "FIRST": "2016-09-01", "LAST": "2016-12-31"},
            feedback=feedback)  # fmt: skip
    assert run("describe", {"WORKSPACE": str(worked)})["INCIDENTS"] > 0


def test_all__have_help_group_units_and_defaults(plugin):
    provider = QgsApplication.processingRegistry().providerById("evenbeat")
    for algorithm in provider.algorithms():
        help_text = algorithm.shortHelpString()
        assert "<p>" in help_text, algorithm.name()
        assert "<img" in help_text, algorithm.name()
        assert algorithm.group()[0].isdigit()
        for parameter in algorithm.parameterDefinitions():
            assert parameter.description()
            given = parameter.defaultValue() is not None
            optional = parameter.flags() & parameter.Flag.FlagOptional
            assert given or optional or parameter.name() in ASKED, parameter.name()


def test_engine__message_of_a_workspace_that_is_none(plugin, tmp_path):
    with pytest.raises(QgsProcessingException, match=r"evenbeat\.toml"):
        run("describe", {"WORKSPACE": str(tmp_path)})


def test_version__of_qgis_is_supported():
    assert Qgis.QGIS_VERSION_INT >= 32200
