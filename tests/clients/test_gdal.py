"""GDAL reads what is published as XYZ, by its minidriver.

WMTS, downloads by ranges and vector tiles are read with GDAL in ``tests/tile_server``.
"""

from xml.sax.saxutils import escape

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.windows import from_bounds

from tests.clients.expected_picture import Cells, View
from tests.clients.map_pages import LAYER, SHIFT, STYLE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("map-clients")]
DAY = "2017-01-03"
XYZ = """<GDAL_WMS>
  <Service name="TMS"><ServerUrl>{address}</ServerUrl></Service>
  <DataWindow>
    <UpperLeftX>-20037508.342789244</UpperLeftX><UpperLeftY>20037508.342789244</UpperLeftY>
    <LowerRightX>20037508.342789244</LowerRightX><LowerRightY>-20037508.342789244</LowerRightY>
    <TileLevel>18</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
    <YOrigin>top</YOrigin>
  </DataWindow>
  <Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
  <BandsCount>4</BandsCount><ZeroBlockHttpCodes></ZeroBlockHttpCodes>
</GDAL_WMS>"""


@pytest.mark.parametrize("zoom", [9, 11, 13, 14, 16, 18])
def test_xyz__gdal_draws_every_cell_in_its_colour(service, no_refusals, tmp_path, zoom):
    cells = Cells(service.publication, LAYER, DAY, SHIFT, STYLE)
    view = View.over(*cells.hot_spot, zoom, 640, 480)
    path = f"/v1/tiles/{LAYER}/latest/{SHIFT}/{STYLE}/${{z}}/${{x}}/${{y}}.png?key={service.token}"
    described = tmp_path / "xyz.xml"
    described.write_text(XYZ.format(address=escape(f"{service.address}{path}")))
    options = {} if zoom == 18 else {"overview_level": 17 - zoom}
    with rasterio.open(described, **options) as source:
        window = from_bounds(*view.bounds, source.transform).round_offsets().round_lengths()
        seen = source.read(window=window)
    Image.fromarray(np.moveaxis(seen, 0, -1)).save(tmp_path / "seen.png")
    assert cells.is_drawn(tmp_path / "seen.png", view)
