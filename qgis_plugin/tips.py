"""Map tips of boxes: what the mouse shows on a box, made from the fields that there are."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsMapLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

KEY_FIELD = "assignment_id"


def give_tip(layer: QgsMapLayer) -> bool:
    """Give a layer of boxes its map tip, where it has none; return whether it is one."""
    if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
        return False
    fields = [field.name() for field in layer.fields()]
    if KEY_FIELD not in fields:
        return False
    if not layer.mapTipTemplate():
        layer.setMapTipTemplate(tip_of_boxes(fields))
    return True


def tip_of_boxes(fields: Sequence[str]) -> str:
    """Return the template of a map tip for boxes with some fields."""
    rows = [
        f"<tr><td>{label}&nbsp;</td><td><b>[% {expression} %]</b></td></tr>"
        for needed, label, expression in _lines() if set(needed) <= set(fields)
    ]  # fmt: skip
    return f"<b>[% {_text(KEY_FIELD)} %]</b><table>{''.join(rows)}</table>"


def _lines() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """Return what a tip tells: fields that it needs, its label, and its expression."""
    return (
        (("shift",), _tr("Shift"), _text("shift")),
        (("district_id",), _tr("District"), _text("district_id")),
        (("dominant_type",), _tr("Mostly"), _words("dominant_type")),
        (("minutes", "visits", "visit_minutes"), _tr("Planned"),
         "round(\"minutes\") || ' min, ' || \"visits\" || ' x ' || round(\"visit_minutes\")"),
        (("planned_minutes", "planned_visits"), _tr("Planned"),
         "round(\"planned_minutes\") || ' min, ' || \"planned_visits\" || ' x'"),
        (("presence_minutes", "visits"), _tr("Delivered"),
         "round(\"presence_minutes\") || ' min, ' || \"visits\" || ' x'"),
        (("outcome",), _tr("Outcome"), _words("outcome")),
        (("state",), _tr("State"), _text("state")),
        (("expected_total",), _tr("Expected incidents"), 'round("expected_total", 3)'),
        (("percentile",), _tr("Above this share of cells"), "round(\"percentile\", 1) || ' %'"),
        (("reason",), _tr("Reason"), f"coalesce({_text('reason')}, '-')"),
    )  # fmt: skip


def _text(field: str) -> str:
    """Return a field's text for HTML; nothing that somebody typed becomes markup."""
    return f"replace(replace(to_string(\"{field}\"), '&', '&amp;'), '<', '&lt;')"


def _words(field: str) -> str:
    return f"replace({_text(field)}, '_', ' ')"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tips", text)
