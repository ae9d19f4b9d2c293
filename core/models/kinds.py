"""Every kind of model: how it is made to learn, and how a fitted one is made again from its parts.

The one table that selection, files and the command line go by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.models.boosted import BoostedModel, FittedBoosted
from evenbeat.core.models.counts import CountModel, FittedCount
from evenbeat.core.models.etas import EtasModel, FittedEtas
from evenbeat.core.models.glm import FittedGlm, GlmModel
from evenbeat.core.models.interface import FittedModel, Model
from evenbeat.core.models.mixture import FittedMixture, MixtureModel
from evenbeat.core.models.shrinkage import FittedShrinkage, ShrinkageModel
from evenbeat.core.models.stack import FittedStack
from evenbeat.core.models.terrain import FittedTerrain, TerrainModel

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of model.

    Parameters
    ----------
    title
        What people are told.
    model
        Makes the model that learns, from a seed.
    is_count
        Whether it is plain counting, which every other kind has to beat.
    """

    title: str
    model: Callable[[int], Model]
    is_count: bool = False


KINDS: dict[str, Kind] = {
    "count_28": Kind("count of 28 days", lambda _: CountModel(28), is_count=True),
    "count_365": Kind("count of a year", lambda _: CountModel(365), is_count=True),
    "count_1095": Kind("count of three years", lambda _: CountModel(1095), is_count=True),
    "smoothed_365": Kind("smoothed count of a year", lambda _: CountModel(365, 400), is_count=True),
    "smoothed_1095": Kind(
        "smoothed count of three years", lambda _: CountModel(1095, 400), is_count=True
    ),
    "shrunk": Kind("count shrunk to a pooled surface", lambda _: ShrinkageModel()),
    "mixture": Kind("self-exciting mixture of histories", lambda _: MixtureModel()),
    "etas": Kind("background and trigger (ETAS)", lambda _: EtasModel()),
    "glm": Kind("Poisson regression on log features", lambda _: GlmModel()),
    "terrain": Kind("risk terrain", lambda seed: TerrainModel(seed=seed)),
    "boosted": Kind("boosted trees on the mixture", lambda seed: BoostedModel(seed=seed)),
}
"""By the name that settings and reports use."""

BASELINES: tuple[str, ...] = tuple(name for name, kind in KINDS.items() if kind.is_count)
PLAIN_COUNTS: tuple[str, ...] = ("count_28", "count_365", "count_1095")

_FITTED: dict[str, Callable[[dict[str, Any], Arrays], FittedModel]] = {
    "count": lambda facts, _: FittedCount(**facts),
    "smoothed count": lambda facts, _: FittedCount(**facts),
    "mixture": FittedMixture.from_parts,
    "boosted": FittedBoosted.from_parts,
    "etas": FittedEtas.from_parts,
    "glm": FittedGlm.from_parts,
    "shrunk count": FittedShrinkage.from_parts,
    "risk terrain": FittedTerrain.from_parts,
}


def restore(kind: str, facts: dict[str, Any], arrays: Arrays) -> FittedModel:
    """Make a fitted model of its kind, facts and arrays again.

    Raises
    ------
    ModelError
        The kind is unknown.
    """
    if kind == "stack":
        parts = {
            name: restore(part["kind"], part["facts"], _part(arrays, name))
            for name, part in facts["parts"].items()
        }
        weights = np.array([facts["weights"][name] for name in parts], dtype=np.float64)
        return FittedStack(parts, weights)
    if kind not in _FITTED:
        raise ModelError(f"No model is of kind {kind!r}; known are {sorted([*_FITTED, 'stack'])}.")
    return _FITTED[kind](facts, arrays)


def _part(arrays: Arrays, name: str) -> Arrays:
    head = f"{name}."
    return {
        key.removeprefix(head): values for key, values in arrays.items() if key.startswith(head)
    }
