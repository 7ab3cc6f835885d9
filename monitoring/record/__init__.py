"""What a worker notes while it works, and how that reaches the shared tables."""
