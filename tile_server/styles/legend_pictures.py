"""A legend as a picture, for programs that show no other."""

from __future__ import annotations

import io
import json
import textwrap
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_INK, _QUIET, _EDGE, _PAPER = "#1b1f23", "#4a5560", "#6b7680", "#ffffff"
_MARGIN, _SWATCH, _ROW, _GAP = 12, (30, 16), 24, 10
_TITLE, _TEXT, _SMALL = 15, 13, 11
_LINE = 58  # letters of the note at the foot


def legend_picture(
    entries: list[dict[str, Any]], *, title: str, subtitle: str, note: str, scale: int = 1
) -> bytes:
    """Return the legend of a raster as PNG.

    Parameters
    ----------
    entries
        The rows, as ``legend`` returns them.
    title, subtitle
        What is shown, and of when.
    note
        What the values mean; wrapped at the foot.
    scale
        Pixels to a point: 2 for fine screens and print.
    """
    return _drawn(json.dumps(entries), title, subtitle, note, scale)


@lru_cache(maxsize=512)
def _drawn(described: str, title: str, subtitle: str, note: str, scale: int) -> bytes:
    """Draw a legend, once for all clients; the entries are JSON so that they can be remembered."""
    entries: list[dict[str, Any]] = json.loads(described)
    lines = [
        (title, _font(_TITLE * scale, bold=True), _INK),
        (subtitle, _font(_TEXT * scale), _QUIET),
    ]
    rows = [(entry, entry["words"]) for entry in entries]
    foot = [(line, _font(_SMALL * scale), _QUIET) for line in textwrap.wrap(note, _LINE)]
    text_font = _font(_TEXT * scale)
    indent = (_MARGIN + _SWATCH[0] + _GAP) * scale
    ends = [_MARGIN * scale + font.getlength(text) for text, font, _ in (*lines, *foot)]
    ends += [indent + text_font.getlength(words) for _, words in rows]
    height = _MARGIN * 2 + 22 + 20 + _GAP + _ROW * len(rows) + _GAP // 2 + 15 * len(foot)
    size = (int(max(ends)) + _MARGIN * scale, height * scale)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    top = _MARGIN
    for (text, font, ink), step in zip(lines, (22, 20), strict=True):
        draw.text((_MARGIN * scale, top * scale), text, font=font, fill=ink)
        top += step
    top += _GAP
    for entry, words in rows:
        _draw_swatch(draw, entry, top, scale)
        draw.text((indent, top * scale), words, font=text_font, fill=_INK)
        top += _ROW
    top += _GAP // 2
    for text, font, ink in foot:
        draw.text((_MARGIN * scale, top * scale), text, font=font, fill=ink)
        top += 15
    content = io.BytesIO()
    sheet.quantize(64).save(content, "PNG", optimize=True)
    return content.getvalue()


def _draw_swatch(draw: ImageDraw.ImageDraw, entry: dict[str, Any], top: int, scale: int) -> None:
    """Draw a colour as it looks on white paper."""
    red, green, blue = bytes.fromhex(entry["colour"][1:])
    opacity = entry["opacity"]
    seen = tuple(round(part * opacity + 255 * (1 - opacity)) for part in (red, green, blue))
    left, wide, tall = _MARGIN * scale, _SWATCH[0] * scale, _SWATCH[1] * scale
    box = (left, top * scale, left + wide, top * scale + tall)
    draw.rectangle(box, fill=seen, outline=_EDGE, width=scale)


@lru_cache(maxsize=16)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which has the letters of most languages and comes with matplotlib."""
    import matplotlib as mpl  # noqa: PLC0415 - a tenth of a second that no tile needs

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), size)
