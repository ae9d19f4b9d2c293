"""From vehicle logs to measured days: parts by day, measuring, publishing, keeping no longer."""
