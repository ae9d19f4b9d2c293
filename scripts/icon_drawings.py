"""The plugin's icons, each a few strokes on 24 x 24 units; colours are roles, set by the theme.

A drawing is a list of parts: a path, and how it is painted. ``line`` is a stroke of 1.7 units with
round ends, ``fine`` one of 1.3, ``fill`` an area; the colour's role follows.
"""

from __future__ import annotations

Part = tuple[str, str, str]


def _disc(x: float, y: float, radius: float) -> str:
    arc = f"a{radius} {radius} 0 1 0"
    return f"M{x - radius:g} {y:g} {arc} {2 * radius:g} 0 {arc} {-2 * radius:g} 0z"


def _square(x: float, y: float, side: float) -> str:
    return f"M{x} {y} h{side} v{side} h{-side}z"


_FOLDER = "M3 19.5 v-14 h6 l2 2.5 h10 v11.5z"
_SHEET = "M5.5 2.8 h8.6 l4.4 4.4 v14 h-13z M14 3 v4.4 h4.4"
_CALENDAR = "M3.5 5.5 h17 v15 h-17z M3.5 9.8 h17 M8 3 v4 M16 3 v4"
_BARS = ("M5 13 h3.4 v7.5 H5z", "M10.3 8 h3.4 v12.5 h-3.4z", "M15.6 11 h3.4 v9.5 h-3.4z")
_AXES = "M3 3.5 v17.2 h18"
_PERSON = (
    "M12 11 a3.6 3.6 0 1 0 0 -7.2 a3.6 3.6 0 0 0 0 7.2z "
    "M4.8 20.5 c0 -4.4 3 -6.6 7.2 -6.6 s7.2 2.2 7.2 6.6z"
)
_CUBE = "M12 2.8 L20.5 7 v10 L12 21.2 L3.5 17 V7z"
_CYLINDER = "M4 6 c0 -4 16 -4 16 0 v12 c0 4 -16 4 -16 0z M4 6 c0 4 16 4 16 0 M4 12 c0 4 16 4 16 0"

DRAWINGS: dict[str, tuple[Part, ...]] = {
    # Panels
    "workspace": (
        (_FOLDER, "fill", "soft"),
        (_FOLDER, "line", "ink"),
        (_square(9.5, 11, 3), "fill", "blue"),
        (_square(13, 14, 3), "fill", "amber"),
    ),
    "run": ((_disc(12, 12, 9.2), "line", "ink"), ("M9.7 7.8 l7 4.2 l-7 4.2z", "fill", "green")),
    "review": (
        (_square(3.5, 5.5, 14.5), "fill", "soft"),
        (_square(3.5, 5.5, 14.5), "line", "ink"),
        ("M7 12.5 l3.4 3.4 L20.5 5", "line", "green"),
    ),
    "dosage": (
        (_disc(12, 13, 8.2), "line", "ink"),
        ("M12 8 v5 l3.6 2.2", "line", "blue"),
        ("M9.5 2.4 h5 M18.6 5.2 l1.6 1.6", "line", "ink"),
    ),
    "tiles": (
        (_square(3.5, 3.5, 7.4), "fill", "blue"),
        (_square(13.1, 3.5, 7.4), "fill", "soft"),
        (_square(3.5, 13.1, 7.4), "fill", "soft"),
        (_square(13.1, 13.1, 7.4), "fill", "amber"),
        (_square(3.5, 3.5, 17), "fine", "ink"),
        ("M12 3.5 v17 M3.5 12 h17", "fine", "ink"),
    ),
    "briefing": (
        (_SHEET, "fill", "soft"),
        (_SHEET, "line", "ink"),
        (_square(8.2, 9.6, 4.4), "fill", "blue"),
        ("M8.4 17.4 h7.2 M14.8 11 h1 M14.8 13.6 h1", "line", "ink"),
    ),
    "priorities": (
        ("M4 7 h16 M4 12 h16 M4 17 h16", "fine", "ink"),
        (_disc(15.5, 7, 2.4), "fill", "blue"),
        (_disc(8, 12, 2.4), "fill", "amber"),
        (_disc(12.5, 17, 2.4), "fill", "blue"),
    ),
    "sources": ((_CYLINDER, "fill", "soft"), (_CYLINDER, "line", "ink")),
    # Actions
    "approve": (("M4 12.8 l5.2 5.2 L20.4 6", "line", "green"),),
    "reject": (("M5.5 5.5 l13 13 M18.5 5.5 l-13 13", "line", "red"),),
    "move": (
        (_square(9, 9, 6), "fill", "amber"),
        (
            "M12 6.4 V2.4 m-2 2 l2 -2 l2 2 M12 17.6 v4 m-2 -2 l2 2 l2 -2"
            " M6.4 12 h-4 m2 -2 l-2 2 l2 2 M17.6 12 h4 m-2 -2 l2 2 l-2 2",
            "line",
            "ink",
        ),
    ),
    "resize": (
        (_square(4, 11, 9), "fill", "soft"),
        (_square(4, 11, 9), "line", "ink"),
        ("M13.5 10.5 L20 4 m-5 0 h5 v5", "line", "blue"),
    ),
    "add": (
        (_square(3.5, 3.5, 13), "fill", "soft"),
        (_square(3.5, 3.5, 13), "fine", "ink"),
        ("M16.5 12.5 v8 M12.5 16.5 h8", "line", "green"),
    ),
    "suppress": ((_disc(12, 12, 8.8), "line", "red"), ("M6 6 l12 12", "line", "red")),
    "note": (
        ("M4 4 h16 v11.5 h-7.5 L8 20 v-4.5 H4z", "fill", "soft"),
        ("M4 4 h16 v11.5 h-7.5 L8 20 v-4.5 H4z", "line", "ink"),
        ("M8 8.2 h8 M8 11.6 h5", "fine", "blue"),
    ),
    "undo": (("M8.5 4.5 L4 9 l4.5 4.5 M4.5 9 h9 a5.5 5.5 0 0 1 0 11 H9", "line", "ink"),),
    "next": (("M9 4.5 l7.5 7.5 L9 19.5", "line", "ink"),),
    "previous": (("M15 4.5 L7.5 12 l7.5 7.5", "line", "ink"),),
    "zoom": (
        (_disc(10.5, 10.5, 6.6), "line", "ink"),
        ("M15.4 15.4 L21 21", "line", "ink"),
        (_square(8.3, 8.3, 4.4), "fill", "amber"),
    ),
    "why": (
        (_disc(12, 12, 9.2), "line", "ink"),
        ("M9.2 9.6 c0 -4 6 -3.6 5.6 0 c-0.2 2 -2.8 2 -2.8 4.3", "line", "blue"),
        (_disc(12, 17, 1.2), "fill", "blue"),
    ),
    "refresh": (("M19.5 11 a7.6 7.6 0 1 0 -1.6 6 M20.5 5.5 V11 H15", "line", "ink"),),
    "cancel": ((_disc(12, 12, 9.2), "line", "ink"), (_square(8.6, 8.6, 6.8), "fill", "red")),
    "open": (
        (_FOLDER, "fill", "soft"),
        (_FOLDER, "line", "ink"),
        ("M12 17 v-6 m-2.6 2.4 L12 10.8 l2.6 2.6", "line", "blue"),
    ),
    "layers": (
        ("M12 3.5 L21 8 L12 12.5 L3 8z", "fill", "blue"),
        ("M3 12 L12 16.5 L21 12 M3 16 l9 4.5 L21 16", "line", "ink"),
    ),
    "play": (("M7 4.5 L19.5 12 L7 19.5z", "fill", "green"),),
    "pause": (("M6.5 5 h4 v14 h-4z M13.5 5 h4 v14 h-4z", "fill", "ink"),),
    "tracks": (
        ("M4 19.5 C9 19.5 6 12 11 11.5 s4 -7 9 -7", "fine", "ink"),
        (_disc(4, 19.5, 2), "fill", "blue"),
        (_disc(11, 11.5, 2), "fill", "blue"),
        (_disc(20, 4.5, 2.4), "fill", "ink"),
    ),
    "settings": (
        ("M4 7 h16 M4 17 h16", "fine", "ink"),
        (_disc(9, 7, 2.6), "fill", "blue"),
        (_disc(15, 17, 2.6), "fill", "blue"),
    ),
    "help": (
        (_disc(12, 12, 9.2), "fill", "soft"),
        (_disc(12, 12, 9.2), "line", "ink"),
        ("M9.2 9.6 c0 -4 6 -3.6 5.6 0 c-0.2 2 -2.8 2 -2.8 4.3", "line", "ink"),
        (_disc(12, 17, 1.2), "fill", "ink"),
    ),
    # Algorithms
    "init": (
        (_FOLDER, "fill", "soft"),
        (_FOLDER, "line", "ink"),
        ("M12 10.6 v6.4 M8.8 13.8 h6.4", "line", "green"),
    ),
    "addsource": (
        (_CYLINDER, "fill", "soft"),
        (_CYLINDER, "fine", "ink"),
        ("M17 13.5 v8 M13 17.5 h8", "line", "green"),
    ),
    "ingest": (
        ("M3.5 14 v6.5 h17 V14", "line", "ink"),
        ("M12 3 v11.5 m-4 -4 l4 4 l4 -4", "line", "blue"),
    ),
    "describe": (
        (_square(3.5, 3.5, 17), "fill", "soft"),
        (_square(3.5, 3.5, 17), "line", "ink"),
        ("M3.5 9 h17 M9.5 9 v11.5", "fine", "ink"),
        ("M12.5 13 h5 M12.5 16.5 h5", "fine", "blue"),
    ),
    "fit": (
        (_AXES, "line", "ink"),
        ("M5.5 17.5 C11 17 12 8 20 6", "line", "blue"),
        (_disc(8, 14, 1.2), "fill", "ink"),
        (_disc(11, 15.6, 1.2), "fill", "ink"),
        (_disc(13.4, 8.4, 1.2), "fill", "ink"),
        (_disc(17.4, 9.6, 1.2), "fill", "ink"),
    ),
    "forecast": (
        (_square(3.5, 3.5, 5), "fill", "soft"),
        (_square(9.5, 3.5, 5), "fill", "blue-half"),
        (_square(15.5, 3.5, 5), "fill", "soft"),
        (_square(3.5, 9.5, 5), "fill", "blue-half"),
        (_square(9.5, 9.5, 5), "fill", "ink"),
        (_square(15.5, 9.5, 5), "fill", "blue"),
        (_square(3.5, 15.5, 5), "fill", "soft"),
        (_square(9.5, 15.5, 5), "fill", "blue"),
        (_square(15.5, 15.5, 5), "fill", "blue-half"),
    ),
    "backtest": (
        (_AXES, "line", "ink"),
        ("M5.5 18 C7 9 12 6.5 20 5.5", "line", "blue"),
        ("M5.5 18 L20 9.5", "dash", "ink"),
    ),
    "difference": (
        ("M4 8.5 h9", "line", "blue"),
        ("M8.5 4 v9", "line", "blue"),
        ("M12.5 17.5 h8", "line", "ink"),
        ("M19.5 4 L4.5 20.5", "fine", "ink"),
    ),
    "plan": (
        (_square(3.5, 4, 6.4), "line", "blue"),
        (_square(14, 13.6, 6.4), "line", "ink"),
        ("M10.4 9.6 L13.6 13", "dash", "ink"),
        (_disc(17, 6.5, 1.6), "fill", "ink"),
    ),
    "whatif": (
        (_square(3.5, 9, 7.4), "line", "ink"),
        (_square(13.4, 13.4, 6.4), "line", "ink"),
        ("M13 5.6 c0 -3.4 5.4 -3.2 5 0 c-0.2 1.7 -2.5 1.7 -2.5 3", "line", "blue"),
        (_disc(15.5, 11.2, 1), "fill", "blue"),
    ),
    "reportshift": ((_AXES, "line", "ink"), *((bar, "fill", "blue") for bar in _BARS)),
    "reporttactic": (
        (_disc(11, 13, 7.6), "line", "ink"),
        (_disc(11, 13, 3.4), "line", "ink"),
        ("M11 13 L19.5 4.5 m-3.5 0.4 h3.2 v3.2", "line", "ink"),
    ),
    "reportofficer": ((_PERSON, "fill", "soft"), (_PERSON, "line", "ink")),
    "reportcrimetype": (
        ("M4 6 h9 M4 12 h15 M4 18 h6", "thick", "blue"),
        ("M2.6 2.5 v19", "fine", "ink"),
    ),
    "reportcrimedosage": (
        (_AXES, "line", "ink"),
        ("M5.5 7 L11 12 l4 -2 L20.5 16.5", "line", "ink"),
        ("M5 17.5 h3.4 v3 H5z", "fill", "blue"),
        ("M10.3 14.5 h3.4 v6 h-3.4z", "fill", "blue"),
        ("M15.6 18 h3.4 v2.5 h-3.4z", "fill", "blue"),
    ),
    "reportequity": (
        ("M12 3 v17.5 M7.5 20.8 h9 M4.5 6.2 h15", "line", "ink"),
        ("M4.7 6.5 L1.8 14 h5.8z M19.3 6.5 L16.4 14 h5.8z", "fine", "ink"),
        ("M1.8 14 h5.8 a2.9 2.9 0 0 1 -5.8 0z", "fill", "blue"),
        ("M16.4 14 h5.8 a2.9 2.9 0 0 1 -5.8 0z", "fill", "blue"),
    ),
    "equityload": (
        (_disc(8, 7.5, 3.3), "fill", "blue"),
        ("M2 19.5 a6 6.4 0 0 1 12 0z", "fill", "blue"),
        ("M18.3 20.5 v-13 M14.8 11 L18.3 7.2 L21.8 11", "line", "ink"),
    ),
    "brief": (
        (_SHEET, "fill", "soft"),
        (_SHEET, "line", "ink"),
        ("M8.5 11 h7 M8.5 14.2 h7 M8.5 17.4 h4.5", "fine", "blue"),
    ),
    "publish": (
        ("M4 14.5 v6 h16 v-6", "line", "ink"),
        ("M12 16 V3.5 m-4 4 l4 -4 l4 4", "line", "blue"),
    ),
    "package": (
        (_CUBE, "fill", "soft"),
        (_CUBE + " M3.5 7 L12 11.4 L20.5 7 M12 11.4 v9.8", "line", "ink"),
        ("M7.8 5 L16.2 9.2", "line", "ink"),
    ),
    "daily": (
        (_CALENDAR, "fill", "soft"),
        (_CALENDAR, "line", "ink"),
        ("M10 12 l5 3.2 l-5 3.2z", "fill", "green"),
    ),
}
