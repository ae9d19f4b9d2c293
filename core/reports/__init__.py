"""What people read: the description of the data and the briefing, as pages."""
