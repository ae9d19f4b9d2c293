"""Back-test: issued forecasts scored against what happened, summed up, compared."""

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.contest import contest_budgets, require_contest
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.scoring import score_windows
from evenbeat.core.backtest.severity import summarize_severity
from evenbeat.core.backtest.summary import summarize_type
from evenbeat.core.backtest.windows import WindowFacts

__all__ = [
    "Budget",
    "Scores",
    "WindowFacts",
    "contest_budgets",
    "require_contest",
    "score_windows",
    "summarize_severity",
    "summarize_type",
]
