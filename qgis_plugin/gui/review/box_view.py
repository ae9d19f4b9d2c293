"""The box that is looked at: its name, its facts, the buttons, what is asked, and its story."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from evenbeat.gui.messages import sentence_label
from evenbeat.gui.review.actions import ActionBar
from evenbeat.gui.review.banner import Banner
from evenbeat.gui.review.look import state_words
from evenbeat.gui.review.reasons import ReasonStrip
from evenbeat.gui.review.story import StoryView
from evenbeat.gui.review.wording import box_words
from evenbeat.review.desk import ReviewDesk


class BoxView(QWidget):
    """The lower part of the dock."""

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        self.title = QLabel()
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.title.setFont(font)
        self.facts = sentence_label(faint=True)
        self.actions = ActionBar(desk)
        self.strip = ReasonStrip()
        self.banner = Banner()
        self.story = StoryView()
        for part in (self.title, self.facts, self.actions, self.strip, self.banner):
            layout.addWidget(part)
        layout.addWidget(self.story, 1)

    def show_head(self) -> None:
        """Show which box it is; its story follows when it is told."""
        box = self._desk.box
        self.actions.refresh()
        if box is None:
            self.title.setText(self.tr("Choose a box in the list"))
            self.facts.clear()
            self.story.clear()
            return
        words = box_words(box)
        self.title.setText(f"{words[:1].upper()}{words[1:]} \u2013 {state_words(box['state'])}")
        percentile = box["percentile"]
        parts = (
            f"{box['shift_start'][11:16]}\u2013{box['shift_end'][11:16]}",
            self.tr("unit {unit}").format(unit=box["unit"]) if box["unit"] else "",
            self.tr("{visits} visits of {minutes:g} min").format(
                visits=box["visits"], minutes=box["visit_minutes"]
            ),
            "" if percentile is None
            else self.tr("above {percent} % of cells").format(percent=int(percentile)),
        )  # fmt: skip
        self.facts.setText("  \u00b7  ".join(part for part in parts if part))
