"""QGIS draws what is published, by XYZ and by WMTS, without one failed request."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.clients.expected_picture import Cells, View

pytestmark = [pytest.mark.qgis, pytest.mark.slow, pytest.mark.xdist_group("map-clients")]

SCRIPT = Path(__file__).with_name("qgis_client.py")
LAYER, STYLE = "risk-robbery", "heat"
ZOOMS = (9, 11, 13, 14, 16, 18)
CAPABILITIES = "/v1/wmts/1.0.0/WMTSCapabilities.xml"


@cache
def qgis_python():
    """Return the Python that has QGIS, None where there is none."""
    for program in (os.environ.get("EVENBEAT_QGIS_PYTHON", ""), "/usr/bin/python3"):
        if program and Path(program).exists():
            tried = subprocess.run([program, "-c", "import qgis.core"], check=False,
                                   capture_output=True)  # fmt: skip
            if tried.returncode == 0:
                return program
    return None


def draw(uri, views, folder):
    """Let QGIS draw windows; return its answer and the pictures."""
    program = qgis_python()
    if program is None:
        pytest.skip("no QGIS on this computer; on Debian: apt install python3-qgis")
    jobs = [{"uri": uri, "bounds": view.bounds, "size": [view.width, view.height],
             "picture": str(folder / f"{number}.png")}
            for number, view in enumerate(views)]  # fmt: skip
    (folder / "jobs.json").write_text(json.dumps(jobs))
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [program, SCRIPT, folder / "jobs.json", folder / "answer.json"],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **home},
        check=False, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads((folder / "answer.json").read_text()), [job["picture"] for job in jobs]


def wmts(service, entry, matrix_set, **more):
    """Return the parts of a URI as the dialog of WMTS makes it."""
    return {"url": f"{service.address}{entry}{'&' if '?' in entry else '?'}key={service.token}",
            "layers": f"{LAYER}.night", "styles": STYLE, "tileMatrixSet": matrix_set,
            "format": "image/png", "crs": "EPSG:3857", "contextualWMSLegend": "0",
            "dpiMode": "7", "featureCount": "10", **more}  # fmt: skip


def xyz(service, date):
    """Return the parts of a URI as the dialog of XYZ tiles makes it of a pasted address."""
    path = f"/v1/tiles/{LAYER}/{date}/night/{STYLE}/{{z}}/{{x}}/{{y}}.png?key={service.token}"
    return {"type": "xyz", "url": f"{service.address}{path}", "zmin": "0", "zmax": "18"}


@pytest.mark.parametrize(("way", "date"), [
    ("xyz", "latest"), ("rest", "latest"), ("kvp", "2017-01-02"),
    *(pytest.param(*rest, marks=pytest.mark.extended) for rest in (
        ("xyz", "2017-01-02"), ("rest", "2017-01-02"), ("kvp", "latest"),
    )),
])  # fmt: skip
def test_qgis__draws_every_cell_in_its_colour(service, no_refusals, tmp_path, way, date):
    cells = Cells(service.publication, LAYER, "2017-01-03" if date == "latest" else date,
                  "night", STYLE)  # fmt: skip
    views = [View.over(*cells.hot_spot, zoom, 640, 480) for zoom in ZOOMS]
    time = {} if date == "latest" else {"tileDimensions": f"Time={date}"}
    entries = {"rest": CAPABILITIES, "kvp": "/v1/wmts?service=WMTS&request=GetCapabilities"}
    matrix_set = "EPSG:3857" if way == "kvp" else "WebMercatorQuad"
    uri = (
        xyz(service, date) if way == "xyz" else wmts(service, entries[way], matrix_set, **time)
    )  # fmt: skip
    answer, pictures = draw(uri, views, tmp_path)
    assert answer["faults"] == [[]] * len(views)
    assert answer["messages"] == []
    tiles = [reply for reply in answer["replies"] if "Capabilities" not in reply[0]]
    assert len(tiles) >= len(views)
    assert [reply for reply in answer["replies"] if reply[1] != 200 or reply[2]] == []
    for view, picture in zip(views, pictures, strict=True):
        # QGIS 3.22 stretches a tile by a pixel on some zooms.
        assert cells.share_unlike(picture, view) < 0.01, view.zoom
        assert cells.share_unlike(picture, view, within_px=1) == 0, view.zoom
