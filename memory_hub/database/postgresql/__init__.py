"""Django's PostgreSQL backend, taking its connections from a pool. See ``base``."""
