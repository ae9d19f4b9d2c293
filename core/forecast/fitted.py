"""Fitted models of all crime types: one value that is saved, loaded and asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.features import Catalogue
from evenbeat.core.grid import Grid
from evenbeat.core.models.calibration import spread_totals
from evenbeat.core.models.interface import FittedModel, Floats, Matrix
from evenbeat.core.models.kinds import restore
from evenbeat.core.models.profile import FittedProfile
from evenbeat.core.shifts import ShiftCalendar

FORMAT = 3
FACTS = "models.json"
_PROFILE = "profile."


@dataclass(frozen=True, eq=False)
class FittedType:
    """The model of one crime type, with its calibration and its card.

    Parameters
    ----------
    model
        What tells expected counts, up to the total.
    factors
        Multiplier of each district.
    profile
        What tells the totals of shifts.
    settling
        Days after which incidents are taken to be known in full.
    card
        Plain facts for the model card.
    """

    model: FittedModel
    factors: Floats
    profile: FittedProfile
    settling: int
    card: dict[str, Any]

    def spread(self, matrix: Matrix, totals: Floats, district: npt.NDArray[np.int16]) -> Floats:
        """Return the expected counts of all cells on a shift; they add up to its total.

        Parameters
        ----------
        matrix
            Predictors of every inside cell, shape ``(features, cells)``.
        totals
            What the profile expects of each district on the shift.
        district
            District of each cell.
        """
        raw = self.model.expected_counts(matrix)
        return spread_totals(raw, totals, self.factors, district)

    @property
    def version(self) -> str:
        """Return the model's kind and a hash of all that it consists of."""
        digest = hashlib.sha256(_canonical(self.model.facts()).encode())
        digest.update(_canonical(self.profile.facts()).encode())
        arrays = {**self.model.arrays(), **_profile_arrays(self.profile), "factors": self.factors}
        for name in sorted(arrays):
            digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
        return f"{self.model.kind.replace(' ', '-')}-{digest.hexdigest()[:12]}"


@dataclass(frozen=True, eq=False)
class FittedModels:
    """Everything that a forecast needs besides the day's data.

    Parameters
    ----------
    types
        Fitted crime types, by id, in the order of the settings.
    catalogue
        The features, in the order of the models' columns.
    grid_fingerprint, timezone, starts
        The grid and the shift calendar the models belong to.
    cutoff
        What the fit could know.
    reporting_lag_days, seed
        As in the settings.
    """

    types: dict[str, FittedType]
    catalogue: Catalogue
    grid_fingerprint: str
    timezone: str
    starts: tuple[tuple[str, str], ...]
    cutoff: dt.datetime
    reporting_lag_days: int
    seed: int

    @property
    def crime_types(self) -> tuple[str, ...]:
        """Return the modelled crime types."""
        return tuple(self.types)

    @property
    def versions(self) -> dict[str, str]:
        """Return the version of each crime type's model."""
        return {name: fitted.version for name, fitted in self.types.items()}

    @property
    def cards(self) -> dict[str, dict[str, Any]]:
        """Return plain facts about each crime type's model."""
        return {name: fitted.card for name, fitted in self.types.items()}

    def require_fit(self, grid: Grid, calendar: ShiftCalendar) -> None:
        """Refuse another grid or calendar than the models were fitted on.

        Raises
        ------
        ModelError
            The grid or the calendar differs.
        """
        if grid.fingerprint != self.grid_fingerprint:
            raise ModelError(
                f"The models were fitted on another grid than {grid.describe()}. "
                "Fit again with: evenbeat fit"
            )
        if (calendar.timezone, calendar_starts(calendar)) != (self.timezone, self.starts):
            raise ModelError(
                f"The models were fitted on the shifts {self.starts} in {self.timezone}, not "
                f"{calendar_starts(calendar)} in {calendar.timezone}. Fit again with: evenbeat fit"
            )

    def save(self, folder: Path) -> None:
        """Write the models as JSON and npz; the same models give the same bytes.

        Parameters
        ----------
        folder
            Made when it is missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        document = {
            "format": FORMAT,
            "catalogue": self.catalogue.to_dict(),
            "grid_fingerprint": self.grid_fingerprint,
            "timezone": self.timezone,
            "starts": [list(start) for start in self.starts],
            "cutoff": self.cutoff.isoformat(),
            "reporting_lag_days": self.reporting_lag_days,
            "seed": self.seed,
            "types": {
                name: {
                    "kind": fitted.model.kind,
                    "version": fitted.version,
                    "facts": fitted.model.facts(),
                    "factors": fitted.factors.tolist(),
                    "profile": fitted.profile.facts(),
                    "settling": fitted.settling,
                    "card": fitted.card,
                }
                for name, fitted in self.types.items()
            },
        }
        (folder / FACTS).write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        for name, fitted in self.types.items():
            arrays = {**fitted.model.arrays(), **_profile_arrays(fitted.profile)}
            np.savez(folder / f"{name}.npz", **_named(arrays))

    @classmethod
    def load(cls, folder: Path) -> FittedModels:
        """Read what `save` wrote.

        Raises
        ------
        ModelError
            The folder holds no models, models of another format, or files that are missing,
            damaged or altered.
        """
        try:
            document = json.loads((folder / FACTS).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(
                f"{folder} holds no fitted models. Fit them with: evenbeat fit"
            ) from error
        try:
            return cls._from_document(folder, document)
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The models in {folder} are incomplete: {error!r}. "
                "Fit again with: evenbeat fit --force"
            ) from error

    @classmethod
    def _from_document(cls, folder: Path, document: dict[str, Any]) -> FittedModels:
        if document.get("format") != FORMAT:
            raise ModelError(
                f"{folder} holds models of format {document.get('format')}, this version reads "
                f"{FORMAT}. Fit again with: evenbeat fit"
            )
        return cls(
            {name: _load_type(folder, name, entry) for name, entry in document["types"].items()},
            Catalogue.from_dict(document["catalogue"]),
            document["grid_fingerprint"],
            document["timezone"],
            tuple((name, start) for name, start in document["starts"]),
            dt.datetime.fromisoformat(document["cutoff"]),
            document["reporting_lag_days"],
            document["seed"],
        )


def calendar_starts(calendar: ShiftCalendar) -> tuple[tuple[str, str], ...]:
    """Return a calendar's shifts as text."""
    return tuple((name, start.isoformat("minutes")) for name, start in calendar.starts)


def _load_type(folder: Path, name: str, entry: dict[str, Any]) -> FittedType:
    arrays = _load_arrays(folder / f"{name}.npz")
    of_profile = {
        key.removeprefix(_PROFILE): arrays.pop(key) for key in list(arrays)
        if key.startswith(_PROFILE)
    }  # fmt: skip
    fitted = FittedType(
        restore(entry["kind"], entry["facts"], arrays),
        np.asarray(entry["factors"], dtype=np.float64),
        FittedProfile.from_parts(entry["profile"], of_profile),
        entry["settling"],
        entry["card"],
    )
    if fitted.version != entry["version"]:
        raise ModelError(
            f"The model of {name} in {folder} is not the one that was saved: its version is "
            f"{fitted.version}, recorded is {entry['version']}. Fit again with: evenbeat fit"
        )
    return fitted


def _load_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        fault = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise ModelError(
            f"{path} {fault}: {error}. Fit again with: evenbeat fit --force"
        ) from error


def _profile_arrays(profile: FittedProfile) -> dict[str, npt.NDArray[Any]]:
    return {f"{_PROFILE}{name}": values for name, values in profile.arrays().items()}


def _named(arrays: dict[str, npt.NDArray[Any]]) -> dict[str, Any]:
    return dict(sorted(arrays.items()))


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
