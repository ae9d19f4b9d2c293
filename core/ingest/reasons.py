"""Every reason for which a row is dropped or mended, in words that a person understands."""

from __future__ import annotations

DROPS: dict[str, str] = {
    "unsplittable_line": "the line could not be split into the columns of the header",
    "missing_id": "the row has no identifier",
    "damaged_id": "a spreadsheet rounded the identifier, so it no longer names one row",
    "repeated_id": "a newer row of the same source and identifier is in the file",
    "missing_class": "the row has no class code",
    "unknown_class": "no crime-type table knows the class code",
    "refused_class": "the class is never modelled",
    "missing_time": "the row says neither when it happened nor when it was found",
    "unparseable_time": "the time of occurrence cannot be read as a time",
    "date_only": "the row has a date without a time, and the settings drop those",
    "future_time": "the time of occurrence lies after the row's last update, or after now",
    "window_too_long": "the window of occurrence is longer than the settings accept",
    "missing_coordinates": "the row has no coordinates",
    "unparseable_coordinates": "the coordinates are no numbers",
    "zero_coordinates": "the coordinates are (0, 0), a placeholder for unknown",
    "outside_jurisdiction": "the coordinates lie outside the jurisdiction and its tolerance",
    "missing_category": "the row does not say what it is",
    "unknown_category": "the category is not on the list of those that may be used",
    "refused_category": "the category is never used",
    "missing_geometry": "the row has no shape",
    "geometry_beyond_repair": "the shape crosses itself and nothing is left when mended",
    "no_polygon": "the shape is a point or a line where an area is needed",
    "no_line": "the shape is a point or an area where a line is needed",
    "outside_crs": "the shape lies outside the domain of the workspace's CRS",
    "repeated_row": "the same row stands in the file before",
}

REPAIRS: dict[str, str] = {
    "id_as_float": "the identifier was written as a number with decimals",
    "fallback_class": "the first class code was unknown; the second class column was used",
    "several_classes": "several class codes; the most serious modelled one counts",
    "date_only": "a date without a time; the window is the whole local day",
    "unpadded_time": "date or hour written without leading zeros",
    "short_offset": "UTC offset written with one digit, such as -5:00",
    "excel_serial_time": "time written as a spreadsheet's day number",
    "epoch_time": "time written as seconds or milliseconds since 1970",
    "day_month_swapped": "day and month stand the other way round than in most rows",
    "other_time_format": "the time does not follow the given format, but another one",
    "nonexistent_local_time": "local time that a clock change skipped; moved forward by the gap",
    "ambiguous_local_time": "local time that a clock change repeated; the first one is taken",
    "blank_end": "no end of the window; the time of occurrence counts as exact",
    "unparseable_end": "the end of the window cannot be read; the start counts as exact",
    "blank_start": "no start of the window; its end counts as exact",
    "reversed_window": "the window ended before it began; start and end were exchanged",
    "unparseable_report_time": "the time of the report cannot be read; it counts as unknown",
    "reported_before_occurrence": "reported before it began; the time of the report is unknown",
    "unparseable_update_time": "the time of the last update cannot be read; it counts as unknown",
    "decimal_comma": "coordinates written with a decimal comma",
    "fallback_coordinates": "the first pair of coordinates was missing; the second one was used",
    "swapped_coordinates": "longitude and latitude were exchanged",
    "geometry_centroid": "a line or polygon; its centre is the position",
    "unknown_geocode_quality": "the geocode quality is none of the known ones",
    "unknown_source_kind": "the source kind is none of the known ones; the source's own counts",
    "invalid_geometry": "the shape crossed itself; it was mended",
    "repeated_id_numbered": "several rows have the identifier; the later ones were numbered",
    "unparseable_valid_from": "the start of validity cannot be read; it counts as unknown",
    "unparseable_valid_to": "the end of validity cannot be read; it counts as unknown",
    "reversed_validity": "the validity ended before it began; the dates were exchanged",
    "end_of_event_assumed": "the event has no end; three hours are assumed",
    "unusable_attendance": "the expected attendance is no number of people; it counts as unknown",
    "dissolved_into_its_district": "one more part of a district; the parts became one",
    "district_without_id_numbered": "the district has no identifier; it was numbered",
    "dissolved_into_its_neighbourhood": "one more part of a neighbourhood; the parts became one",
    "neighbourhood_without_id_numbered": "the neighbourhood has no identifier; it was numbered",
    "sliver_removed": "a detached part below 100 square metres was removed",
    **{
        f"{fault}_{quantity.replace(' ', '_')}": f"the {quantity} {words}; it counts as unknown"
        for quantity in (
            "temperature",
            "temperature max",
            "temperature min",
            "precipitation",
            "snow",
            "wind",
        )
        for fault, words in (
            ("impossible", "is beyond what a day in a city can have"),
            ("unreadable", "is no number"),
        )
    },
    "trace_counts_as_zero": "a trace of rain or snow; it counts as 0",
    "day_with_fewer_than_18_rows": "the day has fewer than 18 hourly rows",
    "several_rows_of_a_day_averaged": "several rows of one day; their mean counts",
}


def in_words(reason: str) -> str:
    """Return what a reason means; a reason of another reader is returned with spaces."""
    return DROPS.get(reason) or REPAIRS.get(reason) or reason.replace("_", " ")
