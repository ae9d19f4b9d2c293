"""``python -m evenbeat.core.cli`` is ``evenbeat``."""

from evenbeat.core.cli.main import main

main()
