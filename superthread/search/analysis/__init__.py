"""Text to index terms, the same for memories and queries."""
