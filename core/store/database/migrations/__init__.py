"""Alembic scripts of the database; `env.py` is run by Alembic alone."""
