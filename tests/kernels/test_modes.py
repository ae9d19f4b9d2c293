"""The kernels under threads, without a compiler, without a cache folder, and at import."""

import json
import os
import pkgutil
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evenbeat.core import kernels
from evenbeat.core.kernels import flags
from tests.kernels.jobs import run_every_kernel

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.iter_modules(kernels.__path__))


def run_python(code, **environment):
    """Run code in a fresh process; an environment value None is taken away."""
    merged = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    merged = {name: value for name, value in merged.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env=merged, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_kernels__threads_at_once_give_the_bytes_of_one():
    seeds = list(range(8))
    alone = [run_every_kernel(seed) for seed in seeds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run_every_kernel, seeds))
    assert together == alone


def test_kernels__first_call_from_two_threads_at_once(tmp_path):
    finished = run_python(
        """
        import threading
        from tests.kernels.jobs import run_every_kernel
        both = threading.Barrier(2)
        written = {}

        def work(name):
            both.wait()
            written[name] = run_every_kernel(7, size=60)

        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert written["a"] == written["b"] and len(written["a"]) == 10
        """,
        NUMBA_CACHE_DIR=str(tmp_path),
    )
    assert finished.returncode == 0, finished.stderr


def test_import__compiles_nothing():
    finished = run_python(
        f"""
        import importlib, json
        compiled = {{}}
        for name in {MODULES!r}:
            module = importlib.import_module("evenbeat.core.kernels." + name)
            for attribute, value in vars(module).items():
                if hasattr(value, "signatures"):
                    compiled[attribute] = len(value.signatures)
        print(json.dumps(compiled))
        """,
        NUMBA_DISABLE_JIT=None,
    )
    assert finished.returncode == 0, finished.stderr
    compiled = json.loads(finished.stdout)
    assert {"bin_points", "area_share", "fill_overlaps"} <= set(compiled)
    assert not any(compiled.values())


def test_oracles__hold_without_the_compiler():
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/kernels", "-q", "-k", "naive or examples or border",
         "--hypothesis-profile=few", "-p", "no:cacheprovider", "-p", "no:xdist"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=ROOT, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout[-3000:]


@pytest.fixture
def sealed_package(tmp_path):
    """Return a folder with a copy of the kernels in which nothing can be cached.

    A file stands where the cache's folder would be made: that stops root too, as file modes do not.
    """
    package = tmp_path / "site" / "evenbeat" / "core" / "kernels"
    shutil.copytree(
        Path(flags.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "__pycache__").write_text("")
    return tmp_path / "site"


CALL = """
    import sys
    sys.path.insert(0, {site!r})
    sys.path_importer_cache.clear()
    sys.meta_path[:] = [finder for finder in sys.meta_path
                        if not getattr(finder, "__module__", "").startswith("__editable__")]
    import numpy as np
    {before}
    from evenbeat.core.kernels import binning
    assert binning.__file__.startswith({site!r}), binning.__file__
    out = np.zeros((2, 2))
    assert binning.bin_points(np.ones(3), np.ones(3), np.ones(3), 0.0, 2.0, 1.0, out) == 0
    assert out.sum() == 3
    """


@pytest.mark.parametrize("before", ["", "import numba"])
def test_cache__goes_to_the_users_folder_when_the_package_is_read_only(
    sealed_package, tmp_path, before
):
    finished = run_python(
        CALL.format(site=str(sealed_package), before=before),
        XDG_CACHE_HOME=str(tmp_path / "cache"), NUMBA_CACHE_DIR=None, NUMBA_DISABLE_JIT=None,
        PYTHONPATH=None, PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert list((tmp_path / "cache" / "evenbeat" / "kernels").rglob("*.nbi"))


@pytest.mark.parametrize("named", [None, "/dev/null/nowhere"])
def test_cache__nowhere_to_write_still_computes(sealed_package, named):
    finished = run_python(
        CALL.format(site=str(sealed_package), before=""),
        XDG_CACHE_HOME="/dev/null/nowhere", HOME="/dev/null", NUMBA_CACHE_DIR=named,
        NUMBA_DISABLE_JIT=None, PYTHONPATH=None, PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr


def test_choose_cache_folder__leaves_a_writable_package_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert flags.choose_cache_folder(tmp_path) is None


def test_flags__keep_nan_and_take_no_threads():
    for chosen in (flags.FLAGS, flags.EXACT_FLAGS):
        assert set(chosen["fastmath"]) <= {"contract", "arcp", "nsz"}
        assert chosen["cache"] and chosen["nogil"] and not chosen.get("parallel")
