"""What a thread does with its connection that looks into the database now and then."""

from django.db import DEFAULT_DB_ALIAS, connections


def rest(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Leave no connection to a server open between two looks; one to a file costs nothing."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        connection.close_if_unusable_or_obsolete()
    else:
        # Back to the pool.
        connection.close()
