"""Files and folders appear whole or not at all."""

import pytest

from evenbeat.core.store.files import (
    canonical_json,
    fingerprint,
    replacing_file,
    replacing_folder,
    sha256_tree,
    sweep_temporaries,
)


def test_replacing_file__failure_leaves_the_former(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.txt"]


def test_replacing_folder__replaces_whole(tmp_path):
    target = tmp_path / "made"
    for number in range(2):
        with replacing_folder(target) as temporary:
            (temporary / f"{number}.txt").write_text("x")
    assert [item.name for item in target.iterdir()] == ["1.txt"]


def test_replacing_folder__failure_leaves_the_former(tmp_path):
    target = tmp_path / "made"
    with replacing_folder(target) as temporary:
        (temporary / "old.txt").write_text("x")
    with pytest.raises(RuntimeError), replacing_folder(target) as temporary:
        raise RuntimeError
    assert (target / "old.txt").is_file()
    assert len(list(tmp_path.iterdir())) == 1


def test_sweep_temporaries__removes_what_a_crash_left(tmp_path):
    (tmp_path / ".writing-1-x").mkdir()
    (tmp_path / ".writing-2-y").write_text("half")
    (tmp_path / "kept").write_text("x")
    assert sweep_temporaries(tmp_path) == 2
    assert [item.name for item in tmp_path.iterdir()] == ["kept"]


def test_canonical_json__order_does_not_matter():
    assert canonical_json({"b": 1, "a": [1.5, "é"]}) == '{"a":[1.5,"é"],"b":1}'
    assert fingerprint({"b": 1, "a": 2}) == fingerprint({"a": 2, "b": 1})
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json({"a": float("nan")})


def test_sha256_tree__names_and_bytes_count(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "a").write_text("x")
    (tmp_path / "two" / "a").write_text("x")
    (tmp_path / "three" / "b").write_text("x")
    assert sha256_tree(tmp_path / "one") == sha256_tree(tmp_path / "two")
    assert sha256_tree(tmp_path / "one") != sha256_tree(tmp_path / "three")
