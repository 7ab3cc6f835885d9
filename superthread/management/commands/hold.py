from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from memory_hub.core.errors import HubError
from memory_hub.core.identity import OPERATOR
from superthread.services import holds
from superthread.transfer.accounts import caller


class Command(BaseCommand):
    help = (
        "Legal holds: what is kept is neither deleted for good nor redacted until the hold is "
        "lifted, by nobody."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", metavar="list|place|lift", required=True)
        what.add_parser("list", help="all holds: number, on what, since when, why")
        place = what.add_parser("place", help="keep a memory, or all memories of a team")
        on = place.add_mutually_exclusive_group(required=True)
        on.add_argument("--memory", metavar="DOC_ID")
        on.add_argument("--team", metavar="KEY")
        place.add_argument("--reason", required=True)
        lift = what.add_parser("lift", help="end a hold")
        lift.add_argument("number", type=int)
        for one in (place, lift):
            one.add_argument("--as", dest="email", metavar="EMAIL", help="the account that does it")

    def handle(self, *, what: str, **options: Any) -> str:
        if what == "list":
            return "\n".join(map(_line, holds.listed()))
        by = caller(options["email"]) if options["email"] else OPERATOR
        try:
            if what == "lift":
                holds.lift(options["number"], by=by)
                return f"Lifted hold {options['number']}."
            hold = holds.place(
                doc_id=options["memory"],
                team_key=options["team"],
                reason=options["reason"],
                by=by,
            )
        except HubError as error:
            raise CommandError(str(error)) from error
        return f"Placed hold {hold.pk}."


def _line(hold: Any) -> str:
    told = holds.represent(hold)
    on = f"memory {told['doc_id']}" if told["doc_id"] else f"team {told['team_key']}"
    return f"{told['id']}  {on}  {told['placed_at']}  {told['reason']}"
