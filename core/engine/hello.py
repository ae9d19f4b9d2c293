"""The greeting: versions, and whether the installation can work, in well under half a second."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from platformdirs import user_log_path

from evenbeat.core import kernels
from evenbeat.core.engine import PROTOCOL, failures
from evenbeat.core.engine.catalogue import NAMES
from evenbeat.core.engine.control import CONTROL, HelloRequest, HelloResult, SelfTest, plain
from evenbeat.core.engine.messages import Failure
from evenbeat.core.kernels.cache_folder import is_writable
from evenbeat.core.pipeline.context import code_version
from evenbeat.core.pipeline.doctor import PACKAGES


class Greeting:
    """What `hello` answers, made once when the engine starts: nothing then delays it."""

    def __init__(self) -> None:
        self._packages, missing = _packages()
        self._tests = [_python(), _package_test(missing), _kernel_cache(), _temporary_folder()]
        self._code = code_version()

    def answer(self, parameters: dict[str, Any]) -> dict[str, Any] | Failure:
        """Return the greeting, or that the caller speaks another protocol.

        Raises
        ------
        ValidationError
            The parameters are not those of `hello`.
        """
        asked = HelloRequest.model_validate(parameters)
        if asked.protocol != PROTOCOL:
            return failures.wrong_protocol(asked.protocol, PROTOCOL)
        return plain(HelloResult(
            protocol=PROTOCOL, evenbeat=self._code, python=sys.version.split()[0],
            packages=self._packages, operations=[*CONTROL, *NAMES], self_test=self._tests,
            process=os.getpid(), log_file=str(user_log_path("evenbeat") / failures.LOG_FILE),
        ))  # fmt: skip


def _packages() -> tuple[dict[str, str], list[str]]:
    found, missing = {}, []
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    return found, missing


def _python() -> SelfTest:
    return SelfTest(
        name="Python", ok=True, detail=f"{sys.version.split()[0]} at {sys.executable}", advice=""
    )


def _package_test(missing: list[str]) -> SelfTest:
    return SelfTest(
        name="packages", ok=not missing,
        detail=f"missing: {', '.join(missing)}" if missing else "all are there",
        advice="In the engine's environment: pip install evenbeat" if missing else "",
    )  # fmt: skip


def _kernel_cache() -> SelfTest:
    place = os.environ.get("NUMBA_CACHE_DIR") or str(Path(kernels.__file__).parent / "__pycache__")
    ok = is_writable(Path(place))
    return SelfTest(
        name="kernel cache", ok=ok, detail=place,
        advice="" if ok else "The first forecast after each start takes longer. Give the variable "
        "NUMBA_CACHE_DIR a folder that you may write to.",
    )  # fmt: skip


def _temporary_folder() -> SelfTest:
    try:
        with tempfile.TemporaryFile():
            return SelfTest(
                name="temporary folder", ok=True, detail=str(Path(tempfile.gettempdir())), advice=""
            )
    except OSError as error:
        return SelfTest(
            name="temporary folder", ok=False, detail=str(error),
            advice="Free some disk space, or give TMPDIR a folder that you may write to.",
        )  # fmt: skip
