"""Fit, forecast and explain on a simulated city whose truth is known."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.config import AgencySettings, ModelSettings
from evenbeat.core.errors import ModelError, PolicyError
from evenbeat.core.features import Layers
from evenbeat.core.forecast import FittedModels, explain_cells, fit_models, forecast_day, totals
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.variables import validate

TYPES = ("homicide", "burglary", "theft")
SETTINGS = ModelSettings(
    crime_types=TYPES, history_days=180, training_days=90, minimum_incidents=40,
    maximum_rows=40_000, kind="mixture",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """A city, its models, its forecast, and how to make them again."""

    city: object
    grid: Grid
    layers: Layers
    agency: AgencySettings
    incidents: pd.DataFrame

    def fit(self, settings=SETTINGS, **changes):
        given = {
            "grid": self.grid, "calendar": self.city.calendar(), "incidents": self.incidents,
            "layers": self.layers, "settings": settings, "agency": self.agency,
            "cutoff": self.city.cutoff,
        }  # fmt: skip
        return fit_models(**{**given, **changes})

    def forecast(self, models, **changes):
        given = {
            "models": models, "grid": self.grid, "calendar": self.city.calendar(),
            "date": self.city.forecast_date, "incidents": self.incidents, "layers": self.layers,
            "agency": self.agency, "cutoff": self.city.cutoff, "provenance": {"run_id": "r-1"},
        }  # fmt: skip
        return forecast_day(**{**given, **changes})


@pytest.fixture(scope="module")
def scene(small_city):
    layers = Layers(small_city.places, small_city.events, small_city.weather)
    agency = AgencySettings(
        timezone=small_city.timezone, country=small_city.country,
        subdivision=small_city.subdivision,
    )  # fmt: skip
    return Scene(small_city, small_city.grid(), layers, agency, small_city.known_incidents())


@pytest.fixture(scope="module")
def models(scene):
    return scene.fit()


@pytest.fixture(scope="module")
def day(scene, models):
    return scene.forecast(models)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_fit_models__same_input_same_bytes(scene, models, tmp_path):
    models.save(tmp_path / "first")
    scene.fit().save(tmp_path / "second")
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert set(first) == {"models.json", "homicide.npz", "burglary.npz", "theft.npz"}
    other = scene.fit(SETTINGS.model_copy(update={"seed": 7}))
    assert other.versions != models.versions


def test_fit_models__a_type_is_the_same_whatever_else_is_fitted(scene, models):
    alone = scene.fit(SETTINGS.model_copy(update={"crime_types": ("burglary",)}))
    assert alone.versions["burglary"] == models.versions["burglary"]


def test_fit_models__incidents_known_later_change_nothing(scene, models):
    later = scene.city.known_incidents(scene.city.cutoff + dt.timedelta(days=5))
    assert len(later) > len(scene.incidents)
    assert scene.fit(incidents=later).versions == models.versions


def test_fit_models__best_is_chosen_on_the_past_and_the_card_says_how(scene):
    asked = {"kind": "best", "crime_types": ("burglary", "homicide")}
    cards = scene.fit(SETTINGS.model_copy(update=asked)).cards
    card = cards["burglary"]
    assert card["incidents_in_training"] >= SETTINGS.minimum_incidents
    scores = card["validation"]["candidates"]
    assert {"mixture", "glm", "etas", "shrunk", "boosted", "terrain"} <= set(scores)
    assert card["validation"]["chosen"] == card["choice"]["kind"]
    assert scores[card["choice"]["kind"]]["gain_nats"] >= scores["mixture"]["gain_nats"]
    undated = set(card["undated_features"])
    assert {entry["name"] for entry in card["features"] if not entry["dated"]} == undated
    assert (card["validation"]["without_undated"] is not None) == bool(undated)
    importance = [entry["importance"] for entry in card["features"]]
    assert importance == sorted(importance, reverse=True)
    assert importance[0] > 0.01
    assert len(card["partial_dependence"]) <= 9
    assert card["policy"]
    assert card["limits"]
    sparse = cards["homicide"]
    assert sparse["kind"] == "shrunk count"
    assert "fewer than model.minimum_incidents = 40" in sparse["why"]
    json.dumps(cards)


def test_fit_models__refusals(scene):
    drugs = SETTINGS.model_copy(update={"crime_types": ("narcotics",)})
    with pytest.raises(PolicyError, match="narcotics"):
        scene.fit(drugs)
    with pytest.raises(ModelError, match="No incident"):
        scene.fit(cutoff=dt.datetime(2010, 1, 1, tzinfo=dt.UTC))


def test_fitted_models__load_what_was_saved(scene, models, day, tmp_path):
    models.save(tmp_path)
    loaded = FittedModels.load(tmp_path)
    assert loaded.versions == models.versions
    assert loaded.cards == models.cards
    again = scene.forecast(loaded)
    assert again.risk.identical(day.risk)
    assert again.features.identical(day.features)


def test_fitted_models__what_was_changed_is_refused(models, tmp_path):
    models.save(tmp_path)
    document = json.loads((tmp_path / "models.json").read_text())
    document["types"]["theft"]["factors"][0] *= 2
    (tmp_path / "models.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match="not the one that was saved"):
        FittedModels.load(tmp_path)
    (tmp_path / "models.json").write_text('{"format": 99}')
    with pytest.raises(ModelError, match="format 99"):
        FittedModels.load(tmp_path)
    with pytest.raises(ModelError, match="no fitted models"):
        FittedModels.load(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise", "flipped", "other arrays"])
def test_fitted_models__a_damaged_file_is_told_with_advice(models, tmp_path, damage):
    models.save(tmp_path)
    path = tmp_path / "theft.npz"
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = bytes([content[middle] ^ 255])
    if damage == "missing":
        path.unlink()
    elif damage == "other arrays":
        np.savez(path, root=np.zeros(1))
    else:
        path.write_bytes({
            "empty": b"", "cut": content[:middle], "noise": b"no model" * 9,
            "flipped": content[:middle] + flipped + content[middle + 1 :],
        }[damage])  # fmt: skip
    with pytest.raises(ModelError, match="Fit again with: evenbeat fit"):
        FittedModels.load(tmp_path)


def test_fitted_models__facts_that_lack_something_are_told_with_advice(models, tmp_path):
    models.save(tmp_path)
    document = json.loads((tmp_path / "models.json").read_text())
    del document["types"]["theft"]["factors"]
    (tmp_path / "models.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match=r"incomplete.*Fit again with: evenbeat fit"):
        FittedModels.load(tmp_path)


def test_forecast_day__is_the_declared_cube(scene, day):
    risk = validate(day.risk)["expected_count"]
    assert risk.dims == ("crime_type", "shift", "y", "x")
    assert tuple(risk["crime_type"].values) == TYPES
    assert tuple(risk["shift"].values) == ("day", "evening", "night")
    inside = risk.values[:, :, scene.grid.mask]
    assert np.isfinite(inside).all()
    assert (inside >= 0).all()
    assert np.isnan(risk.values[:, :, ~scene.grid.mask]).all()
    assert day.risk.attrs["run_id"] == "r-1"
    assert set(json.loads(day.risk.attrs["model_versions"])) == set(TYPES)
    transform = [float(part) for part in day.risk["spatial_ref"].attrs["GeoTransform"].split()]
    assert tuple(transform) == scene.grid.affine.to_gdal()
    assert "NAD83" in day.risk["spatial_ref"].attrs["crs_wkt"]
    starts = [np.datetime64(shift.start.replace(tzinfo=None)) for shift in
              scene.city.calendar().shifts_on(scene.city.forecast_date)]  # fmt: skip
    np.testing.assert_array_equal(risk["shift_start"].values, starts)
    np.testing.assert_array_equal(risk["y"].values, scene.grid.northings)


@pytest.mark.parametrize("crime_type", ["burglary", "theft"])
def test_forecast_day__comes_near_the_truth(scene, day, crime_type):
    mask = scene.grid.mask
    truth = scene.city.true_expected_count(crime_type, scene.city.forecast_date).values[:, mask]
    found = day.risk["expected_count"].sel(crime_type=crime_type).values[:, mask]
    assert np.corrcoef(truth.sum(axis=0), found.sum(axis=0))[0, 1] > 0.75
    assert found.sum() == pytest.approx(truth.sum(), rel=0.35)
    busiest = np.argsort(-found.sum(axis=0))[:13]  # 5 % of the cells
    best = np.sort(truth.sum(axis=0))[::-1][:13].sum()
    assert truth.sum(axis=0)[busiest].sum() > 0.7 * best


def test_forecast_day__twice_gives_the_same_bytes(scene, models, day):
    again = scene.forecast(models)
    for first, second in ((day.risk, again.risk), (day.features, again.features)):
        for name in first.variables:
            assert first[name].values.tobytes() == second[name].values.tobytes()
        assert first.attrs == second.attrs


def test_forecast_day__what_is_known_later_changes_nothing(scene, models, day):
    later = scene.city.known_incidents(scene.city.cutoff + dt.timedelta(days=5))
    again = scene.forecast(models, incidents=later)
    assert again.risk.identical(day.risk)
    assert again.features.identical(day.features)


def test_forecast_day__a_longer_shift_expects_more(scene, monkeypatch):
    spring = dt.date(2017, 3, 12)  # the night before has seven hours
    cutoff = dt.datetime(2017, 3, 11, 6, tzinfo=dt.UTC)
    known = scene.city.known_incidents(cutoff)
    models = scene.fit(cutoff=cutoff, incidents=known)
    short = scene.forecast(
        models, incidents=known, date=spring - dt.timedelta(days=1), cutoff=cutoff
    )
    hours = (short.risk["shift_end"] - short.risk["shift_start"]) / np.timedelta64(1, "h")
    np.testing.assert_array_equal(hours, [8, 8, 7])
    measured = totals.shift_lengths

    def as_usual(timeline):
        return np.ones((1, 3)) if timeline.n_days == 1 else measured(timeline)

    monkeypatch.setattr(totals, "shift_lengths", as_usual)
    eight = scene.forecast(
        models, incidents=known, date=spring - dt.timedelta(days=1), cutoff=cutoff
    )
    ratio = short.risk["expected_count"].sum(["y", "x"]) / eight.risk["expected_count"].sum(
        ["y", "x"]
    )
    np.testing.assert_allclose(ratio.sel(shift="night"), 7 / 8, rtol=1e-4)
    np.testing.assert_allclose(ratio.sel(shift=["day", "evening"]), 1.0, rtol=1e-4)


def test_forecast_day__refusals(scene, models):
    city = scene.city
    with pytest.raises(ModelError, match="not after"):
        scene.forecast(models, cutoff=city.cutoff + dt.timedelta(hours=8))
    earlier = city.cutoff - dt.timedelta(days=3)
    with pytest.raises(ModelError, match="later than the cut-off"):
        scene.forecast(models, cutoff=earlier, date=city.forecast_date - dt.timedelta(days=3))
    with pytest.raises(ModelError, match="another grid"):
        scene.forecast(models, grid=city.grid(500.0))
    calendar = ShiftCalendar(city.timezone, (("early", dt.time(6)), ("late", dt.time(18))))
    with pytest.raises(ModelError, match="shifts"):
        scene.forecast(models, calendar=calendar)


def test_forecast_day__any_partition_of_the_day(scene):
    calendar = ShiftCalendar(
        scene.city.timezone, tuple((f"s{hour}", dt.time(hour)) for hour in range(1, 24, 4))
    )
    models = scene.fit(SETTINGS.model_copy(update={"crime_types": ("theft",)}), calendar=calendar)
    day = scene.forecast(models, calendar=calendar)
    assert day.risk["expected_count"].sizes["shift"] == 6
    total = float(day.risk["expected_count"].sum())
    truth = float(scene.city.true_expected_count("theft", scene.city.forecast_date).sum())
    assert total == pytest.approx(truth, rel=0.4)


def test_forecast_day__missing_new_incidents_are_noted(scene, models):
    stale = scene.incidents[
        scene.incidents["reported_at"] < scene.city.cutoff - dt.timedelta(days=40)
    ].reset_index(drop=True)
    notes = json.loads(scene.forecast(models, incidents=stale).risk.attrs["notes"])
    assert any(note.startswith("theft: ") and "Check that" in note for note in notes)
    assert json.loads(scene.forecast(models).risk.attrs["notes"]) == []


def test_explain_cells__strongest_first_in_words(scene, models, day):
    risk = day.risk["expected_count"].sel(shift="evening")
    total = np.nan_to_num(risk.sum("crime_type").values)
    cells = [divmod(int(flat), total.shape[1]) for flat in np.argsort(-total.ravel())[:5]]
    weights = dict.fromkeys(TYPES, 1.0)
    told = explain_cells(
        models=models, day=day, grid=scene.grid, shift="evening", cells=cells,
        priority_weights=weights,
    )  # fmt: skip
    assert len(told) == 5
    for reasons in told:
        effects = [reason["effect"] for reason in reasons]
        assert 1 <= len(reasons) <= 5
        assert effects == sorted(effects, reverse=True)
        assert effects[0] > 1.2
        words = [reason["words"] for reason in reasons]
        assert len(set(words)) == len(words)
        for reason in reasons:
            assert set(reason) == {"feature", "crime_type", "words", "value", "percentile",
                                   "effect"}  # fmt: skip
            assert reason["feature"] in models.catalogue.names
            assert 50 <= reason["percentile"] <= 100
            assert reason["value"] > 0
    json.dumps(told)


def test_explain_cells__counts_are_those_of_the_table(scene, models, day):
    total = np.nan_to_num(day.risk["expected_count"].sel(shift="night").sum("crime_type").values)
    row, column = divmod(int(total.argmax()), total.shape[1])
    (reasons,) = explain_cells(
        models=models, day=day, grid=scene.grid, shift="night", cells=[(row, column)],
        priority_weights={"theft": 1.0, "burglary": 0.0, "homicide": 0.0},
    )  # fmt: skip
    assert {reason["crime_type"] for reason in reasons} == {"theft"}
    counted = [reason for reason in reasons if reason["feature"].startswith(("count", "near"))]
    assert counted
    for reason in counted:
        days = int(reason["feature"].split("_")[1].removesuffix("d"))
        known = scene.incidents[
            (scene.incidents["crime_type"] == "theft") & (scene.incidents["weight"] > 0)
            & (scene.incidents["reported_at"] <= scene.city.cutoff)
        ]  # fmt: skip
        middle = known["occurred_from"] + (known["occurred_to"] - known["occurred_from"]) / 2
        known = known[middle >= scene.city.cutoff - dt.timedelta(days=days)]
        if reason["feature"].startswith("near"):
            away = np.hypot(known["easting"] - scene.grid.eastings[column],
                            known["northing"] - scene.grid.northings[row])  # fmt: skip
            expected = int((away <= 250).sum())
        else:
            rows, columns = scene.grid.locate(known["easting"], known["northing"])
            expected = int(((rows == row) & (columns == column)).sum())
        assert reason["value"] == pytest.approx(expected, abs=0.01)
        assert reason["words"].startswith(f"{expected} theft")


def test_explain_cells__refusals(scene, models, day):
    given = {"models": models, "day": day, "grid": scene.grid, "priority_weights": {}}
    with pytest.raises(ModelError, match="outside"):
        explain_cells(shift="night", cells=[(-1, 0)], **given)
    with pytest.raises(ModelError, match="'noon'"):
        explain_cells(shift="noon", cells=[(5, 5)], **given)
    weightless = {**given, "priority_weights": dict.fromkeys(TYPES, 0.0)}
    row, column = np.argwhere(scene.grid.mask)[0]
    assert explain_cells(shift="night", cells=[(int(row), int(column))], **weightless) == [[]]


def test_fit_models__trains_on_no_more_days_than_there_are(scene):
    begins = pd.Timestamp(scene.city.cutoff) - pd.Timedelta(days=10)
    young = scene.incidents[scene.incidents["occurred_from"] >= begins].reset_index(drop=True)
    asked = {"crime_types": ("theft",), "minimum_incidents": 1, "kind": "best"}
    card = scene.fit(SETTINGS.model_copy(update=asked), incidents=young).cards["theft"]
    first, last = map(dt.date.fromisoformat, card["training_days"])
    assert first >= begins.tz_convert(scene.city.timezone).date()
    assert (last - first).days < 10
    assert card["kind"] == "shrunk count"
    assert "fewer than 14" in card["why"]


def test_fit_models__a_stray_old_date_changes_no_training_day(scene, models):
    old = pd.Timestamp("1970-01-01", tz="UTC")
    stray = (
        scene.incidents[scene.incidents["crime_type"] == "theft"]
        .iloc[[0]]
        .assign(incident_id="stray", occurred_from=old, occurred_to=old, reported_at=old)
    )
    joined = pd.concat([stray, scene.incidents], ignore_index=True)
    settings = SETTINGS.model_copy(update={"crime_types": ("theft",)})
    card = scene.fit(settings, incidents=joined.astype(scene.incidents.dtypes.to_dict()))
    assert card.cards["theft"]["training_days"] == models.cards["theft"]["training_days"]


@pytest.mark.parametrize("days", [28, 365, 1095])
def test_fit_models__a_count_baseline_can_be_asked_for(scene, days, tmp_path):
    settings = SETTINGS.model_copy(
        update={"crime_types": ("theft",), "history_days": 1095, "kind": f"count_{days}"}
    )
    fitted = scene.fit(settings)
    card = fitted.cards["theft"]
    assert card["kind"] == "count"
    assert card["parameters"]["feature"] == f"count_{days}d"
    assert f"count_{days}" in card["why"]
    fitted.save(tmp_path)
    assert FittedModels.load(tmp_path).versions == fitted.versions
    risk = scene.forecast(fitted).risk["expected_count"].values[:, :, scene.grid.mask]
    assert np.isfinite(risk).all()
    assert risk.sum() > 0
