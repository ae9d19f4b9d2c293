"""New workspaces, simulated cities, and whether the installation is well."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, operation
from evenbeat.core.engine.operations.steps import DailyResult
from evenbeat.core.engine.writable import require_writable


class InitRequest(Request):
    """Parameters of `init`."""

    folder: Path = Field(description="folder to make a workspace")
    name: str = Field("Agency", description="the agency's name")
    timezone: str = Field("UTC", description="IANA time zone of the files")
    crs: str = Field("auto", description="projected CRS, such as EPSG:26971")


class InitResult(Result):
    """The settings that were written."""

    settings: Path


class SimulateRequest(Request):
    """Parameters of `simulate`."""

    out: Path = Field(description="folder to write")
    size_km: float = Field(8.0, ge=2, le=60, description="width of the city")
    start: dt.date = Field(dt.date(2016, 1, 1), description="first day of history")
    days: int = Field(400, ge=28, le=3660, description="days of history")
    seed: int = Field(7, description="same seed, same bytes")
    timezone: str = Field("America/Chicago", description="IANA time zone")
    clean: bool = Field(False, description="leave out the deliberate dirt")
    force: bool = Field(False, description="replace the files of a workspace in use")


class SimulateResult(Result):
    """What was written."""

    folder: Path
    files: list[Path]


class DemoRequest(Request):
    """Parameters of `demo`."""

    out: Path = Field(description="folder of the demo workspace")


class DemoResult(Result):
    """A simulated city with its day."""

    workspace: Path
    day: DailyResult
    description: Path


class DoctorRequest(Request):
    """Parameters of `doctor`."""

    workspace: Path | None = Field(None, description="also check this workspace")


class Finding(Result):
    """One thing that was looked at."""

    check: str
    ok: bool
    detail: str
    advice: str


class DoctorResult(Result):
    """How the installation is."""

    findings: list[Finding]
    well: bool


@operation("init")
def init(_call: Call, asked: InitRequest) -> InitResult:
    """Make a folder a workspace: settings with comments, and a place for exports."""
    from evenbeat.core.pipeline.initialise import run_init

    require_writable(asked.folder)
    path = run_init(asked.folder, name=asked.name, timezone=asked.timezone, crs=asked.crs)
    return InitResult(settings=path)


@operation("simulate")
def simulate(call: Call, asked: SimulateRequest) -> SimulateResult:
    """Write the files that an agency of a simulated city would hand in."""
    from evenbeat.core.simulate import simulate_city, write_agency_files
    from evenbeat.core.simulate.demo import require_unused

    require_writable(asked.out)
    if not asked.force:
        require_unused(asked.out)
    city = simulate_city(
        seed=asked.seed, size_km=asked.size_km, start=asked.start, days=asked.days,
        timezone=asked.timezone,
        progress=lambda stage, fraction: call.progress(stage, 0.5 * fraction),
    )  # fmt: skip
    paths = write_agency_files(
        city, asked.out, dirt=not asked.clean,
        progress=lambda stage, fraction: call.progress(stage, 0.5 + 0.5 * fraction),
    )  # fmt: skip
    return SimulateResult(folder=asked.out, files=paths)


@operation("demo")
def demo(call: Call, asked: DemoRequest) -> DemoResult:
    """Simulate a city, then run its day from raw files to publication."""
    from dataclasses import replace

    from evenbeat.core.pipeline.demonstrate import run_demo
    from evenbeat.core.simulate.demo import DEMO_DATE, write_demo_city

    require_writable(asked.out)
    write_demo_city(
        asked.out, progress=lambda stage, fraction: call.progress(stage, 0.1 * fraction)
    )
    context = call.context(asked.out)
    outcome = run_demo(replace(context, progress=context.part(0.1, 1.0)), DEMO_DATE)
    return DemoResult(
        workspace=asked.out, day=DailyResult.model_validate(outcome.day),
        description=outcome.description,
    )  # fmt: skip


@operation("doctor")
def doctor(call: Call, asked: DoctorRequest) -> DoctorResult:
    """Check the installation and a workspace, and say how to mend what is not well."""
    from evenbeat.core.pipeline.doctor import run_doctor

    findings = run_doctor(asked.workspace, progress=call.progress)
    return DoctorResult(
        findings=[Finding.model_validate(finding) for finding in findings],
        well=all(finding.ok for finding in findings),
    )
