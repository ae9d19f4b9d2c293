"""Patrol: who visits which box, when, on which way."""
