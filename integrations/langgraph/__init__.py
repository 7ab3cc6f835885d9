"""LangGraph's store: the five calls that its SDKs make, on the caller's personal memories
(`docs/langgraph.md`)."""
