"""Memories on pages: listed, shown, written, their history; all by what the API calls, too."""
