"""What the journal tells of memories: ``recorded`` what is written into it."""
