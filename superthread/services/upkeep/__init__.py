"""What follows other changes, by event or in jobs: who left, a new address, links, the index."""
