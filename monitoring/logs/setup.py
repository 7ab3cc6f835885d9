"""How everything but the access log is logged: structlog in front, ECS or plain text behind.

Loggers of the standard library (Django, gunicorn, libraries) and of structlog end in one handler,
so that a line looks the same whoever wrote it.
"""

from typing import Any

import memory_hub.core.slim_structlog  # noqa: F401 - it must load before structlog

# isort: split
import ecs_logging
import structlog

from memory_hub.core import ecs
from memory_hub.core.request_id import current_request_id
from monitoring.logs.text import harmless
from monitoring.logs.tracing import current_trace

Event = dict[str, Any]

# Characters; longer ones are cut, a stack trace keeps its lines below.
LONGEST_VALUE = 4096
_STACK_KEYS = frozenset({"exception", "stack", "exc_info"})


def configure(*, json_lines: bool, level: str = "INFO") -> dict[str, Any]:
    """Set structlog up and return Django's ``LOGGING`` dictionary that goes with it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.stdlib.add_logger_name, *_shared()],
                "processors": _ecs() if json_lines else _plain(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would write the same line a second time, unescaped.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # It would log the address of every call to other services.
            "httpx": {"level": "WARNING"},
            # Its warnings repeat paths that clients asked for; the access log has those answers.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        add_trace,
        escape_values,
    ]


def _ecs() -> list[Any]:
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        rename_for_ecs,
        ecs_logging.StructlogFormatter(),
    ]


def _plain() -> list[Any]:
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]


def add_trace(logger: object, method: str, event: Event) -> Event:
    """Add the id and the trace of the request that is being answered."""
    request_id = current_request_id()
    if request_id:
        event["http.request.id"] = request_id
    trace = current_trace.get()
    if trace is not None:
        event["trace.id"] = trace.trace_id
        event["span.id"] = trace.span_id
    return event


def escape_values(logger: object, method: str, event: Event) -> Event:
    """Escape control and bidi characters in every text of an event, for clients can put them there.

    The lines of a stack trace are kept, escaped and indented: a message in it cannot look like the
    beginning of another entry.
    """
    for key, value in event.items():
        if not isinstance(value, str):
            continue
        if key in _STACK_KEYS:
            lines = (f"    {harmless(line, LONGEST_VALUE)}" for line in value.split("\n"))
            event[key] = "\n".join(lines)
        else:
            event[key] = harmless(value, LONGEST_VALUE)
    return event


def rename_for_ecs(logger: object, method: str, event: Event) -> Event:
    """Give structlog's names those of the Elastic Common Schema, and say who writes."""
    event["service.name"] = ecs.SERVICE
    event["event.dataset"] = "memory_hub.application"
    if "exception" in event:
        event["error.stack_trace"] = event.pop("exception")
    if "timestamp" in event:
        event["@timestamp"] = event.pop("timestamp")
    if "level" in event:
        event["log.level"] = event.pop("level")
    if "logger" in event:
        event["log.logger"] = event.pop("logger")
    return event
