"""The engine's start, after its surroundings are settled."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import warnings
from pathlib import Path

IDLE_MINUTES = 30.0
VARIABLE = "NUMBA_CACHE_DIR"


def start(requests: int, messages: int) -> None:
    """Serve one caller until it goes, then leave with 0.

    Parameters
    ----------
    requests, messages
        Descriptors to read from and write to.
    """
    parser = argparse.ArgumentParser(prog="python -I -m evenbeat.core.engine", description=__doc__)
    parser.add_argument(
        "--idle-minutes", type=float, default=IDLE_MINUTES,
        help="end after so long without a request; default %(default)g",
    )  # fmt: skip
    options = parser.parse_args()
    # What imports make is kept; looking there for garbage costs a short operation a twelfth.
    gc.set_threshold(50_000, 20, 20)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    warnings.simplefilter("default")
    _settle_kernel_cache()

    from evenbeat.core.engine.lines import Messages
    from evenbeat.core.engine.server import Server

    Server(requests, Messages(messages), idle_seconds=options.idle_minutes * 60).serve()
    sys.stderr.flush()
    # Threads of libraries must not hold up the end; everything that was begun is finished.
    os._exit(0)


def _settle_kernel_cache() -> None:
    """Keep compiled kernels where they can be written, before numba reads where that is."""
    from importlib.util import find_spec

    from evenbeat.core.kernels.cache_folder import choose_cache_folder, is_writable

    given = os.environ.get(VARIABLE)
    if given and not is_writable(Path(given)):
        del os.environ[VARIABLE]
    package = find_spec("evenbeat.core.kernels")
    places = [] if package is None else list(package.submodule_search_locations or ())
    folder = choose_cache_folder(Path(places[0])) if places else None
    if folder is not None:
        os.environ[VARIABLE] = str(folder)
