"""Measurements of the monitoring: cost, exactness, and the time of its reads."""
