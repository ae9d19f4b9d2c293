"""Say what a feature means in plain words."""

from __future__ import annotations

from evenbeat.core.features.declarations import Feature

_CRIMES: dict[str, tuple[str, str]] = {
    "gunfire": ("gunfire report", "gunfire reports"),
    "homicide": ("homicide", "homicides"),
    "rape": ("rape", "rapes"),
    "aggravated_assault": ("aggravated assault", "aggravated assaults"),
    "robbery": ("robbery", "robberies"),
    "burglary": ("burglary", "burglaries"),
    "motor_vehicle_theft": ("motor vehicle theft", "motor vehicle thefts"),
    "theft": ("theft", "thefts"),
    "arson": ("arson", "arsons"),
}


def name_crimes(crime_type: str, count: float) -> str:
    """Return a crime type in the singular or plural.

    Examples
    --------
    >>> name_crimes("robbery", 14)
    'robberies'
    """
    spelt = crime_type.replace("_", " ")
    return _CRIMES.get(crime_type, (spelt, f"{spelt} incidents"))[round(count) != 1]


def tell(feature: Feature, crime_type: str, value: float, percentile: float) -> str:
    """Return a value in words, with how it compares to other cells.

    Parameters
    ----------
    feature
        What the value is of.
    crime_type
        Whose history it is.
    value
        In the feature's unit.
    percentile
        Share of cells that stand out less, 0 to 100.

    Examples
    --------
    >>> near = Feature("near_28d_250m", "recent", "own", "incidents",
    ...     "{value} {crimes} within 250 m in the last 28 days")
    >>> tell(near, "robbery", 14.0, 99.7)
    '14 robberies within 250 m in the last 28 days (more than 99 % of cells)'
    """
    words = feature.words.format(
        value=_number(value, feature.unit), crimes=name_crimes(crime_type, value)
    )
    if percentile < 1:
        return words
    comparison = "nearer" if feature.name.startswith("distance") else "more"
    return f"{words} ({comparison} than {min(int(percentile), 99)} % of cells)"


def _number(value: float, unit: str) -> str:
    """Return a value as people say it."""
    if unit == "1":
        return f"{100 * value:.0f} %"
    if unit == "m":
        return f"{round(value, -1):.0f}"
    if unit == "incidents":
        return f"{value:.0f}" if round(value) >= 1 else f"{value:.1f}"
    return f"{value:.1f}"
