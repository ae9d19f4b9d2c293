"""Words of displacement and diffusion: what boxes and rings say, with each sign explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evenbeat.core.reports.accounts.crime_dosage_words import CANNOT_TELL, signed


def tell_displacement(told: Mapping[str, Any]) -> list[str]:
    """Return what the rings say, with the sign convention in words.

    Parameters
    ----------
    told
        The displacement as `crime_dosage_facts` gives it.

    References
    ----------
    Wheeler and Ratcliffe 2018, A simple weighted displacement difference test to evaluate place
    based crime interventions, doi:10.1186/s40163-018-0085-5. Bowers and Johnson 2003, Measuring
    the geographical displacement and diffusion of benefit effects of crime prevention activity,
    doi:10.1023/A:1024909009240.
    """
    sentences: list[str] = []
    wdd, low, high = (told[name] for name in ("wdd", "wdd_low", "wdd_high"))
    if wdd is not None:
        known = low is not None and high is not None
        ends = f", interval {signed(low)} to {signed(high)}" if known else ", without an interval"
        sentences.append(
            f"WDD {signed(wdd)} incidents{ends}: {_tell_wdd(low, high)}. Below 0 means fewer"
            " incidents in boxes and rings together than their controls would have; above 0 means"
            " more."
        )
    if told["wdq"] is not None:
        sentences.append(f"WDQ {signed(told['wdq'], 2)}: {_tell_wdq(told['wdq'])}.")
    elif told["wdq_note"]:
        sentences.append(f"WDQ cannot be had: {told['wdq_note']}")
    if told["tne"] is not None:
        sentences.append(
            f"Total net effect (TNE) {signed(told['tne'])} incidents. Here the sign is the other"
            " way round: above 0 means incidents saved."
        )
    return [*sentences, *told["notes"]]


def _tell_wdd(low: float | None, high: float | None) -> str:
    if low is None or high is None or low <= 0 <= high:
        return CANNOT_TELL
    return "fewer than expected" if high < 0 else "more than expected"


def _tell_wdq(wdq: float) -> str:
    if wdq > 0:
        gained = "more than" if wdq > 1 else "as much as" if wdq == 1 else "less than"
        return f"the rings gained too, {gained} the boxes (diffusion of benefits)"
    if wdq == 0:
        return "the rings did not change beside their controls"
    if wdq <= -1:
        return "crime moved to the rings, as much as the boxes gained or more"
    return "crime moved to the rings in part, less than the boxes gained"
