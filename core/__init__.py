"""The engine: ingest, features, models, forecast, planning, dosage, reports and the store."""
