"""The one place for numba's flags, and for where its cache lives."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from evenbeat.core.kernels.cache_folder import choose_cache_folder

_F = TypeVar("_F", bound=Callable[..., Any])


def _settle_cache_folder() -> None:
    """Tell numba where to keep compiled code; it reads the environment once, at its import."""
    folder = choose_cache_folder(Path(__file__).parent)
    if folder is None:
        return
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


_settle_cache_folder()

from numba import njit  # noqa: E402  (the cache folder must be settled before)

# Of fastmath only what keeps NaN and infinity alive. No `parallel`: it costs seconds of compiling
# a kernel, aborts under two Python threads on the workqueue layer, and its sums would depend on
# the number of threads. `nogil` lets callers use their own threads.
EXACT_FLAGS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"nsz"},
}
"""For kernels that decide by ``floor`` of a quotient: rounded exactly as numpy rounds."""

FLAGS: dict[str, Any] = {**EXACT_FLAGS, "fastmath": {"contract", "arcp", "nsz"}}
"""For plain sums: products and sums may fuse, and a division become a product."""


def _compile_lazily(function: _F, flags: dict[str, Any]) -> _F:
    try:
        return cast(_F, njit(**flags)(function))
    except RuntimeError:
        # "cannot cache function": nowhere to write. Compile anew in each process instead.
        return cast(_F, njit(**{**flags, "cache": False})(function))


def kernel(function: _F) -> _F:
    """Compile a function at its first call with `FLAGS`."""
    return _compile_lazily(function, FLAGS)


def exact_kernel(function: _F) -> _F:
    """Compile a function at its first call with `EXACT_FLAGS`."""
    return _compile_lazily(function, EXACT_FLAGS)
