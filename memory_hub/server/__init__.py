"""What the hub adds to the servers that run it: workers, their bounds, and their end."""
