"""Memories: text with an owner, a scope, grants, versions and a place in the search index."""
