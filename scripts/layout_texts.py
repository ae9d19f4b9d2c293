"""The texts of the briefing templates: expressions of QGIS over the fields of the day's layers."""

from __future__ import annotations

KICKER = "[% @evenbeat_agency %] · patrol briefing"
TITLE = '[% "district" %] · [% title("shift") %] shift'
WHEN = (
    "[% @evenbeat_date || ', ' || \"span\" "
    "|| if(\"odd_hours\" = '', '', ' (' || \"odd_hours\" || ')') %]"
)
FACTS = (
    ("Boxes",
     "[% \"boxes\" || if(\"boxes\" > 0, ', ' || round(\"minutes\") || ' minutes in all', '') %]"),
    ("Weather", "[% @evenbeat_weather %]"),
    ("Data", "[% @evenbeat_freshness || if(@evenbeat_stale = '1', ' (OLD)', '') %]"),
    ("Run", "[% @evenbeat_run %]"),
)  # fmt: skip
UNREVIEWED = '[% "unreviewed" %]'
STATEMENT = "[% @evenbeat_statement %]"
ORIGIN = (
    "Run [% @evenbeat_run %] · what was known by [% @evenbeat_cutoff %] · "
    "code [% @evenbeat_code %]\n"
    "Audit log: [% @evenbeat_log_head %]"
)
PAGE = "[% @layout_page %] of [% @layout_numpages %]"
HEADER = '[% "district" %] · [% title("shift") %] shift · [% @evenbeat_date %], [% "span" %]'
CLASSES = "Priority: the place of a cell among all cells of the jurisdiction on this shift."

BOXES = "Boxes"
COLUMNS = (
    ("no", 0.06, "Box", '[% "rank" %]'),
    ("centre", 0.17, "Centre", """[% if("is_proposed", 'proposal\\n', '') || "position" %]"""),
    ("dose", 0.19, "Dose", '[% "dose" %]'),
    ("parts", 0.24, "Priority comes from", '[% "parts_words" %]'),
    ("expected", 0.22, "Expected, about", '[% "expected_words" %]'),
    ("place", 0.12, "Priority", '[% "place_among" %]'),
)
NO_BOX = "[% if(\"boxes\" = 0, 'No box on this shift. Patrol as usual; answer calls first.', '') %]"
NOTE = (
    '[% if("boxes" > 0, \'Centres are latitude, longitude. “1 in 80 shifts” is an average over '
    "many such shifts. All boxes of this page together: about ' || \"odds\" || '.', '') %]"
)
SECTIONS = (
    ("tours", "Suggested order of visits", '[% "tours" %]'),
    ("notes", "What the rules took away", '[% "notes" %]'),
    ("events", "Events on this shift",
     "[% if(\"events\" = '', 'None known in or near this district.', \"events\") %]"),
)  # fmt: skip
WHY = "[% if(\"boxes\" > 0, 'Why here, and what happened lately', '') %]"
CARD_TITLE = '[% "rank" %]   [% "headline" %]'
_LISTED = "'• ' || replace(\"{0}\", '\\n', '\\n• ')"
CARD = (
    ("why", "Strongest reasons", "[% " + _LISTED.format("why_words") + " %]"),
    ("recent", "Last [% @evenbeat_recent_days %] days, in it or within [% @evenbeat_near %]",
     "[% if(\"recent_words\" = '', 'None reported.', " + _LISTED.format("recent_words") + ") %]"),
    ("places", "[% if(\"places_words\" = '', '', 'Places in it or beside it') %]",
     '[% "places_words" %]'),
    ("chosen", "Why here and not there",
     "[% trim(\"chosen_words\" || ' ' || \"instead_words\") %]"),
)  # fmt: skip
CARD_DAYS = 'A box here on [% "days_in_last_7" %] of the last 7 days, this one included.'
CARD_VISITS = (
    'Visits at [% array_to_string(array_foreach(generate_series(1, "visits"), '
    "'____:____'), '    ') %]"
)
TACTICS = "What to do on a visit"
TACTICS_TEXT = '[% "tactics" %]'
