"""A workspace on the real Chicago exports: beats as districts, 150 m cells."""

from __future__ import annotations

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
