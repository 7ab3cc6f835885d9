"""Django's SQLite backend, whose writes end with their request. See ``base``."""
