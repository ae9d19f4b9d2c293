"""Archives: what is stored is sent, what is damaged is not, and closed ones do no harm."""

import asyncio
import shutil

import numpy as np
import pytest
from pmtiles.reader import MmapSource, all_tiles

from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.publication.files import FolderFiles
from evenbeat.tile_server.tiles.archives import Archive, Archives


@pytest.fixture
def files(published):
    return list(read_manifest(published).tiles())


def get(archives, folder, file):
    return asyncio.run(archives.get(FolderFiles(folder), file))


def stored(path):
    with path.open("rb") as file:
        return {tile: bytes(content) for tile, content in all_tiles(MmapSource(file))}


def test_archive__gives_every_tile_as_the_format_s_own_reader_does(published, files):
    path = published / files[0].path
    archive = Archive(path, files[0].size)
    tiles = stored(path)
    assert len(tiles) > 20
    for tile, content in tiles.items():
        assert archive.tile(*tile) == content
    assert archive.tile(12, 0, 0) is None
    assert archive.deepest == 14
    assert (archive.bits, archive.by_class) == (8, False)
    assert (np.diff(archive.levels) > 0).all()
    archive.close()


def test_archive__with_leaf_directories_is_read_whole(tmp_path):
    from evenbeat.core.store.index_tiles import TileCutter
    from tests.store.test_index_tiles import grid_of

    random = np.random.default_rng(3)
    grid = grid_of("EPSG:26971", 500.0, 200_000.0, 700_000.0, (300, 300))
    path, _ = TileCutter(grid).write(tmp_path, "large", random.random((300, 300)), (), about={})
    archive = Archive(path, path.stat().st_size)
    tiles = stored(path)
    assert len(tiles) > 2000
    for tile, content in tiles.items():
        assert archive.tile(*tile) == content
    archive.close()


def test_archives__the_least_used_is_closed_and_opened_again_when_needed(published, files):
    archives = Archives(most=2)
    first = get(archives, published, files[0])
    taken = first.tile(*next(iter(stored(published / files[0].path))))
    get(archives, published, files[1])
    assert get(archives, published, files[0]) is first
    get(archives, published, files[2])  # the second was used longest ago
    assert len(archives) == 2
    assert get(archives, published, files[0]) is first
    archives.keep({files[2].path})
    assert len(archives) == 1
    assert taken.startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="closed"):
        first.tile(*next(iter(stored(published / files[0].path))))
    assert get(archives, published, files[0]) is not first


@pytest.mark.parametrize("damage", ["missing", "short", "foreign", "garbled", "empty"])
def test_archives__a_damaged_file_is_none(published, files, tmp_path, damage):
    target = tmp_path / files[0].path
    target.parent.mkdir(parents=True)
    whole = (published / files[0].path).read_bytes()
    contents = {
        "short": whole[:-10],
        "foreign": b"x" * len(whole),
        "garbled": whole[:127] + bytes(400) + whole[527:],
        "empty": b"",
    }
    if damage != "missing":
        target.write_bytes(contents[damage])
    assert get(Archives(), tmp_path, files[0]) is None


def test_archives__an_archive_whose_folder_went_is_still_read(published, files, tmp_path):
    shutil.copytree(published, tmp_path / "copy")
    archives = Archives()
    archive = get(archives, tmp_path / "copy", files[0])
    shutil.rmtree(tmp_path / "copy")
    tile, content = next(iter(stored(published / files[0].path).items()))
    assert archive.tile(*tile) == content
