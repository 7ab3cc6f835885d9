"""The door for clients of mem0. See docs/mem0.md."""
