"""Monitoring: timings, statistics, health, metrics and dashboard; watches the hub from outside."""
