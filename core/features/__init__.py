"""Named, dated, policy-checked predictors on the grid."""

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.layers import Layers
from evenbeat.core.features.places import list_place_measures
from evenbeat.core.features.predictors import DayPredictors
from evenbeat.core.features.span import SpanPredictors
from evenbeat.core.features.study import Study, list_undated_layers
from evenbeat.core.features.timeline import Rows, Timeline

__all__ = [
    "Catalogue",
    "DayPredictors",
    "Layers",
    "Rows",
    "SpanPredictors",
    "Study",
    "Timeline",
    "list_place_measures",
    "list_undated_layers",
]
