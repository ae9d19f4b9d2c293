"""The group Dosage."""
