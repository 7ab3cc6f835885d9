from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from memory_hub.database.statements import run
from superthread.models import Finding, Memory, Scope
from superthread.scanning import judging

# Memories read at a time: 32 MiB at worst.
PAGE = 32


class Command(BaseCommand):
    help = (
        "Look through all memories of teams and of the public for secrets, and note what is found: "
        "a line for each, with its kind and line. After rules or settings changed, and once after "
        "an upgrade from a hub without the scan."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="no line for each")

    def handle(self, *, quiet: bool, **options: Any) -> str:
        if not judging.is_on():
            raise CommandError("HUB_SCAN is off.")
        seen = 0
        for page in _pages():
            seen += len(page)
            for row in _noted(page):
                for kind, line in () if quiet else row["found"]:
                    self.stdout.write(f"{row['memory__doc_id']}  {kind}  line {line}")
        return f"Found something in {Finding.objects.count()} of {seen} memories."


def _pages() -> Iterator[list[int]]:
    shared = Memory.objects.exclude(scope=Scope.PERSONAL).order_by("pk")
    last = 0
    while page := list(shared.filter(pk__gt=last).values_list("pk", flat=True)[:PAGE]):
        yield page
        last = page[-1]


def _noted(page: list[int]) -> list[dict[str, Any]]:
    """Notes what is found in the memories; those in which something was. Looked through before the
    lock, and again under it where one has changed."""
    for state in _states(page):
        judging.found_in(state)
    with transaction.atomic():
        locked = Memory.objects.filter(pk__in=page).order_by("pk")
        list(locked.select_for_update(of=("self",), no_key=True).values_list("pk"))
        run(judging.noted({one["id"]: judging.found_in(one) for one in _states(page)}, page))
    found = Finding.objects.filter(memory__in=page).order_by("memory")
    return list(found.values("memory__doc_id", "found"))


def _states(page: list[int]) -> list[dict[str, Any]]:
    rows = Memory.objects.filter(pk__in=page).exclude(scope=Scope.PERSONAL).order_by("pk")
    return list(rows.values("id", "scope", "content", "metadata"))
