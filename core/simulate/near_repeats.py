"""How one incident triggers others: how many days later, and where nearby."""

from __future__ import annotations

import numpy as np

from evenbeat.core.simulate.conditions import BURN_IN_DAYS
from evenbeat.core.simulate.frame import Floats, Indices
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.places import neighbourhood

REPEAT_REACH_M = 100.0
REPEAT_DECAY_DAYS = 7.0
REPEAT_LAST_DAY = BURN_IN_DAYS


def repeat_lag_shares() -> Floats:
    """Return the share of triggered incidents by local days after their cause, 0 to 28."""
    lag = np.arange(REPEAT_LAST_DAY + 1)
    share = np.where(lag > 0, np.exp(-(lag - 1) / REPEAT_DECAY_DAYS), 0.0)
    return np.asarray(share / share.sum())


def near_repeat_kernel(ground: Geography, origin: Indices) -> tuple[Indices, Floats]:
    """Return the addresses around origins and the shares of triggered incidents at each."""
    address = ground.addresses
    return neighbourhood(ground, address.east_m[origin], address.north_m[origin], REPEAT_REACH_M)
