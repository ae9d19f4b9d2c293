"""The tile service beside stock TiTiler, Terracotta and xpublish-tiles, by turns on loopback."""

import contextlib
import datetime as dt
import importlib.util
import io
import statistics
import zlib

import mercantile
import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from PIL import Image
from rasterio.io import MemoryFile
from rasterio.warp import transform_bounds
from rio_tiler.colormap import cmap as colormap
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader
from scipy.ndimage import gaussian_filter

from evenbeat.core.store import indexed_png
from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.index_tiles import CLASS_BITS, TileCutter
from evenbeat.core.store.indexed_png import picture, pixels
from evenbeat.core.store.manifest import (
    Manifest,
    PublishedFile,
    PublishedGrid,
    PublishedLayer,
    PublishedRaster,
)
from evenbeat.core.store.mercator import Warp
from evenbeat.core.store.tile_levels import classify, level_bounds, quantise
from evenbeat.tile_server.publication.published import Publication
from evenbeat.tile_server.styles.style_files import load_styles
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.archives import Archive
from evenbeat.tile_server.tiles.differences import Differences, pair_of
from evenbeat.tile_server.tiles.painting import level_palette
from evenbeat.tile_server.tiles.pictures import STORED_HEAD, palette_head, repaint
from tests.benchmarks import tile_servers
from tests.benchmarks.interleave import Comparison, interleave, median_seconds

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("default"),  # of the peers
    pytest.mark.timeout(1800),
]

EDGE = 4000
PLACES = {
    "EPSG:4326": (1e-4, -88.0, 42.0),
    "EPSG:26971": (10.0, 330_000.0, 600_000.0),
}
ROUNDS, SECONDS = 5, 2.0


def surface():
    """Return a city's risk: a few hot spots and a long tail, 0 to 1."""
    random = np.random.default_rng(5)
    rough = random.gamma(0.05, 1.0, (EDGE // 4, EDGE // 4)).repeat(4, 0).repeat(4, 1)
    smooth = gaussian_filter(rough.astype(np.float32), 6)
    return smooth / smooth.max()


def grid_of(crs, step=1):
    size, west, north = PLACES[crs]
    bounds = (west, north - EDGE * size, west + EDGE * size, north)
    return PublishedGrid(
        crs=crs, cell_size=size * step, cell_size_m=10.0 * step,
        shape=(EDGE // step, EDGE // step), bounds=bounds,
        bounds_wgs84=transform_bounds(crs, "EPSG:4326", *bounds), cells_inside=(EDGE // step) ** 2,
    )  # fmt: skip


def write_raster(path, cells, crs, step=1):
    """Write what the peers read: a COG that their own documentation would call good."""
    size, west, north = PLACES[crs]
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": crs,
               "height": EDGE // step, "width": EDGE // step,
               "transform": Affine(size * step, 0, west, 0, -size * step, north),
               "nodata": float("nan")}  # fmt: skip
    with MemoryFile(ext=".tif") as memory:
        with memory.open(**profile) as plain:
            plain.write(cells, 1)
        with memory.open() as plain:
            rasterio.shutil.copy(plain, str(path), driver="COG", COMPRESS="DEFLATE",
                                 PREDICTOR="FLOATING_POINT", BLOCKSIZE="256",
                                 OVERVIEW_RESAMPLING="NEAREST")  # fmt: skip
    return path


@pytest.fixture(scope="module")
def cells():
    return surface()


@pytest.fixture(scope="module")
def rasters(cells, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rasters")
    return {crs: write_raster(folder / f"{crs[5:]}.tif", cells, crs) for crs in PLACES}


@pytest.fixture(scope="module")
def published(cells, rasters, tmp_path_factory):
    """A publication of that raster, as the publisher leaves it."""
    folder, version = tmp_path_factory.mktemp("published"), "0123456789abcdef"
    place = folder / "risk" / "2017-01-03-day" / version
    place.mkdir(parents=True)
    grid, classes = grid_of("EPSG:4326"), area_classes(cells)
    archives = TileCutter(grid).write(place, "risk", cells, classes, about={})
    (place / "risk.tif").symlink_to(rasters["EPSG:4326"])
    relative = f"risk/2017-01-03-day/{version}"
    start = dt.datetime(2017, 1, 3, 13, tzinfo=dt.UTC)
    raster = PublishedRaster(
        version=version, path=f"{relative}/risk.tif", sha256="0" * 64, size=1,
        item=f"{relative}/item.json", run_id="run", shift_start=start,
        shift_end=start + dt.timedelta(hours=8), grid="grid", total=float(cells.sum()),
        maximum=float(cells.max()), classes=classes, as_of=start,
        **{
            field: PublishedFile(version=version, path=f"{relative}/{path.name}",
                                 sha256="0" * 64, size=path.stat().st_size)
            for field, path in zip(("tiles", "class_tiles"), archives, strict=True)
        },
    )  # fmt: skip
    layer = PublishedLayer(
        title="Risk", long_name="risk", comment="", units="1", variable="expected_count",
        crime_type="robbery", dates={"2017-01-03": {"day": raster}},
    )  # fmt: skip
    manifest = Manifest(layers={"risk": layer}, grids={"grid": grid})
    (folder / "manifest.json").write_bytes(manifest.to_bytes())
    return folder


@pytest.fixture(scope="module")
def archive(published):
    (path,) = published.glob("risk/*/*/risk.pmtiles")
    found = Archive(path, path.stat().st_size)
    yield found
    found.close()


def city_tiles(zooms):
    """Return the tiles well inside the raster."""
    west, south, east, north = grid_of("EPSG:4326").bounds_wgs84
    inner = (west + 0.05, south + 0.05, east - 0.05, north - 0.05)
    return [(tile.z, tile.x, tile.y) for tile in mercantile.tiles(*inner, zooms)]


TILES = city_tiles([12, 13])[::2]


@pytest.fixture(scope="module")
def servers(published, rasters, tmp_path_factory):
    """Ours and the peers that are installed, all at once; idle ones take no CPU."""
    if not (tile_servers.PEERS / "uvicorn").exists():
        pytest.skip("the peers are not installed in .venv-bench")
    scratch = tmp_path_factory.mktemp("servers")
    raster, probe = rasters["EPSG:4326"], TILES[0]
    with contextlib.ExitStack() as opened:
        yield {
            "ours": opened.enter_context(
                tile_servers.ours(published, scratch / "keys.json", layer="risk", probe=probe)
            ),
            "TiTiler": opened.enter_context(tile_servers.titiler(raster, probe=probe)),
            "Terracotta": opened.enter_context(
                tile_servers.terracotta(raster, scratch, probe=probe)
            ),
            "xpublish-tiles": opened.enter_context(tile_servers.xpublish(raster, probe=probe)),
        }


def by_turns(servers, peer, *, connections, rounds=ROUNDS, **ours):
    """Load ours and a peer in alternating order, after a short load of each to warm up."""
    found = {"ours": [], peer: []}
    for name in found:
        tile_servers.load(servers[name], TILES, connections=connections, seconds=0.5)
    for turn in range(rounds):
        for name in list(found)[:: -1 if turn % 2 else 1]:
            extra = ours if name == "ours" else {}
            found[name].append(tile_servers.load(
                servers[name], TILES, connections=connections, seconds=SECONDS, **extra
            ))  # fmt: skip
    return found["ours"], found[peer]


def compared(ours, theirs, measure):
    return Comparison(tuple(map(measure, ours)), tuple(map(measure, theirs)))


def test_tile__titiler(servers, table):
    for tile in TILES[:3]:
        ours, theirs = (Image.open(io.BytesIO(servers[name].get(tile))).convert("RGBA")
                        for name in ("ours", "TiTiler"))  # fmt: skip
        assert ours.size == theirs.size == (256, 256)
    ours, theirs = by_turns(servers, "TiTiler", connections=8)
    job = "styled tile with a key, 8 connections"
    pace = compared(ours, theirs, lambda one: 1 / one.per_second)
    table.add_ratio(f"{job}: throughput", "TiTiler", pace, at_least=40, unit="ms a tile")
    effort = compared(ours, theirs, lambda one: one.cpu_ms / 1000)
    table.add_ratio(f"{job}: CPU", "TiTiler", effort, at_least=40, unit="ms a tile")
    slowest = compared(ours, theirs, lambda one: one.wait_s(0.95))
    table.add_ratio(f"{job}: p95", "TiTiler", slowest, at_least=20, unit="ms")
    table.add_note(f"{job}: our tiles a second",
                   f"{statistics.median(one.per_second for one in ours):.0f}")  # fmt: skip


@pytest.mark.parametrize(("peer", "bar"), [("Terracotta", 12), ("xpublish-tiles", 20)])
def test_tile__others(servers, table, peer, bar):
    ours, theirs = by_turns(servers, peer, connections=1)
    pace = compared(ours, theirs, lambda one: 1 / one.per_second)
    table.add_ratio("styled tile with a key, 1 connection", peer, pace, at_least=bar,
                    unit="ms a tile")  # fmt: skip


def test_unchanged__titiler(servers, table):
    ours, theirs = by_turns(servers, "TiTiler", connections=8, status=304,
                            headers={"If-None-Match": "*"})  # fmt: skip
    assert all(one.bytes == 0 for one in ours)
    pace = compared(ours, theirs, lambda one: 1 / one.per_second)
    table.add_ratio("a known tile (304), 8 connections", "TiTiler, which sends it again", pace,
                    at_least=30, unit="ms a tile")  # fmt: skip


def test_restyle(archive, cells, table):
    stored = archive.tile(*TILES[0])
    palette = level_palette(load_styles()["times-average"], archive.levels, scale_of(cells),
                            exact=archive.exact)  # fmt: skip

    def job():
        for _ in range(1000):
            repaint(stored, palette_head(256, 256, palette))

    table.add_limit("restyle a stored tile, header made anew", median_seconds(job) * 1e3, "us",
                    at_most=20)  # fmt: skip
    shown = Image.open(io.BytesIO(repaint(stored, palette_head(256, 256, palette))))
    level = np.asarray(Image.open(io.BytesIO(stored)))
    np.testing.assert_array_equal(np.asarray(shown.convert("RGBA")), palette[level])


def scale_of(values):
    return ValueScale("1", float(values.mean()), float(values.max()), area_classes(values))


def indexed(values, style):
    """Return the index of each cell, as the publisher stores it for a style, colours, and bits."""
    scale = scale_of(values)
    if style == "5 classes":
        known = np.ones(values.shape, bool)
        return classify(values, known, scale.classes), load_styles()["heat"].palette, CLASS_BITS
    bounds = level_bounds(values, scale.classes)
    palette = level_palette(load_styles()["times-average"], bounds, scale, exact=False)
    return quantise(values, bounds), palette, 8


@pytest.mark.parametrize("cell_m", [10, 160])
@pytest.mark.parametrize("style", ["a ramp", "5 classes"])
def test_encode__gdal(cells, table, style, cell_m):
    step = cell_m // 10
    values, grid = cells[::step, ::step], grid_of("EPSG:4326", step)
    index, palette, bits = indexed(values, style)
    tiles = [np.append(np.uint8(0), index).take(Warp(grid).cells(tile)) for tile in TILES[:20]]
    pictures = [np.ascontiguousarray(palette[tile].transpose(2, 0, 1)) for tile in tiles]

    def ours():
        return [picture(256, 256, palette, pixels(tile, bits=bits), bits=bits) for tile in tiles]

    def theirs():
        return [gdal_png(bands) for bands in pictures]

    job = f"encode a palette PNG, {style}, cells of {cell_m} m"
    size = sum(map(len, theirs()))
    for made, by, bar in ((ours, "zlib", 15), (isal_pictures(tiles, palette, bits), "isal", 50)):
        if made is None:
            table.add_note(f"{job}, {by}", "not installed")
            continue
        both = interleave(made, theirs, rounds=9)
        table.add_ratio(f"{job}, {by}", "GDAL, RGBA", both, at_least=bar, unit="ms",
                        units=len(tiles))  # fmt: skip
        share = sum(map(len, made())) / size
        table.add_limit("  its bytes as a share of GDAL's", share, "", at_most=1)


def isal_pictures(tiles, palette, bits):
    """Return a job that encodes with ISA-L, which the publisher does not use; None without it."""
    if importlib.util.find_spec("isal") is None:
        return None
    isal = importlib.import_module("isal.isal_zlib")

    def job():
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(indexed_png, "deflated", lambda rows: isal.compress(rows, 1))
            return [picture(256, 256, palette, pixels(tile, bits=bits), bits=bits)
                    for tile in tiles]  # fmt: skip

    for made, tile in zip(job()[:3], tiles[:3], strict=True):
        shown = np.asarray(Image.open(io.BytesIO(made)).convert("RGBA"))
        np.testing.assert_array_equal(shown, palette[tile])
    return job


def gdal_png(bands):
    profile = {"driver": "PNG", "dtype": "uint8", "count": 4, "height": 256, "width": 256}
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(bands)
        return memory.read()


def test_publish__rio_tiler(cells, rasters, table, tmp_path):
    grid, classes = grid_of("EPSG:26971"), area_classes(cells)
    tiles = [tile for zoom in range(9, 15) for tile in Warp(grid).tiles(zoom)]
    every = 12
    reds = colormap.get("reds")

    def ours():
        return TileCutter(grid).write(tmp_path, "risk", cells, classes, about={})

    def theirs():
        with Reader(str(rasters["EPSG:26971"])) as reader:
            for zoom, column, row in tiles[::every]:
                with contextlib.suppress(TileOutsideBounds):
                    image = reader.tile(column, row, zoom)
                    image.rescale(((0, 1),))
                    image.render(img_format="PNG", colormap=reds)

    both = interleave(ours, theirs, rounds=3)
    scaled = Comparison(both.ours_s, tuple(every * spent for spent in both.theirs_s))
    job = "cut a raster of 4000 x 4000, zooms 0-14"
    table.add_ratio(job, f"rio-tiler, zooms 9-14 (a tile in {every} x {every})", scaled,
                    at_least=10)  # fmt: skip
    table.add_limit(job, both.ours, "s", at_most=2)
    by_level, by_class = (path.stat().st_size / 1e6 for path in ours())
    raster_size = rasters["EPSG:26971"].stat().st_size / 1e6
    table.add_note("  its size by level and by class, and that of the COG",
                   f"{by_level:.1f} MB, {by_class:.1f} MB, {raster_size:.1f} MB")  # fmt: skip


def test_difference__tile(cells, published, table):
    """A day less another: made once for each pair and tile, then sent as it is."""
    snapshot = Publication(published).snapshot()
    found = snapshot.find("risk", "2017-01-03", "day")
    pair, style = pair_of(found, found), load_styles()["change"]

    def first():
        Differences().make(pair, style, TILES[0])

    table.add_note("difference of two rasters of 4000 x 4000: the first tile",
                   f"{median_seconds(first, rounds=3):.2f} s")  # fmt: skip
    made = Differences()
    made.make(pair, style, TILES[0])

    def others():
        for tile in TILES[:20]:
            made.make(pair, style, tile)

    table.add_note("  a further tile", f"{median_seconds(others) / 20 * 1e3:.1f} ms")

    def kept():
        for _ in range(100):
            made.kept(pair, style, TILES[0])

    table.add_note("  a tile that is at hand", f"{median_seconds(kept) / 100 * 1e3:.2f} ms")


@pytest.mark.parametrize(
    ("crs", "cell_m", "tolerance", "bar"),
    [("EPSG:4326", 10, None, 1e-5), ("EPSG:26971", 10, 1e-6, 1e-3),
     ("EPSG:26971", 160, None, 1e-3), ("EPSG:26971", 10, None, 1e-3)],
)  # fmt: skip
def test_pixels__rio_tiler(cells, table, tmp_path, crs, cell_m, tolerance, bar):
    """GDAL itself may be off by an eighth of a pixel, unless its tolerance forbids it."""
    step = cell_m // 10
    warp, shown = Warp(grid_of(crs, step)), cells[::step, ::step]
    path = write_raster(tmp_path / "risk.tif", shown, crs, step)
    values = np.append(np.float32(np.nan), shown)
    for zoom in (14, 15, 16, 17):
        tiles = list(warp.tiles(zoom))
        differ = total = 0
        for tile in tiles[:: max(1, len(tiles) // 60)]:
            theirs = nearest(path, tile, tolerance)
            if theirs is not None:
                ours = values[warp.cells(tile)]
                differ += int(((ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs))).sum())
                total += ours.size
        exact = "" if tolerance is None else ", told to project every pixel"
        job = f"pixels unlike rio-tiler's nearest{exact}, {crs}, {cell_m} m, zoom {zoom}"
        table.add_limit(job, differ / total, "", at_most=bar)


def nearest(path, tile, tolerance):
    """Return a tile as rio-tiler reads it, None outside the raster."""
    options = {} if tolerance is None else {"vrt_options": {"tolerance": tolerance}}
    zoom, column, row = tile
    with Reader(str(path)) as reader:
        try:
            image = reader.tile(column, row, zoom, resampling_method="nearest",
                                reproject_method="nearest", **options)  # fmt: skip
        except TileOutsideBounds:
            return None
    band = image.array[0]
    return np.where(np.ma.getmaskarray(band), np.nan, band.data)


def test_bytes__a_tile_is_what_the_service_takes_it_for(archive):
    stored = archive.tile(*TILES[0])
    assert stored.startswith(STORED_HEAD)
    level = np.asarray(Image.open(io.BytesIO(stored)))
    assert zlib.decompress(stored[len(STORED_HEAD) + 8 : -16])[1:257] == level[0].tobytes()


def test_levels__error(cells, table):
    classes = area_classes(cells)
    bounds = level_bounds(cells, classes)
    level = quantise(cells, bounds)
    low = bounds.astype(float)
    high = np.append(low[1:], cells.max())
    middle = np.sqrt(low * high)[level - 1]
    known = cells > 0
    error = np.abs(middle - cells)[known] / cells[known]
    table.add_note(
        "255 levels: error of a value", f"mean {error.mean():.2g}, max {error.max():.2g}"
    )
    assert error.max() <= 0.029
