"""Effects: what patrol did to reported incidents, graded by how much the design can tell."""

from evenbeat.core.effects.descriptive import descriptive
from evenbeat.core.effects.detectable import (
    minimum_detectable_difference,
    minimum_detectable_effect,
)
from evenbeat.core.effects.difference import MatchedDifference, matched_difference
from evenbeat.core.effects.displacement import (
    Change,
    Displacement,
    total_net_effect,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from evenbeat.core.effects.dose import DoseEffect, scale_to_dose
from evenbeat.core.effects.draws import Draws
from evenbeat.core.effects.estimate import Estimate, verdict_of
from evenbeat.core.effects.matching import Matches, match_boxes
from evenbeat.core.effects.randomised import randomised_effect
from evenbeat.core.effects.rings import RingCounts, ring_counts
from evenbeat.core.effects.trend import Trend
from evenbeat.core.errors import EffectError

__all__ = [
    "Change",
    "Displacement",
    "DoseEffect",
    "Draws",
    "EffectError",
    "Estimate",
    "MatchedDifference",
    "Matches",
    "RingCounts",
    "Trend",
    "descriptive",
    "match_boxes",
    "matched_difference",
    "minimum_detectable_difference",
    "minimum_detectable_effect",
    "randomised_effect",
    "ring_counts",
    "scale_to_dose",
    "total_net_effect",
    "verdict_of",
    "weighted_displacement_difference",
    "weighted_displacement_quotient",
]
