"""Which sums over past incidents are features: counts, fading and smoothed ones, and related types.

Near and far, lately and long ago: between them a model finds how far and how long an incident is
felt. [bench] Long half-lives over all the history there is rank better than a window of three
years; related crime types tell most of what one type's own history does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from evenbeat.core.features.declarations import Feature, HistorySum, Layout, Phase

LONG_RUN_DAYS = 1095
WINDOWS_DAYS = (7, 28, 365)
NEAR_M = 250
NEAR_REPEAT_DAYS = 14
HALF_LIVES_DAYS = (7, 30, 120, 365, 1095)
BANDWIDTHS_M = (0, 150, 300, 700)
DENSITY_BANDWIDTHS_M = (200, 400, 900)
RECURRENCE_HALF_LIFE_DAYS = 730
SEASON_YEARS = 4
SEASON_DAYS = 21

RELATED: dict[str, tuple[str, ...]] = {
    "violent": ("homicide", "rape", "aggravated_assault", "robbery", "gunfire"),
    "property": ("burglary", "motor_vehicle_theft", "theft", "arson"),
}
"""Related crime types whose history informs each other."""
SINGLE: tuple[str, ...] = (
    "gunfire", "homicide", "aggravated_assault", "robbery", "burglary", "motor_vehicle_theft",
    "theft",
)  # fmt: skip
"""Crime types whose history each informs all others."""


def list_sums(history_days: int) -> tuple[HistorySum, ...]:
    """Return every sum over past incidents.

    Parameters
    ----------
    history_days
        Incidents older than this are not used.
    """
    long_run = min(LONG_RUN_DAYS, history_days)
    return (
        *_counts(long_run),
        *_fading(history_days),
        *_densities(long_run),
        *_recurring(history_days),
        *_by_shift(long_run),
        *_related(long_run, history_days),
    )


def _history(name: str, group: str, words: str = "", layout: Layout = "own") -> Feature:
    return Feature(name, group, layout, "incidents", words)


def _span(days: int) -> str:
    """Return a number of days in words."""
    return f"{days // 365} years" if days >= 730 else "12 months" if days == 365 else f"{days} days"


def _up_to(days: Sequence[int], longest: int) -> list[int]:
    return sorted({min(window, longest) for window in days})


def _term(days: float) -> str:
    return "recent" if days <= 60 else "long_run"


def _counts(long_run: int) -> list[HistorySum]:
    """Return plain counts, in the cell and near it."""
    in_cell = [
        HistorySum(
            _history(
                f"count_{days}d", _term(days),
                f"{{value}} {{crimes}} in this cell in the last {_span(days)}",
            ),
            "own", days,
        )
        for days in _up_to((*WINDOWS_DAYS, long_run), long_run)
    ]  # fmt: skip
    near = [
        HistorySum(
            _history(
                f"near_{days}d_{NEAR_M}m", _term(days),
                f"{{value}} {{crimes}} within {NEAR_M} m in the last {_span(days)}",
            ),
            "own", days, radius_m=NEAR_M,
        )
        for days in _up_to((NEAR_REPEAT_DAYS, 28, 365, long_run), long_run)
    ]  # fmt: skip
    return in_cell + near


def _fading(history_days: int) -> list[HistorySum]:
    """Return exponentially decayed intensities, raw and smoothed."""
    return [
        HistorySum(
            _history(f"decay_{half_life}d_{bandwidth}m", _term(half_life)),
            "own", history_days, half_life_days=half_life, bandwidth_m=bandwidth,
        )
        for half_life in HALF_LIVES_DAYS
        for bandwidth in BANDWIDTHS_M
    ]  # fmt: skip


def _densities(long_run: int) -> list[HistorySum]:
    """Return kernel densities of the long run, and of the windows of the count baselines."""
    asked = [(days, 400) for days in _up_to((28, 365), long_run)]
    asked += [(long_run, bandwidth) for bandwidth in DENSITY_BANDWIDTHS_M]
    return [
        HistorySum(
            _history(f"density_{days}d_{bandwidth}m", _term(days)), "own", days,
            bandwidth_m=bandwidth,
        )
        for days, bandwidth in sorted(set(asked))
    ]  # fmt: skip


def _recurring(history_days: int) -> list[HistorySum]:
    """Return what happened on the same day of the week, and at the same time of earlier years."""
    asked: list[tuple[str, Phase, float | None]] = [
        ("same_weekday", "weekday", RECURRENCE_HALF_LIFE_DAYS)
    ]
    if history_days >= 365 + SEASON_DAYS:
        asked.append(("same_season", "season", None))
    return [
        HistorySum(
            _history(f"{name}_{bandwidth}m", "long_run"), "own",
            history_days, half_life_days=half_life, bandwidth_m=bandwidth, phase=phase,
        )
        for name, phase, half_life in asked
        for bandwidth in (0, 300)
    ]  # fmt: skip


def _by_shift(long_run: int) -> list[HistorySum]:
    """Return long-run densities on the same shift of the day, by aoristic shares."""
    return [
        HistorySum(
            _history(f"same_shift_{long_run}d_{bandwidth}m", "long_run", layout="own_shift"),
            "own", long_run, bandwidth_m=bandwidth, phase="shift",
        )
        for bandwidth in (0, 300, 800)
    ]  # fmt: skip


def _related(long_run: int, history_days: int) -> list[HistorySum]:
    """Return densities of all violent and of all property crime, and of each single type."""
    groups = [
        HistorySum(
            _history(
                name, of, f"much {of} crime around it" if half_life is None else "", layout="shared"
            ),
            of, long_run, half_life_days=half_life, bandwidth_m=bandwidth,
        )
        for of in RELATED
        for name, half_life, bandwidth in (
            (f"{of}_{long_run}d_300m", None, 300.0),
            (f"{of}_decay_60d_500m", 60.0, 500.0),
        )
    ]  # fmt: skip
    singles = [
        HistorySum(
            _history(f"{of}_decay_{half_life}d_{bandwidth}m", f"other:{of}", layout="shared"),
            of, history_days, half_life_days=half_life, bandwidth_m=bandwidth,
        )
        for of in SINGLE
        for half_life, bandwidth in ((60, 300), (730, 0), (730, 200))
    ]  # fmt: skip
    return groups + singles
