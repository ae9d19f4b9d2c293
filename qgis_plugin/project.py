"""What the QGIS project remembers of Evenbeat: the workspace, the day and the run.

They are project variables, so that expressions, layouts and algorithms read them as well.
"""

from __future__ import annotations

from qgis.core import QgsExpressionContextUtils, QgsProject

WORKSPACE = "evenbeat_workspace"
DATE = "evenbeat_date"
RUN = "evenbeat_run"


def remembered(name: str) -> str:
    """Return a project variable; "" where the project has none of that name."""
    scope = QgsExpressionContextUtils.projectScope(QgsProject.instance())
    return str(scope.variable(name) or "")


def remember(**values: str) -> None:
    """Set the project variables workspace, date and run; only those that are given and differ."""
    names = {"workspace": WORKSPACE, "date": DATE, "run": RUN}
    for key, value in values.items():
        if remembered(names[key]) != value:
            QgsExpressionContextUtils.setProjectVariable(QgsProject.instance(), names[key], value)
