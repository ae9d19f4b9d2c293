"""Who acts and in which role: looked up in the settings or the database, never given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from evenbeat.core.planning.review import Role, require_decider, require_text
from evenbeat.core.store.database import login_roles
from evenbeat.core.store.database.postgis import ROLES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context

_PREFIX = "evenbeat_"
_HIGHEST_FIRST: tuple[Role, ...] = ("commander", "supervisor", "analyst", "auditor")


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The person who acts.

    Parameters
    ----------
    actor
        Their name in the log.
    role
        What they may do; None: only read.
    role_from
        Where the role comes from: ``settings``, ``database`` or ``default``.
    login
        The login that the server let in; None in a GeoPackage.
    """

    actor: str
    role: Role | None
    role_from: str
    login: str | None

    def decider(self) -> Role:
        """Return the role when it may change assignments.

        Raises
        ------
        ReviewError
            It may not.
        """
        return require_decider(self.role, self.actor)

    @property
    def notes(self) -> list[str]:
        """Return what a person should know about their role."""
        if self.role_from != "default":
            return []
        return [
            f"No roles are configured, so {self.actor} acts as analyst. Name who may do what under "
            "[review.roles] of evenbeat.toml."
        ]

    def account(self) -> dict[str, str]:
        """Return what every event records of the person beside name and role."""
        login = {} if self.login is None else {"login": self.login}
        return {"role_from": self.role_from, **login}


def reviewer_of(context: Context, connection: Connection) -> Reviewer:
    """Look up who acts and in which role.

    On a server that is the login, which the server has checked: the name of the local user can be
    set by anybody who starts a process. The settings count first, then the login's group roles.
    Where nothing at all is configured, the local user is an analyst.

    Parameters
    ----------
    context
        The workspace and the local user.
    connection
        The database.
    """
    listed = context.workspace.settings.review.roles
    login = _login(connection)
    actor = require_text("The name of who acts", login or context.actor)
    if actor in listed:
        return Reviewer(actor, listed[actor], "settings", login)
    granted = {name.removeprefix(_PREFIX) for name in login_roles(connection)}
    for role in _HIGHEST_FIRST:
        if role in granted:
            return Reviewer(actor, role, "database", login)
    if listed or _groups_exist(connection):
        return Reviewer(actor, None, "settings" if listed else "database", login)
    return Reviewer(actor, "analyst", "default", login)


def _login(connection: Connection) -> str | None:
    if connection.dialect.name != "postgresql":
        return None
    return cast("str", connection.execute(sa.text("SELECT session_user")).scalar_one())


def _groups_exist(connection: Connection) -> bool:
    """Return whether the server knows any of Evenbeat's group roles."""
    if connection.dialect.name != "postgresql":
        return False
    query = sa.text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ANY(:names))")
    return bool(connection.execute(query, {"names": list(ROLES)}).scalar_one())
