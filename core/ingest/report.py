"""The account of a file as plain text, for a terminal or a log."""

from __future__ import annotations

from evenbeat.core.ingest.reasons import DROPS, REPAIRS
from evenbeat.core.ingest.tally import IngestReport, Tally
from evenbeat.core.policy.susceptibility import LIMIT

_MAX_LINES = 25


def render_report(report: IngestReport) -> str:
    """Return the report as lines of text.

    Examples
    --------
    >>> report = IngestReport(name="events.csv", rows_in=2, rows_kept=1)
    >>> report.drop("missing_id", 1, ["row 2"])
    >>> print(render_report(report))
    events.csv: 2 rows, 1 kept, 1 dropped
    Dropped
             1  the row has no identifier (missing_id), e.g. row 2
    """
    lines = [
        f"{report.name}: {report.rows_in:,} rows, {report.rows_kept:,} kept,"
        f" {report.rows_dropped:,} dropped"
    ]
    lines += _tallies("Dropped", report.dropped, DROPS)
    lines += _tallies("Mended", report.repaired, REPAIRS)
    refused = {
        f"{group}: {report.refused_reasons.get(group, 'never modelled')}": count
        for group, count in report.refused_classes.items()
    }
    lines += _counts("Rows of classes that are never modelled", refused)
    lines += _counts("Rows of unknown class codes", report.unknown_classes)
    lines += _susceptibility(report)
    lines += _refused_codes(report)
    if report.columns:
        pairs = ", ".join(f"{ours} = {theirs}" for ours, theirs in report.columns.items())
        lines += ["Columns used", f"  {pairs}"]
    if report.dropped_columns:
        lines += ["Columns not kept", f"  {', '.join(report.dropped_columns)}"]
    if report.notes:
        lines += ["Notes", *(f"  {remark}" for remark in report.notes)]
    return "\n".join(lines)


def _tallies(title: str, book: dict[str, Tally], words: dict[str, str]) -> list[str]:
    if not book:
        return []
    lines = [title]
    for reason, tally in sorted(book.items(), key=lambda pair: (-pair[1].count, pair[0])):
        meaning = f"{words[reason]} ({reason})" if reason in words else reason.replace("_", " ")
        examples = f", e.g. {'; '.join(tally.examples)}" if tally.examples else ""
        lines.append(f"  {tally.count:>8,}  {meaning}{examples}")
    return lines


def _counts(title: str, counts: dict[str, int]) -> list[str]:
    if not counts:
        return []
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [title, *(f"  {count:>8,}  {name}" for name, count in ordered[:_MAX_LINES])]
    if len(ordered) > _MAX_LINES:
        rest = sum(count for _, count in ordered[_MAX_LINES:])
        lines.append(f"  {rest:>8,}  in {len(ordered) - _MAX_LINES} others")
    return lines


def _susceptibility(report: IngestReport) -> list[str]:
    shares = report.susceptibility
    if not shares:
        return []
    lines = [f"Share of rows with an arrest or officer-initiated flag (limit {LIMIT:.2f})"]
    for name, share in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])):
        mark = "  refused for training" if name in report.refused_for_training else ""
        lines.append(f"  {share:>8.3f}  {name} ({report.flagged_by_class[name][0]:,} rows){mark}")
    return lines


def _refused_codes(report: IngestReport) -> list[str]:
    if not report.refused_codes:
        return []
    counts = {key: report.flagged_by_code[key] for key in report.refused_codes}
    return [
        "Class codes refused for training, by their share",
        *(f"  {hits / rows:>8.3f}  {key} ({rows:,} rows)" for key, (rows, hits) in counts.items()),
    ]
