"""Settings changed by a program: comments stay, and nothing unusable is ever written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evenbeat.core.config import WorkspaceSettings, parse_settings
from evenbeat.core.errors import ConfigError, ConflictError
from evenbeat.core.store.files import replacing_file
from evenbeat.core.store.workspace import SETTINGS_FILE

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

    from evenbeat.core.pipeline.context import Context

Path = tuple[str, ...]


@dataclass(frozen=True)
class SettingsText:
    """The settings file as it stands.

    Parameters
    ----------
    text
        With its comments.
    version
        Fingerprint of its bytes, to give with a change.
    settings
        Everything that it says, defaults included.
    """

    text: str
    version: str
    settings: WorkspaceSettings


def read_settings(context: Context) -> SettingsText:
    """Return the settings file of a workspace.

    Raises
    ------
    ConfigError
        It cannot be used.
    """
    import tomllib

    content = (context.workspace.root / SETTINGS_FILE).read_bytes()
    text = content.decode("utf-8-sig")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{SETTINGS_FILE} is not valid TOML: {error}.") from error
    return SettingsText(text, _version(content), parse_settings(document))


def change_settings(
    context: Context, changes: Sequence[tuple[Path, Any]], *, seen: str | None = None,
    dry_run: bool = False,
) -> SettingsText:  # fmt: skip
    """Change single settings; everything else in the file stays as it is, comments too.

    The change is logged: which settings, not their values, since an address of a database may
    hold a password.

    Parameters
    ----------
    changes
        Path of a setting, such as ``("plan", "tau")`` or ``("sources", "0", "path")``, and its new
        value; None takes the setting out, so that the default counts.
    seen
        Version of the file that was seen; by default any.
    dry_run
        Only tell what the file would be.

    Raises
    ------
    ConfigError
        The settings would be unusable; every fault is named, and the file stays.
    ConflictError
        Somebody else changed the file since.
    WorkspaceError
        Another command is writing, or the workspace can only be read.
    """
    if dry_run:
        return _changed(context, changes, seen)[0]
    with context.workspace.writing():
        made, content = _changed(context, changes, seen)
        if made.version != read_settings(context).version:
            with replacing_file(context.workspace.root / SETTINGS_FILE) as temporary:
                temporary.write_bytes(content)
            context.log("settings", {
                "changed": sorted(".".join(path) for path, _ in changes),
                "file_sha256": made.version, "fingerprint": made.settings.fingerprint,
            })  # fmt: skip
    return made


def _changed(
    context: Context, changes: Sequence[tuple[Path, Any]], seen: str | None
) -> tuple[SettingsText, bytes]:
    import tomlkit

    before = read_settings(context)
    if seen is not None and seen != before.version:
        raise ConflictError(
            f"{SETTINGS_FILE} was changed by somebody else since it was read. Read it again, then "
            "make the change."
        )
    document = tomlkit.parse(before.text)
    for path, value in changes:
        _put(document, path, value)
    content = tomlkit.dumps(document).encode()
    settings = parse_settings(document.unwrap(), origin="With this change, evenbeat.toml")
    return SettingsText(content.decode(), _version(content), settings), content


def _put(document: TOMLDocument, path: Path, value: Any) -> None:
    """Set one value, or take it out; tables on the way are made."""
    import tomlkit

    if not path:
        raise ConfigError("A setting needs a path, such as plan.tau.")
    place: Any = document
    for number, part in enumerate(path[:-1]):
        if isinstance(place, list):
            place = _item(place, part, path)
            continue
        if part not in place:
            if value is None:
                return
            place[part] = tomlkit.table(is_super_table=number < len(path) - 2)
        place = place[part]
    last = path[-1]
    if isinstance(place, list):
        position = int(_position(place, last, path))
        if value is None:
            del place[position]
        else:
            _merge(place[position], value)
    elif value is None:
        place.pop(last, None)
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        place[last] = _tables(place.get(last), value)
    else:
        place[last] = value


def _tables(former: Any, values: Sequence[Mapping[str, Any]]) -> Any:
    """Return an array of tables; a table that stays the same keeps its comments."""
    import tomlkit

    left: list[Any] = [item for item in former or () if isinstance(item, Mapping)]
    made = tomlkit.aot()
    for value in values:
        same = next((item for item in left if item.unwrap() == dict(value)), None)
        if same is not None:
            left.remove(same)
            made.append(same)
            continue
        fresh = tomlkit.table()
        fresh.update(dict(value))
        fresh.add(tomlkit.nl())
        made.append(fresh)
    return made


def _merge(table: Any, value: Any) -> None:
    """Give a table the values of a mapping, and take out what that does not name."""
    for name in [name for name in table if name not in value]:
        del table[name]
    for name, item in value.items():
        if name not in table or table[name] != item:
            table[name] = item


def _item(place: list[Any], part: str, path: Path) -> Any:
    return place[_position(place, part, path)]


def _position(place: list[Any], part: str, path: Path) -> int:
    if part.isdecimal() and int(part) < len(place):
        return int(part)
    raise ConfigError(
        f"{'.'.join(path)}: {part!r} is no entry; give its number, 0 to {len(place) - 1}."
    )


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
