"""The panel of briefings."""


def create(iface, engine):
    """Return the dock."""
    from evenbeat.gui.briefing.dock import BriefingDock
    from evenbeat.workspace.session import shared_session

    return BriefingDock(iface, shared_session(engine))
