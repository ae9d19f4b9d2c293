"""Metering: the caps, the past that they count, the parts that share, and breaches."""
