"""The roles that a layer may have, and what people are told about each and about its columns."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication

ROSTER = "roster"


@dataclass(frozen=True)
class Column:
    """One column of a role.

    Parameters
    ----------
    name
        The engine's name.
    title
        What people see.
    needed
        The layer is of no use without it.
    hint
        More about it, in a tooltip.
    """

    name: str
    title: str
    needed: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Role:
    """One role.

    Parameters
    ----------
    name
        The engine's name.
    title, purpose
        What people see: its name, and what it is for.
    columns
        The columns that people often have to choose; the engine knows more.
    needed
        No forecast without it.
    table
        The table of the workspace that it fills.
    """

    name: str
    title: str
    purpose: str
    columns: tuple[Column, ...]
    needed: bool = False
    table: str = ""

    @property
    def filled(self) -> str:
        """Return the table that it fills."""
        return self.table or self.name


def tr(text: str) -> str:
    """Translate a text about roles."""
    return QCoreApplication.translate("Roles", text)


def roles() -> tuple[Role, ...]:
    """Return the roles, in the order in which a workspace is set up."""
    when_and_where = (
        Column("incident_id", tr("Identifier"), needed=True),
        Column("class_code", tr("Class of crime"), needed=True),
        Column("occurred_from", tr("Occurred from"), needed=True),
        Column("occurred_to", tr("Occurred to")),
        Column("reported_at", tr("Reported at")),
        Column("last_updated", tr("Last updated")),
        Column("source_kind", tr("How it became known")),
        Column("geocode_quality", tr("Quality of the position")),
        Column(
            "arrest",
            tr("Arrest made"),
            hint=tr("Read to find classes that are a map of enforcement, then dropped"),
        ),
    )
    return (
        Role("districts", tr("Districts"), tr("Beats or districts that get boxes of their own"),
             (Column("district_id", tr("Identifier"), needed=True), Column("name", tr("Name"))),
             needed=True),
        Role("boundary", tr("Boundary"), tr("Outline of the jurisdiction; or the districts"),
             (Column("name", tr("Name")),)),
        Role("incidents", tr("Incidents"), tr("Reported crime with class, time and place"),
             when_and_where, needed=True),
        Role("gunfire", tr("Gunfire alerts"), tr("Alerts of acoustic sensors; they need no class"),
             tuple(one for one in when_and_where
                   if one.name not in {"class_code", "source_kind", "arrest"}),
             table="incidents"),
        Role("places", tr("Places"), tr("Bars, shops, stops, parks... each with a category"),
             (Column("place_id", tr("Identifier")), Column("category", tr("Category")),
              Column("valid_from", tr("There since")), Column("valid_to", tr("Gone since")))),
        Role("events", tr("Events"), tr("Matches, concerts, markets... with their times"),
             (Column("event_id", tr("Identifier")), Column("category", tr("Category")),
              Column("starts_at", tr("Starts"), needed=True), Column("ends_at", tr("Ends")),
              Column("known_at", tr("Announced on")),
              Column("expected_attendance", tr("Expected attendance")))),
        Role(ROSTER, tr("Roster"), tr("Units with district and shift; without it any number"),
             (Column("id", tr("Unit"), needed=True),
              Column("district", tr("District"), needed=True),
              Column("shift", tr("Shift (empty: all)")),
              Column("minutes", tr("Minutes for directed patrol")))),
        Role("neighbourhoods", tr("Neighbourhoods"), tr("Areas for fair shares and for reports"),
             (Column("neighbourhood_id", tr("Identifier")), Column("name", tr("Name")))),
        Role("streets", tr("Streets"), tr("Street lines, for names in briefings"),
             (Column("street_id", tr("Identifier")), Column("name", tr("Name")))),
        Role("weather", tr("Weather"), tr("A row a day: temperature, rain, snow, wind"),
             (Column("date", tr("Day")), Column("temperature", tr("Temperature")),
              Column("precipitation", tr("Rain and snow")))),
    )  # fmt: skip


def role_named(name: str) -> Role:
    """Return a role by the engine's name."""
    return next((role for role in roles() if role.name == name), Role(name, name, "", ()))


def spoken(reason: str) -> str:
    """Return a reason for drops or repairs as words, "outside_jurisdiction" -> "outside ..."."""
    return reason.replace("_", " ")
