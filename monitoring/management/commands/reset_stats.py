"""Begins new statistics in every worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.record import resets


class Command(BaseCommand):
    help = "Begin new statistics in every worker, and wait until all acknowledged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=resets.ACKNOWLEDGE_SECONDS,
            metavar="SECONDS",
            help="how long to wait for the workers (default: %(default)g)",
        )

    def handle(self, *, wait: float, **options: Any) -> str:
        epoch = resets.begin("reset_stats", recording=False)
        done, alive = resets.wait(epoch, wait)
        said = f"Epoch {epoch}: {done}/{alive} workers."
        if done < alive:
            raise CommandError(f"{said} The others follow as soon as they can reach the database.")
        return said
