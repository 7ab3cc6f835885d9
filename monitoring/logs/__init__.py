"""Logs: one ECS line a request, and everything else through structlog in the same format."""
