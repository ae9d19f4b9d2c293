"""The equity ledger of a workspace: audit-only data in, minutes gathered, the report out.

Nothing else imports `evenbeat.core.equity`; the import contracts see to it.
"""
