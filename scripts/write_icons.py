"""Writes the plugin's icons: ``icons/NAME.svg`` for light themes, ``icons/dark/NAME.svg`` for dark.

Run: python3 scripts/write_icons.py. Needs the standard library alone.
"""

from __future__ import annotations

from pathlib import Path

from icon_drawings import DRAWINGS, Part

FOLDER = Path(__file__).resolve().parent.parent / "qgis_plugin" / "icons"
LIGHT = {"ink": "#46525e", "soft": "#46525e", "blue": "#1f6fb2", "blue-half": "#1f6fb2",
         "amber": "#dd8f00", "green": "#2e8b45", "red": "#c9302c"}  # fmt: skip
DARK = {"ink": "#dde3e8", "soft": "#dde3e8", "blue": "#6db5f0", "blue-half": "#6db5f0",
        "amber": "#ffb93b", "green": "#6fcf83", "red": "#ff7b72"}  # fmt: skip
_OPACITY = {"soft": 0.2, "blue-half": 0.5}
_WIDTH = {"line": 1.7, "fine": 1.3, "thick": 3.2, "dash": 1.3}


def drawing(parts: tuple[Part, ...], colours: dict[str, str]) -> str:
    """Return an icon as SVG 1.1 in the colours of a theme."""
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">',
        *(f"<path {_paint(how, role, colours)} d={path!r}/>".replace("'", '"')
          for path, how, role in parts),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _paint(how: str, role: str, colours: dict[str, str]) -> str:
    opacity = _OPACITY.get(role)
    if how == "fill":
        faint = f' fill-opacity="{opacity}"' if opacity else ""
        return f'fill="{colours[role]}"{faint}'
    dashes = ' stroke-dasharray="2.2 2"' if how == "dash" else ""
    cap = "butt" if how == "thick" else "round"
    return (f'fill="none" stroke="{colours[role]}" stroke-width="{_WIDTH[how]}" '
            f'stroke-linecap="{cap}" stroke-linejoin="round"{dashes}')  # fmt: skip


def icons() -> dict[Path, str]:
    """Return what is written: the file, and its text."""
    return {
        folder / f"{name}.svg": drawing(parts, colours)
        for folder, colours in ((FOLDER, LIGHT), (FOLDER / "dark", DARK))
        for name, parts in DRAWINGS.items()
    }


if __name__ == "__main__":
    for path, text in icons().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
