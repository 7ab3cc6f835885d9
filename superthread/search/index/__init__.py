"""The index: its rows, its words, and keeping it in step with the memories."""
