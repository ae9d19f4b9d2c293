"""The five patrol reports: what they need is gathered here and told in ``reports.accounts``."""
