"""Connections that may lead to a pooler, such as PgBouncer, instead of PostgreSQL itself.

A pooler in transaction mode hands each transaction another of its connections. What one of them
keeps is then somebody else's: plans (PREPARE), and the time limits that libpq sends as ``options``,
which PgBouncer refuses unless it is told to ignore them.
"""

import logging
import re
from typing import Any

logger = logging.getLogger(__name__)
REFUSED = "unsupported startup parameter"
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
# Who answers, and the limits in milliseconds; all in one question.
_MILLISECONDS = "round(extract(epoch FROM current_setting('{}')::interval) * 1000)::bigint"
_EXAMINE = ", ".join(["SELECT pg_backend_pid()", *map(_MILLISECONDS.format, LIMITS)])

# Of this process, whose connections all lead to one place.
_refuses_options = False
_pooled = False
_missing: dict[str, int] = {}


def connect(parameters: dict[str, Any]) -> Any:
    """A new connection; without ``options`` where these are refused. Notes where it leads."""
    # Hubs on SQLite import this module, too.
    import psycopg2

    global _refuses_options
    given = parameters
    if _refuses_options:
        given = {name: value for name, value in parameters.items() if name != "options"}
    try:
        connection = psycopg2.connect(**given)
    except psycopg2.OperationalError as error:
        if _refuses_options or REFUSED not in str(error) or "options" not in parameters:
            raise
        _refuses_options = True
        return connect(parameters)
    _examine(connection, _wanted(parameters.get("options", "")))
    return connection


def _examine(connection: Any, wanted: dict[str, int]) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_EXAMINE)
        pid, *limits = cursor.fetchone()
    connection.autocommit = False
    if pid != connection.info.backend_pid:
        stop_preparing("a pooler stands before PostgreSQL")
    found = dict(zip(LIMITS, limits, strict=True))
    missing = {name: ms for name, ms in wanted.items() if ms and not 0 < found[name] <= ms}
    if missing and not _missing:
        logger.warning("PostgreSQL's time limits are not in force: %s", ", ".join(missing))
    _missing.clear()
    _missing.update(missing)


def _wanted(options: str) -> dict[str, int]:
    """The limits among the options, in milliseconds."""
    told = dict(re.findall(r"-c\s*(\w+)=(\d+)", options))
    return {name: int(told[name]) for name in LIMITS if name in told}


def may_prepare() -> bool:
    """Whether a plan that one transaction makes is still there in the next one."""
    return not _pooled


def stop_preparing(why: str) -> None:
    """From now on this process prepares nothing."""
    global _pooled
    if not _pooled:
        _pooled = True
        logger.warning("Statements are not prepared from now on: %s.", why)


def missing_limits() -> dict[str, int]:
    """The limits (milliseconds) that the last connection ought to have and had not."""
    return dict(_missing)
