import asyncio
import sys
from argparse import ArgumentParser
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from google_docs.access.reachable import DocsCaller, caller_of
from google_docs.backend import forget_backend
from google_docs.scopes import DOCS_READ, DOCS_WRITE
from google_docs.selfcheck.checks import CHECKS, Result, run
from google_docs.selfcheck.hub import Hub
from google_docs.selfcheck.scratch import LAG_SECONDS, Scratch
from google_docs.store.space import Space
from memory_hub.accounts import services
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.core.errors import HubError
from memory_hub.threads.worker_pool import run_in_worker
from superthread.scopes import MEMORIES_SHARE

TOKEN_LIFETIME = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "Check the contract against the configured Google, in a scratch folder that is deleted "
        "afterwards, and report what the design leaves open. Exit status 1 if a check fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the user whose Google credential is used")
        parser.add_argument("--only", choices=CHECKS, action="append", help="some of the checks")
        parser.add_argument("--share-with", help="an address with a Google account, to share with")
        parser.add_argument("--lag-seconds", type=float, default=LAG_SECONDS)

    def handle(self, *, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None:
            raise CommandError("There is no active user with this address.")
        try:
            results, observed = asyncio.run(_check(user, options))
        except HubError as error:
            raise CommandError(str(error)) from None
        finally:
            forget_backend()
        self._tell(results, observed)
        if not all(result.passed for result in results):
            sys.exit(1)

    def _tell(self, results: list[Result], observed: dict[str, Any]) -> None:
        which = "a double" if settings.GOOGLE_DOCS.double else "Google"
        self.stdout.write(f"Checked against {which}:")
        for result in results:
            mark = "ok    " if result.passed else "FAILED"
            self.stdout.write(f"  {mark} {result.name} {result.detail}".rstrip())
        self.stdout.write("Observed:")
        for question, answer in observed.items():
            self.stdout.write(f"  {question}: {answer}")


async def _check(user: User, options: dict[str, Any]) -> tuple[list[Result], dict[str, Any]]:
    principal = await run_in_worker(principal_of, user, "command")
    await run_in_worker(lambda: principal.teams)
    caller = await caller_of(principal)
    space = await _scratch_space(caller)
    token, secret = await run_in_worker(_new_token, principal)
    others = [other.calls for other in caller.reach.spaces]
    scratch = Scratch(space, Hub(secret), options["lag_seconds"], options["share_with"], others)
    try:
        with caller.in_folders_of(space):
            results = [await run(scratch, name) for name in options["only"] or CHECKS]
        return results, scratch.observed
    finally:
        await run_in_worker(services.revoke_token, token_id=token.pk, user_id=user.pk, by=principal)
        # With all that is in them: a folder is deleted with its content.
        await asyncio.gather(
            *(space.calls.delete(folder) for folder in (space.folder, space.snapshots))
        )


def _new_token(by: Principal) -> tuple[Token, str]:
    return services.create_token(
        user_id=by.user_id,
        name="selfcheck",
        scopes=[DOCS_READ, DOCS_WRITE, MEMORIES_SHARE],
        expires_at=timezone.now() + TOKEN_LIFETIME,
        by=by,
    )


async def _scratch_space(caller: DocsCaller) -> Space:
    """The user's own space, but in folders that are made for this and deleted afterwards."""
    own = await caller.space_for("personal", None)
    folders = await asyncio.gather(
        *(
            own.calls.create_folder({"name": name, "parents": [own.folder]})
            for name in ("Memory Hub selfcheck", "Memory Hub selfcheck snapshots")
        )
    )
    return replace(own, folder=folders[0]["id"], snapshots=folders[1]["id"])
