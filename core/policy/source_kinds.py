"""How an incident became known, and how much it counts in training."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.class_codes import words_of

SOURCE_KIND_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"reported": 1.0, "discovered": 0.0, "sensor": 1.0}
)
"""Training weight by source kind. What police discover follows where police are, so it counts
nothing: Ensign et al. 2018, "Runaway feedback loops in predictive policing"."""

_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "reported": "reported", "report": "reported", "citizen": "reported", "call": "reported",
        "call for service": "reported", "public": "reported", "911": "reported",
        "discovered": "discovered", "on view": "discovered", "onview": "discovered",
        "officer initiated": "discovered", "self initiated": "discovered",
        "proactive": "discovered", "patrol": "discovered",
        "sensor": "sensor", "shotspotter": "sensor", "acoustic": "sensor",
    }
)  # fmt: skip


def source_kind_of(text: str) -> str | None:
    """Return the source kind that a text names, or None.

    Examples
    --------
    >>> source_kind_of("On-View")
    'discovered'
    """
    return _SPELLINGS.get(words_of(text))


def source_weight(kind: str) -> float:
    """Return the training weight of a source kind.

    Raises
    ------
    PolicyError
        The kind is none of the known ones.
    """
    if kind not in SOURCE_KIND_WEIGHTS:
        raise PolicyError(
            f"source_kind must be one of {', '.join(SOURCE_KIND_WEIGHTS)}, got {kind!r}."
            " Set source_kind of the source in evenbeat.toml."
        )
    return SOURCE_KIND_WEIGHTS[kind]
