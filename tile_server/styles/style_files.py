"""Files of styles: one editable JSON file each, checked when it is read."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.styles.style_models import ClassStyle, RampStyle, Style

KINDS = ("classes", "ramp", "difference")
_MOST_FILES = 64
_MOST_BYTES = 65_536
_MOST_TOLD = 3

AnyStyle = Annotated[ClassStyle | RampStyle, Field(discriminator="kind")]
_ANY: TypeAdapter[ClassStyle | RampStyle] = TypeAdapter(AnyStyle)


def style_schema() -> dict[str, Any]:
    """Return the JSON Schema of a style's file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_ANY.json_schema()}


def parse_style(content: bytes | str, *, origin: str) -> Style:
    """Return the style of a file.

    Parameters
    ----------
    content
        JSON.
    origin
        What errors call the file.

    Raises
    ------
    ConfigError
        It is not JSON, or not a style; the message names the fields.
    """
    try:
        return _ANY.validate_json(content)
    except ValidationError as error:
        faults = [_fault(dict(fault)) for fault in error.errors(include_url=False)]
        more = len(faults) - _MOST_TOLD
        told = "; ".join(faults[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
        raise ConfigError(
            f"{origin} is not a usable style: {told}. Mend the file or take it away; "
            "docs/tiles.md says what a style has."
        ) from error


def _fault(fault: dict[str, Any]) -> str:
    """Return one fault in words, with its field and what was given."""
    place = [str(part) for part in fault["loc"]]
    if place and place[0] in KINDS:  # the kind that was tried comes first
        place = place[1:]
    words = fault["msg"].removeprefix("Value error, ")
    if fault["type"].startswith("union_tag"):
        return f"kind: must be one of {', '.join(KINDS)}"
    if place and place[-1] == "colour":
        words = "must be a colour such as #67000d"
    if place and place[-1] in ("title", "description") and fault["type"].startswith("string_pat"):
        words = "must be one line without control characters"
    given = fault["input"]
    shown = f", got {given!r}" if isinstance(given, str | int | float) and place else ""
    return f"{'.'.join(place) or 'the file'}: {words}{shown}"


def load_styles(folder: Path | None = None) -> dict[str, Style]:
    """Return the styles by id, the default one first.

    Parameters
    ----------
    folder
        The agency's own styles, which stand before those that come with the service; None, or a
        folder that is not there, for none.

    Raises
    ------
    ConfigError
        A file is not a usable style, two have the same id, or there are too many.
    """
    shipped = resources.files("evenbeat.tile_server.styles").joinpath("palettes")
    found = {
        style.id: style
        for entry in shipped.iterdir()
        if entry.name.endswith(".json")
        for style in [parse_style(entry.read_bytes(), origin=entry.name)]
    }
    own = {} if folder is None else _own_styles(style_paths(folder))
    together = {**found, **own}
    return dict(sorted(together.items(), key=lambda pair: (pair[1].order, pair[0])))


def style_paths(folder: Path) -> list[Path]:
    """Return the files of an agency's own styles."""
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def _own_styles(paths: list[Path]) -> dict[str, Style]:
    if len(paths) > _MOST_FILES:
        raise ConfigError(
            f"There are {len(paths)} styles in {paths[0].parent}; at most {_MOST_FILES} are read."
        )
    found: dict[str, tuple[Path, Style]] = {}
    for path in paths:
        style = parse_style(_read(path), origin=str(path))
        if "~" in style.id:
            raise ConfigError(f"{path}: id must not have a ~, got {style.id!r}.")
        if style.id in found:
            raise ConfigError(
                f"{path} and {found[style.id][0].name} both have the id {style.id!r}. "
                "Give one of them another."
            )
        style._is_own = True
        found[style.id] = path, style
    return {style_id: style for style_id, (_, style) in found.items()}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} has more than {_MOST_BYTES} bytes; a style has about 1,000.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
