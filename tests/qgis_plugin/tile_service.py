"""A real tile service over a copy of a demo workspace, with a key."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import harness


@dataclass(frozen=True)
class Running:
    """A service that answers nothing without the key; its log has every request."""

    workspace: Path
    address: str
    key: str
    log: Path

    def requests(self) -> list[dict]:
        """Return the requests so far."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


def evenbeat(*arguments: str) -> str:
    """Run a command of Evenbeat and return what it prints."""
    command = [harness.ENGINE, "-I", "-m", "evenbeat.core.cli", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def running(workspace: Path, log: Path):
    """Serve a workspace's publication on a free port."""
    place = ("-w", str(workspace))
    printed = evenbeat("keys", "create", "Desk", "--may", "assignments", "--json", *place)
    key = re.search(r"evb_[A-Za-z0-9_-]+", printed).group()
    command = [harness.ENGINE, "-I", "-m", "evenbeat.core.cli", "serve", *place, "--port", "0",
               "--keys", "--request-log", str(log)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            address = re.search(r"http://[0-9.:]+", line).group()
            _wait_for(f"{address}/healthz")
            yield Running(workspace, address, key, log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
