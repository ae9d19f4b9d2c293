"""Variants: the plan settings that are compared with a workspace's own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evenbeat.core.config import PlanSettings, WorkspaceSettings, parse_settings
from evenbeat.core.errors import ConfigError

DEFAULT_TAUS = (0.5, 1.0, 2.0, 4.0)
_NEXT_CHANGE = re.compile(r"\s*,\s*(?=plan\.)")
_BARE_WORD = re.compile(r"(?m)=\s*([A-Za-z_][\w-]*)\s*$")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SECTIONS = ("caps",)


@dataclass(frozen=True)
class Variant:
    """One way to plan the day.

    Parameters
    ----------
    name
        What it is called.
    settings
        Its ``[plan]`` section, whole.
    adopt
        What to write into ``evenbeat.toml`` to plan so; empty for the workspace's own settings.
    own
        Whether these are the workspace's own settings.
    reference
        Whether the others are told as shares of what it reaches.
    notes
        What to know about it.
    """

    name: str
    settings: PlanSettings
    adopt: str = ""
    own: bool = False
    reference: bool = False
    notes: tuple[str, ...] = ()


def variants_of(
    own: WorkspaceSettings, *, changes: Sequence[str] = (), files: Sequence[Path] = ()
) -> list[Variant]:
    """Return what to compare: always the workspace's own settings and the best under its caps.

    Parameters
    ----------
    own
        The workspace's settings.
    changes
        Each makes a variant of the own settings: ``plan.tau=2``, or several settings at once,
        ``plan.tau=2, plan.exploration_share=0``.
    files
        Settings files; each makes a variant of its whole ``[plan]`` section.

    Returns
    -------
    The variants, the reference first. Without changes and files the choices to know: greedy, and
    lotteries from a mild to a steep one.

    Raises
    ------
    ConfigError
        A change cannot be read or used, or a file cannot.
    """
    best = replace(_varied(own, {"mode": "optimal"}), reference=True)
    mine = Variant(_mode_name(own.plan), own.plan, own=True)
    if changes or files:
        asked = [_of_change(own, text) for text in changes]
        asked += [_of_file(own, path) for path in files]
    else:
        asked = [_varied(own, {"mode": "greedy"})]
        asked += [_varied(own, {"mode": "lottery", "tau": tau}) for tau in DEFAULT_TAUS]
    return _distinct([best, *asked, mine])


def _distinct(variants: Sequence[Variant]) -> list[Variant]:
    """Return the variants without repeats, under names that differ."""
    found: dict[str, Variant] = {}
    for variant in variants:
        key = variant.settings.model_dump_json()
        if key in found:
            first = found[key]
            found[key] = replace(
                first, own=first.own or variant.own,
                adopt="" if first.own or variant.own else first.adopt,
            )  # fmt: skip
        else:
            found[key] = variant
    names: dict[str, int] = {}
    told = []
    for variant in found.values():
        names[variant.name] = names.get(variant.name, 0) + 1
        count = names[variant.name]
        told.append(variant if count == 1 else replace(variant, name=f"{variant.name} ({count})"))
    return told


def _varied(
    own: WorkspaceSettings, change: Mapping[str, Any], *, origin: str = "a variant"
) -> Variant:
    """Return the own settings with a change, and the lines that make it."""
    merged = _merge(own.plan.model_dump(mode="json"), change)
    settings = parse_settings({"plan": merged}, origin=origin).plan
    return Variant(_mode_name(settings), settings, _lines(_different(own.plan, change)))


def _of_change(own: WorkspaceSettings, text: str) -> Variant:
    """Return the variant that ``--set`` asks for."""
    lines = _NEXT_CHANGE.sub("\n", text.strip())
    try:
        document = tomllib.loads(_BARE_WORD.sub(_quoted, lines))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"--set {text!r} cannot be read: {error}. Write plan.KEY=VALUE, for example "
            "plan.tau=2, or several with commas: plan.tau=2,plan.exploration_share=0"
        ) from error
    strange = sorted(set(document) - {"plan"})
    if strange or not document or not isinstance(document["plan"], dict):
        raise ConfigError(
            f"--set {text!r} must change the plan alone: plan.KEY=VALUE. Other settings need a "
            "forecast of their own, made in a copy of the workspace."
        )
    change = document["plan"]
    name = ", ".join(f"{key} = {value}" for key, value in _flat(change))
    return replace(_varied(own, change, origin=f"--set {text}"), name=name)


def _quoted(found: re.Match[str]) -> str:
    word = found[1]
    return found[0] if word in ("true", "false", "inf", "nan") else f'= "{word}"'


def _of_file(own: WorkspaceSettings, path: Path) -> Variant:
    """Return the variant of a settings file: its whole ``[plan]``, as if it were the own one."""
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    if "plan" not in document:
        raise ConfigError(f"{path} has no [plan] section, so there is nothing to compare.")
    other = parse_settings(document, origin=str(path))
    aside = [
        name for name in document
        if name != "plan" and getattr(other, name) != getattr(own, name)
    ]  # fmt: skip
    notes = (f"Only [plan] of {path.name} is compared; {', '.join(aside)} differ too.",)
    return Variant(
        path.stem, other.plan, f"# the [plan] section of {path.name}", notes=notes if aside else ()
    )


def _mode_name(settings: PlanSettings) -> str:
    return f"lottery tau {settings.tau:g}" if settings.mode == "lottery" else settings.mode


def _merge(settings: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with a change laid over them, section by section."""
    merged = dict(settings)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged


def _different(own: PlanSettings, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a change that is not so already."""
    now = own.model_dump(mode="json")
    return {key: value for key, value in change.items() if _merge(now, {key: value}) != now}


def _flat(change: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return settings with dotted keys, one a line."""
    rows: list[tuple[str, Any]] = []
    for key, value in change.items():
        name = before + (key if _BARE_KEY.fullmatch(key) else json.dumps(key))
        nested = isinstance(value, Mapping)
        rows += _flat(value, f"{name}.") if nested else [(name, value)]
    return rows


def _lines(change: Mapping[str, Any]) -> str:
    """Return a change as the lines of a settings file; dotted keys stand for inner tables."""
    lines = [
        f"{name} = {_toml(value)}"
        for name, value in _flat({k: v for k, v in change.items() if k not in _SECTIONS})
    ]
    told = ["[plan]", *lines] if lines else []
    for section in _SECTIONS:
        if section in change:
            told += [f"[plan.{section}]"]
            told += [f"{name} = {_toml(value)}" for name, value in _flat(change[section])]
    return "\n".join(told)


def _toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, Mapping):
        pairs = [f"{name} = {_toml(inner)}" for name, inner in _flat(value)]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
