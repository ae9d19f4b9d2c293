"""What a back-test is asked for, and the command that asks for it again."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

AREA_SHARES = (0.0025, 0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True)
class BacktestRequest:
    """What to test.

    Parameters
    ----------
    first, last
        First and last service date.
    horizon
        ``shift``, ``day``, ``week``, ``2-weeks``, ``month``, ``2-months`` or ``3-months``.
    crime_types
        Types to test; empty for those of the settings.
    refit_days
        Days after which models are fitted anew; None for ``model.refit_days``.
    lag_days
        Days by which all news comes late: each window knows what was known so many days before.
    area_shares
        Shares of the area to flag.
    boxes_per_district
        Boxes to flag in each district besides; 0 for none.
    rules
        ``none``, or ``nij`` for the rules of the Real-Time Crime Forecasting Challenge.
    without_undated
        Whether to run it once more without the layers that carry no dates.
    """

    first: dt.date
    last: dt.date
    horizon: str = "day"
    crime_types: tuple[str, ...] = ()
    refit_days: int | None = None
    lag_days: int = 0
    area_shares: tuple[float, ...] = AREA_SHARES
    boxes_per_district: int = 0
    rules: str = "none"
    without_undated: bool = False

    @property
    def command(self) -> str:
        """Return the command that makes the same report again."""

        def parts() -> Iterator[str]:
            yield from ("evenbeat", "backtest", "-w", "WORKSPACE", "--from", str(self.first))
            yield from ("--to", str(self.last), "--horizon", self.horizon)
            for name in self.crime_types:
                yield from ("--type", name)
            for option, value in (
                ("--refit-days", self.refit_days), ("--lag-days", self.lag_days or None),
                ("--boxes", self.boxes_per_district or None),
            ):  # fmt: skip
                if value is not None:
                    yield from (option, str(value))
            if self.rules != "none":
                yield from ("--rules", self.rules)
            elif self.area_shares != AREA_SHARES:
                for share in self.area_shares:
                    yield from ("--area", f"{100 * share:g}")
            if self.without_undated:
                yield "--without-undated"

        return shlex.join(parts())
