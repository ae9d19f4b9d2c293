"""One error tree: each class names one condition and also inherits the builtin that fits it."""

from __future__ import annotations


class EvenbeatError(Exception):
    """Base of every error that Evenbeat raises on purpose.

    The message says what was given, what was expected, and what to do next.
    """

    exit_code: int = 1


class ConfigError(EvenbeatError, ValueError):
    """A setting in ``evenbeat.toml`` or on the command line is missing or unusable."""

    exit_code = 2


class WorkspaceError(EvenbeatError, FileNotFoundError):
    """The folder is not a workspace, or a part of the workspace is missing."""

    exit_code = 3


class BusyError(WorkspaceError):
    """Somebody else is writing to the workspace."""


class InputError(EvenbeatError, ValueError):
    """An input file cannot be read, or lacks what its role needs."""

    exit_code = 4


class PolicyError(EvenbeatError, PermissionError):
    """Something outside the allow-lists was asked for; the message says what and why."""

    exit_code = 5


class GridError(EvenbeatError, ValueError):
    """A grid cannot be built, or two grids that must be equal differ."""

    exit_code = 6


class ShiftError(EvenbeatError, ValueError):
    """A shift calendar is not a partition of the day, or a shift is not in the calendar."""

    exit_code = 6


class CubeError(EvenbeatError, ValueError):
    """A cube lacks a variable, a dimension or a unit that its declaration asks for."""

    exit_code = 6


class FeatureError(EvenbeatError, ValueError):
    """A feature cannot be computed from what is known at the cut-off."""

    exit_code = 7


class ModelError(EvenbeatError, ValueError):
    """A model cannot be fitted, or was asked for what it was not fitted for."""

    exit_code = 7


class BacktestError(EvenbeatError, ValueError):
    """Forecasts cannot be scored, or scores that do not belong together were put together."""

    exit_code = 7


class EffectError(EvenbeatError, ValueError):
    """An effect was asked for from counts, chances or boxes that do not fit together."""

    exit_code = 7


class PlanError(EvenbeatError, ValueError):
    """An assignment plan is impossible under the caps."""

    exit_code = 8


class ReviewError(EvenbeatError, ValueError):
    """A review is not allowed: by the state, the role, the caps, or for want of a reason."""

    exit_code = 8


class CapError(ReviewError):
    """A cap does not allow a review; a supervisor or commander may override it."""


class PublishError(EvenbeatError, OSError):
    """A publication could not be written or read."""

    exit_code = 9


class AuditError(EvenbeatError, RuntimeError):
    """The audit log is broken or refused a change."""

    exit_code = 10


class StoreError(EvenbeatError, RuntimeError):
    """The database cannot be opened, or a row does not fit it."""

    exit_code = 11


class ConflictError(EvenbeatError, RuntimeError):
    """Someone else changed the assignment since it was read."""

    exit_code = 12
