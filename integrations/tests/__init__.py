"""Tests of what the doors have in common."""
