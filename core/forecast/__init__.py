"""Fitted models, the risk cube of a day, and why a cell stands out."""

from evenbeat.core.forecast.day import DayForecast, forecast_day
from evenbeat.core.forecast.explain import explain_cells
from evenbeat.core.forecast.fit import fit_models
from evenbeat.core.forecast.fitted import FittedModels

__all__ = ["DayForecast", "FittedModels", "explain_cells", "fit_models", "forecast_day"]
