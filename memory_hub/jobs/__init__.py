"""What runs without being asked for by a request: loops, scheduled jobs, queued tasks."""
