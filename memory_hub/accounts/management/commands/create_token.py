from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from memory_hub.accounts import scopes as scope_names
from memory_hub.accounts import services
from memory_hub.accounts.models import Team, User, normal_email
from memory_hub.accounts.restrictions import Restriction, folder
from memory_hub.conf import env
from memory_hub.core.errors import HubError
from memory_hub.core.identity import OPERATOR
from memory_hub.core.text import nfc


class Command(BaseCommand):
    help = "Make an API token for a user, making the user if need be, and print the token alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument(
            "--scopes",
            help="comma-separated; default: all but those of staff, which staff get too. "
            f"Known: {', '.join(scope_names.every_scope())}",
        )
        parser.add_argument("--expires-in", default="90d", help="such as 12h or 90d; at most 366d")
        parser.add_argument("--read-only", action="store_true", help="nothing is changed with it")
        parser.add_argument(
            "--personal",
            action="store_true",
            help="for the user's own personal memories; with --team, for both",
        )
        parser.add_argument(
            "--team",
            action="append",
            metavar="TEAM_KEY",
            help="for the memories of this team; may be given several times",
        )
        parser.add_argument("--category", help="for memories of this category only")
        parser.add_argument(
            "--path-prefix", metavar="FOLDER", help="for memories with a path in this folder only"
        )
        parser.add_argument("--name", default="command line", help="what the list shows")

    def handle(
        self,
        *,
        email: str,
        scopes: str | None,
        expires_in: str,
        name: str,
        read_only: bool,
        personal: bool,
        team: list[str] | None,
        category: str | None,
        path_prefix: str | None,
        **options: Any,
    ) -> str:
        try:
            validate_email(normal_email(email))
            lifetime = timedelta(seconds=env.duration(expires_in, "--expires-in"))
            # A misspelt scope leaves no user behind.
            with transaction.atomic():
                user = services.ensure_user(email, by=OPERATOR)
                _, secret = services.create_token(
                    user_id=user.pk,
                    name=name,
                    scopes=wanted_scopes(scopes, user),
                    expires_at=timezone.now() + lifetime,
                    restriction=Restriction(
                        *(read_only, personal, _ids_of(team), category and nfc(category)),
                        None if path_prefix is None else folder(nfc(path_prefix)),
                    ),
                    by=OPERATOR,
                )
        except ValidationError as error:
            raise CommandError("This is not an e-mail address.") from error
        except (ImproperlyConfigured, HubError, ValueError) as error:
            raise CommandError(str(error)) from error
        return secret


def _ids_of(team_keys: Sequence[str] | None) -> frozenset[int] | None:
    """The ids of the teams; None where none is named. Raises CommandError for one that is not
    there."""
    if team_keys is None:
        return None
    found = dict(Team.objects.filter(key__in=team_keys).values_list("key", "pk"))
    if missing := sorted(set(team_keys) - set(found)):
        raise CommandError(f"There is no team {', '.join(missing)}.")
    return frozenset(found.values())


def wanted_scopes(given: str | None, user: User) -> Sequence[str]:
    """The scopes of the option; only where it is not given, all that the user may have."""
    if given is None:
        return scope_names.every_scope() if user.is_staff else scope_names.personal_scopes()
    return [word.strip() for word in given.split(",") if word.strip()]
