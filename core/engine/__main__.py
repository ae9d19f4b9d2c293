"""``python -I -m evenbeat.core.engine``: requests on stdin, messages on stdout, a line each."""

from evenbeat.core.engine.surroundings import clean_environment, private_channels

if __name__ == "__main__":
    # Both before anything else is imported: a library reads its variables, and may write to
    # descriptor 1, as soon as it is loaded.
    clean_environment()
    _channels = private_channels()

    from evenbeat.core.engine.start import start

    start(*_channels)
