"""The memories of a benchmark: the same for every contender, made from a fixed seed."""

import random
from collections.abc import Iterator
from typing import Any

USER = "bench@example.com"
# Who has no memories: sees what is public.
GUEST = "guest@example.com"
CATEGORIES = ("decisions", "meetings", "people", "code", "reading")
ASKED_OF = 1_000  # memories, that queries are words of
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


class Words:
    """Memories of a kilobyte each of a hundred words, so that each word is in most of them."""

    name = "a hundred words, a kilobyte each"

    def memories(self, count: int, *, seed: int = 1) -> Iterator[dict[str, str]]:
        return memories(count, seed=seed)

    def queries(self, count: int) -> list[str]:
        return queries(count)


class RealTexts:
    """Memories of English and Korean text, 290 characters on average, and two to eight words of
    them that stand together."""

    name = "real texts"

    def memories(self, count: int, *, seed: int = 1) -> Iterator[dict[str, str]]:
        draw = random.Random(seed)
        for number, text in enumerate(self._corpus().memories(count, seed)):
            yield {
                "content": text,
                "category": draw.choice(CATEGORIES),
                "scope": "public" if number % 5 == 0 else "personal",
            }

    def queries(self, count: int) -> list[str]:
        texts = [one["content"] for one in self.memories(ASKED_OF)]
        return list(self._corpus().queries(count, texts))

    def _corpus(self) -> Any:
        # It needs Django, which servers that read this module for its words have not got.
        from benchmarks.search import corpus

        return corpus


Texts = Words | RealTexts
TEXTS: dict[str, Texts] = {"real": RealTexts(), "words": Words()}
