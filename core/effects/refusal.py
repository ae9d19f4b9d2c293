"""What an estimate of an effect refuses."""

from __future__ import annotations

from evenbeat.core.errors import EvenbeatError


class EffectError(EvenbeatError, ValueError):
    """An effect was asked for from counts, chances or boxes that do not fit together."""

    exit_code = 7
