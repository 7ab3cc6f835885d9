"""The memories of a benchmark: the same for every contender, made from a fixed seed."""

import random
from collections.abc import Iterator

USER = "bench@example.com"
CATEGORIES = ("decisions", "meetings", "people", "code", "reading")
# fmt: off
_WORDS = [
    "agenda", "anchor", "archive", "bridge", "budget", "cache", "canvas", "capacity", "chapter",
    "cluster", "column", "commit", "context", "contract", "cursor", "customer", "deadline",
    "decision", "delivery", "design", "draft", "engine", "estimate", "evening", "feature",
    "figure", "forecast", "garden", "gateway", "harbour", "history", "index", "invoice",
    "journey", "kernel", "ladder", "ledger", "letter", "margin", "market", "matrix", "measure",
    "memory", "message", "migration", "minute", "mirror", "module", "monitor", "morning",
    "network", "notebook", "number", "office", "outline", "package", "pattern", "planet",
    "pipeline", "policy", "portal", "process", "project", "protocol", "quarter", "query",
    "question", "railway", "record", "release", "report", "request", "review", "river",
    "schedule", "season", "server", "signal", "sketch", "station", "storage", "summary",
    "supplier", "surface", "system", "template", "terminal", "thread", "ticket", "timetable",
    "token", "tunnel", "update", "valley", "version", "village", "volume", "window", "winter",
    "worker",
]
# fmt: on


def memories(count: int, *, seed: int = 1) -> Iterator[dict[str, str]]:
    """`count` memories of about 1 KB: content, category, and scope (one in five is public)."""
    draw = random.Random(seed)
    for number in range(count):
        words = draw.choices(_WORDS, k=130)
        yield {
            "content": f"Note {number}: " + " ".join(words),
            "category": draw.choice(CATEGORIES),
            "scope": "public" if number % 5 == 0 else "personal",
        }


def queries(count: int, *, seed: int = 2) -> list[str]:
    """Words that occur in the memories."""
    draw = random.Random(seed)
    return [draw.choice(_WORDS) for _ in range(count)]
