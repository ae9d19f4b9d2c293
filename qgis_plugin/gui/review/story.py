"""Everything about one box: why here, incidents, trend, patrol, caps, and what was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from qgis.PyQt.QtCore import QDate, QDateTime, QLocale, Qt, QTimeZone
from qgis.PyQt.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from evenbeat.gui.messages import sentence_label
from evenbeat.gui.review.charts import BarRow, BarRows, DayColumns, Sparkline
from evenbeat.gui.review.look import BLUE, COLOURS, RED
from evenbeat.gui.review.wording import action_words
from evenbeat.review.gauges import concerning, how_full, words_of

_MOST_INCIDENTS = 6
_NEARLY = 0.85


class StoryView(QScrollArea):
    """Sections one below the other; made once and filled for each box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._name = ""
        self.titles: dict[str, str] = {}
        self.timezone = "UTC"
        body = QWidget()
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(2, 2, 10, 8)
        self._layout.setSpacing(4)
        self.why = self._section(self.tr("Why here?"), BarRows())
        self.instead = self._more(sentence_label(faint=True))
        self.caps = self._section(self.tr("Caps"), BarRows())
        self.mainly = self._section(self.tr("Mainly for"), sentence_label())
        self.trend = self._section(self.tr("Trend"), Sparkline())
        self.trend_words = self._more(sentence_label(faint=True))
        self.incidents = self._section(self.tr("Recent incidents"), sentence_label())
        self.dose = self._section(self.tr("Recent patrol"), DayColumns())
        self.dose_words = self._more(sentence_label(faint=True))
        self.tactics = self._section(self.tr("Tactics"), sentence_label())
        self.history = self._section(self.tr("History"), sentence_label())
        self._layout.addStretch(1)
        self.setWidget(body)
        body.hide()

    def clear(self) -> None:
        """Show nothing."""
        self.widget().hide()

    def show_story(self, told: dict[str, Any]) -> None:
        """Show what the engine told about a box."""
        story = told["story"]
        self.widget().show()  # first: what wraps does not learn its height while it is hidden
        self._show_why(told)
        self._show_caps(told)
        shares = sorted(told["shares"].items(), key=lambda one: -one[1])
        self.mainly.setText("  \u00b7  ".join(
            f"{self._title(kind)} {100 * share:.0f} %" for kind, share in shares if share >= 0.01
        ))  # fmt: skip
        self._show_trend(story)
        self.incidents.setText(self._incidents(story))
        self._show_dose(story, told["past_dose"])
        self.tactics.setText("\n".join(f"\u2022 {tactic['name']}" for tactic in told["tactics"]))
        self.tactics.setToolTip("\n".join(
            f"{tactic['name']}: {tactic['text']}" for tactic in told["tactics"]
        ))  # fmt: skip
        self.history.setText(self._history(told["events"]))
        if told["box"]["assignment_id"] != self._name:
            self._name = told["box"]["assignment_id"]
            self.verticalScrollBar().setValue(0)

    def _section(self, title: str, widget: Any) -> Any:
        label = QLabel(title)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setContentsMargins(0, 8, 0, 0)
        self._layout.addWidget(label)
        widget.setAccessibleName(title)
        return self._more(widget)

    def _more(self, widget: Any) -> Any:
        self._layout.addWidget(widget)
        return widget

    def _show_why(self, told: dict[str, Any]) -> None:
        why = told["why"]
        most = max((abs(part["effect"]) for part in why), default=1.0) or 1.0
        rows = [
            BarRow(
                self.tr("{type}: {words}").format(
                    type=self._title(part["crime_type"]), words=part["words"]
                ),
                "", abs(part["effect"]) / most, BLUE if part["effect"] > 0 else RED,
            )
            for part in why
        ]  # fmt: skip
        if not rows:
            rows = [BarRow(self._without_reasons(told["box"]["chosen_by"]), "", 0.0)]
        self.why.set_rows(rows)
        words = (told["instead"] or {}).get("words", "")
        self.instead.setText(words)
        self.instead.setVisible(bool(words))

    def _without_reasons(self, chosen_by: str) -> str:
        """Return why there is a box where no reason is told."""
        words = {
            "reviewer": self.tr("A reviewer placed it; no forecast speaks for it."),
            "custom": self.tr("A person drew it on the map; nothing of the forecast stands out."),
            "exploration": self.tr(
                "An exploration box: drawn evenly from all cells, whatever their risk."
            ),
        }
        return words.get(chosen_by, self.tr("Nothing stands out in this cell."))

    def _show_caps(self, told: dict[str, Any]) -> None:
        rows = []
        for gauge in concerning(told["box"], told["gauges"]):
            full = how_full(gauge)
            colour = RED if full > 1 else COLOURS["proposed"] if full > _NEARLY else (
                COLOURS["approved"]
            )  # fmt: skip
            figure = self.tr("{used:g} of {allowed:g} {unit}").format(
                used=round(gauge["used"], 1), allowed=round(gauge["allowed"], 1),
                unit=gauge["unit"],
            )  # fmt: skip
            rows.append(BarRow(words_of(gauge, told["box"]), figure, full, colour))
        self.caps.set_rows(rows)

    def _show_trend(self, story: dict[str, Any]) -> None:
        totals = [float(sum(week["counts"].values())) for week in story["weeks"]]
        weeks = story["weeks"]
        ends = (_day(weeks[0]["first"]), _day(weeks[-1]["first"])) if weeks else ("", "")
        late, early = totals[-4:], totals[:-4]
        words = self.tr("{count:.0f} incidents in the last 4 weeks within {near:g} m").format(
            count=sum(late), near=story["near_m"]
        )
        if early:
            words += self.tr("; before, {usual:.1f} in 4 weeks on average").format(
                usual=4 * sum(early) / len(early)
            )
        self.trend.set_values(totals, ends, words)
        self.trend_words.setText(words + ".")

    def _show_dose(self, story: dict[str, Any], past: dict[str, Any]) -> None:
        doses = story["doses"]
        self.dose.counted = [day["counted"] for day in doses]
        ends = (_day(doses[0]["date"]), _day(doses[-1]["date"])) if doses else ("", "")
        minutes = [day["minutes"] for day in doses]
        words = self.tr(
            "{minutes:.0f} minutes of patrol in {days} days, on {counted} of them as a visit "
            "(green)."
        ).format(minutes=sum(minutes), days=len(doses), counted=sum(self.dose.counted))
        if not any(minutes):
            words = self.tr("No measured patrol in the days before.")
        self.dose.set_values(minutes, ends, words)
        self.dose_words.setText(words)
        self.dose.setVisible(any(minutes))

    def _incidents(self, story: dict[str, Any]) -> str:
        lines = [
            f"{self._time(one['occurred_from'])}   {self._title(one['crime_type'])}, "
            f"{self._distance(one['distance_m'])}"
            for one in story["incidents"][:_MOST_INCIDENTS]
        ]
        more = len(story["incidents"]) - len(lines) + story["left_out"]
        if more:
            lines.append(self.tr("and {more} more").format(more=more))
        if lines:
            return "\n".join(lines)
        return self.tr("None in the last {days} days within {near:g} m.").format(
            days=story["recent_days"], near=story["near_m"]
        )

    def _distance(self, metres: float | None) -> str:
        if metres is None:
            return self.tr("near it; the place is not shown")
        return self.tr("in the box") if metres == 0 else f"{metres:.0f} m"

    def _history(self, events: list[dict[str, Any]]) -> str:
        lines = [
            "{time}   {actor} ({role}): {action}{reason}".format(
                time=self._time(event["at"]), actor=event["actor"], role=event["role"],
                action=action_words(event["action"]) + (
                    self.tr(", over a cap") if event["overridden"] else ""
                ),
                reason=f". {event['reason']}" if event["reason"] else "",
            )
            for event in reversed(events)
        ]  # fmt: skip
        return "\n".join(lines) or self.tr("Nothing was done to it yet.")

    def _title(self, kind: str) -> str:
        return self.titles.get(kind, kind.replace("_", " "))

    def _time(self, moment: str) -> str:
        seconds = datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
        zone = QTimeZone(self.timezone.encode())
        there = QDateTime.fromSecsSinceEpoch(int(seconds), zone)
        return QLocale().toString(there, "ddd d MMM HH:mm")


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM")
