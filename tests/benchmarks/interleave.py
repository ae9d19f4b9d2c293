"""Measure by turns, so that a busy machine slows both sides alike; and whole processes with peaks.

`interleave` times two callables in alternating order in CPU time on one thread. `measure_process`
runs a command and returns its wall time, CPU time and peak memory. Rows go into a `Table`, which
is printed when the run ends.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numba
from threadpoolctl import threadpool_limits


@dataclass(frozen=True)
class Comparison:
    """Seconds of each round on both sides."""

    ours_s: tuple[float, ...]
    theirs_s: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """How many times as long the peer took, round by round."""
        return [theirs / ours for ours, theirs in zip(self.ours_s, self.theirs_s, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def ours(self) -> float:
        return statistics.median(self.ours_s)

    @property
    def theirs(self) -> float:
        return statistics.median(self.theirs_s)


def cpu_seconds(job: Callable[[], object]) -> float:
    """Return the CPU time of one call, of all threads of the process."""
    started = time.process_time()
    job()
    return time.process_time() - started


def interleave(
    ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5
) -> Comparison:
    """Time two jobs by turns on one thread, after one call of each to warm up.

    CPU time, because others may use the machine; the order changes from round to round.
    """
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    sides = [("ours", ours), ("theirs", theirs)]
    numba_threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        with threadpool_limits(1):
            for _, job in sides:
                job()
            for turn in range(rounds):
                for name, job in sides[:: -1 if turn % 2 else 1]:
                    seconds[name].append(cpu_seconds(job))
    finally:
        numba.set_num_threads(numba_threads)
    return Comparison(tuple(seconds["ours"]), tuple(seconds["theirs"]))


def median_seconds(job: Callable[[], object], *, rounds: int = 5) -> float:
    """Return the median CPU time of a job on one thread, where the bar is a limit and no peer."""
    with threadpool_limits(1):
        job()
        return statistics.median(cpu_seconds(job) for _ in range(rounds))


@dataclass(frozen=True)
class Usage:
    """What a command used; the peak is that of its largest process."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    stdout: str


# The command is not started from this process, but from a fresh small one: Linux counts to a new
# process the memory that its parent had when it was started.
_LAUNCHER = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
finished = subprocess.run(sys.argv[2:], check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
scale = 1e6 if sys.platform == "darwin" else 1e3
with open(sys.argv[1], "w") as file:
    json.dump({"wall_s": time.perf_counter() - started, "cpu_s": used.ru_utime + used.ru_stime,
               "peak_mb": used.ru_maxrss / scale, "code": finished.returncode}, file)
"""


def measure_process(
    command: Sequence[str | Path],
    *,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    timeout_s: float = 1800,
) -> Usage:
    """Run a command to its end and return what it used.

    Raises
    ------
    RuntimeError
        The command failed; the message ends with what it wrote.
    """
    with tempfile.TemporaryDirectory() as scratch:
        figures = Path(scratch) / "usage.json"
        finished = subprocess.run(
            [sys.executable, "-S", "-c", _LAUNCHER, figures, *command],
            env=environment, cwd=folder, timeout=timeout_s, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        used = json.loads(figures.read_text())
    if used.pop("code") != 0:
        written = (finished.stdout + finished.stderr)[-2000:]
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{written}")
    return Usage(**used, stdout=finished.stdout)


@dataclass(frozen=True)
class Row:
    job: str
    ours: str
    peer: str
    theirs: str
    reached: str
    bar: str
    met: bool


@dataclass
class Table:
    """Rows of figures beside their bars."""

    rows: list[Row] = field(default_factory=list)

    def add_ratio(
        self, job: str, peer: str, measured: Comparison, *, at_least: float, unit: str = "s",
        units: float = 1.0,
    ) -> None:  # fmt: skip
        """Note how many times as fast as a peer; ``units`` is the work that one call does."""
        scale = {"s": 1.0, "ms": 1e3, "ns": 1e9}[unit.split()[0]] / units
        spread = f"{min(measured.ratios):.3g}-{max(measured.ratios):.3g}"
        self.rows.append(Row(
            job, f"{measured.ours * scale:.3g} {unit}", peer,
            f"{measured.theirs * scale:.3g} {unit}", f"{measured.ratio:.3g}x ({spread})",
            f">= {at_least:g}x", measured.ratio >= at_least,
        ))  # fmt: skip

    def add_limit(self, job: str, value: float, unit: str, *, at_most: float) -> None:
        """Note a figure that must not exceed a limit."""
        self.rows.append(
            Row(job, f"{value:.3g} {unit}", "", "", "", f"<= {at_most:g} {unit}",
                value <= at_most)
        )  # fmt: skip

    def add_floor(
        self, job: str, value: float, unit: str, *, at_least: float, note: str = ""
    ) -> None:
        """Note a figure that must reach a bar."""
        told = f"{value:.4g} {unit} {note}".strip()
        self.rows.append(
            Row(job, told, "", "", "", f">= {at_least:g} {unit}".strip(), value >= at_least)
        )

    def add_note(self, job: str, figure: str) -> None:
        """Note a figure that has no bar."""
        self.rows.append(Row(job, figure, "", "", "", "", True))

    def lines(self) -> list[str]:
        """Return the table as text."""
        head = ("job", "Evenbeat", "peer", "peer's", "reached", "bar", "met")
        body = [
            (row.job, row.ours, row.peer, row.theirs, row.reached, row.bar,
             ("yes" if row.met else "NO") if row.bar else "")
            for row in self.rows
        ]  # fmt: skip
        widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
        cells = [[text.ljust(width) for text, width in zip(line, widths, strict=True)]
                 for line in [head, ["-" * width for width in widths], *body]]  # fmt: skip
        return ["  ".join(line).rstrip() for line in cells]
