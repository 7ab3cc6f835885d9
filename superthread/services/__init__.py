"""Every write to memories, one verb each; each owns its transaction."""
