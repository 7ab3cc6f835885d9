"""Claude's memory tool (`memory_20250818`) on the caller's memories (`docs/memory-tool.md`)."""
