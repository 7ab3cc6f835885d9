"""Doors for other people's clients: each is an app of its own."""
