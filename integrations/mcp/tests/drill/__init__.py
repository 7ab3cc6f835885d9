"""Clients of other people against a real hub: what runs in their own environments."""
