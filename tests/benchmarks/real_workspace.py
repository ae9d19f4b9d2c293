"""Workspaces on real data of a large city: for the day's bars, and for the back-test.

``python -m tests.benchmarks.real_workspace ../shared/data FOLDER`` makes the one of the back-test.
"""

from __future__ import annotations

import sys
from pathlib import Path

# The five layers of 311 requests are of 2017 and undated, so they would look ahead: left out.
PAST_LAYERS = ("cta_bus_stop", "cta_l_station", "grocery_store", "liquor_store_google",
               "liquor_retail_licence")  # fmt: skip

SETTINGS = """
[agency]
name = "Chicago (public exports)"
timezone = "America/Chicago"
crs = "EPSG:26971"
subdivision = "IL"

[grid]
cell_size = 150

[model]
crime_types = ["homicide", "aggravated_assault", "robbery", "burglary", "motor_vehicle_theft",
               "theft", "arson"]

[plan]
boxes_per_district = 1

[[sources]]
role = "districts"
path = "{folder}/beats_dec2012.parquet"
columns = {{ district_id = "beat_num" }}

[[sources]]
role = "places"
path = "places.parquet"
columns = {{ category = "layer" }}

[[sources]]
role = "weather"
path = "{folder}/weather_daily_2001_2016-08.parquet"

[[sources]]
role = "incidents"
path = "{folder}/portal_export_*.csv.xz"
preset = "chicago"
"""


def make_real_workspace(root: Path, real_data: Path) -> Path:
    """Write the settings and the places that do not look ahead; return the folder."""
    import pandas as pd

    root.mkdir(parents=True, exist_ok=True)
    places = pd.read_parquet(real_data / "chicago" / "env_points.parquet")
    places[places["layer"].isin(PAST_LAYERS)].to_parquet(root / "places.parquet", index=False)
    (root / "evenbeat.toml").write_text(SETTINGS.format(folder=real_data / "chicago"), "utf-8")
    return root


BACKTEST_SETTINGS = """
[agency]
name = "Chicago (public data)"
timezone = "America/Chicago"
crs = "EPSG:26971"
subdivision = "IL"

[grid]
cell_size = 150

[shifts]
starts = {{ night = "00:00", day = "08:00", evening = "16:00" }}

[model]
crime_types = ["gunfire", "homicide", "aggravated_assault", "robbery", "burglary",
               "motor_vehicle_theft", "theft"]
maximum_rows = 800000

[[sources]]
role = "districts"
path = "districts.parquet"

[[sources]]
role = "places"
path = "places.parquet"
columns = {{ category = "layer" }}

[[sources]]
role = "weather"
path = "{folder}/weather_daily_2001_2016-08.parquet"

[[sources]]
role = "incidents"
path = "incidents.parquet"
class_system = "chicago_iucr"
columns.incident_id = "id"
columns.class_code = "iucr"
columns.occurred_from = "dt"
columns.latitude = "lat"
columns.longitude = "lon"

[[sources]]
role = "gunfire"
path = "gun_violence.parquet"
class_system = "chicago_iucr"
columns.incident_id = "id"
columns.occurred_from = "dt"
columns.latitude = "lat"
columns.longitude = "lon"
"""
"""Ten years of incidents, shifts from midnight. `gunfire` stands for gun violence here: homicides,
and aggravated batteries and assaults with a handgun; the city's sensors are not in the data."""
GUN_VIOLENCE = ("0110", "041A", "041B", "051A", "051B")
# Of 2015, before the years that are reported; licences and stops are later, requests of 2017.
DATED_BEFORE = ("grocery_store", "liquor_store_google")


def make_backtest_workspace(root: Path, real_data: Path) -> Path:
    """Write settings and inputs for a back-test of 2009 to 2017; return the folder."""
    import geopandas as gpd
    import pandas as pd

    root.mkdir(parents=True, exist_ok=True)
    folder = real_data / "chicago"
    city = gpd.read_parquet(folder / "city_boundary_no_ohare.parquet").to_crs("EPSG:26971")
    districts = gpd.read_parquet(folder / "districts_dec2012.parquet").to_crs("EPSG:26971")
    districts = districts.rename(columns={"dist_num": "district_id"})
    whole = gpd.overlay(districts[["district_id", "geometry"]], city[["geometry"]])
    whole.dissolve("district_id").reset_index().to_parquet(root / "districts.parquet")
    places = pd.read_parquet(folder / "env_points.parquet")
    places[places["layer"].isin(DATED_BEFORE)].to_parquet(root / "places.parquet", index=False)
    columns = ["dt", "iucr", "lat", "lon"]
    crime = pd.read_parquet(folder / "crime_2008_2017.parquet", columns=columns)
    crime = crime.reset_index(drop=True).rename_axis("id").reset_index()
    crime["iucr"] = crime["iucr"].astype(str).str.zfill(4)
    crime.to_parquet(root / "incidents.parquet", index=False)
    gun = crime[crime["iucr"].isin(GUN_VIOLENCE)].drop(columns="iucr")
    gun.to_parquet(root / "gun_violence.parquet", index=False)
    (root / "evenbeat.toml").write_text(BACKTEST_SETTINGS.format(folder=folder), "utf-8")
    return root


if __name__ == "__main__":
    print(make_backtest_workspace(Path(sys.argv[2]), Path(sys.argv[1]).resolve()))
