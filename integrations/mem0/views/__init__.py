"""Answers of the door."""
