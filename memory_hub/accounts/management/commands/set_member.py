from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from memory_hub.accounts import services
from memory_hub.accounts.models import DefaultRole, TeamRole, normal_email
from memory_hub.accounts.serializers import normal_team_key
from memory_hub.core.identity import OPERATOR


class Command(BaseCommand):
    help = "Put an address into a team, making the team if need be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("team_key", metavar="TEAM_KEY")
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--role", choices=TeamRole.values, default=TeamRole.MEMBER.value)
        parser.add_argument(
            "--default-role",
            choices=DefaultRole.values,
            help="what the team's plain members may do with its memories",
        )

    def handle(
        self, *, team_key: str, email: str, role: str, default_role: str | None, **options: Any
    ) -> str:
        try:
            key = normal_team_key(team_key)
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            validate_email(normal_email(email))
        except ValidationError as error:
            raise CommandError("This is not an e-mail address.") from error
        made = services.place_member(
            key=key, email=email, role=role, default_role=default_role, by=OPERATOR
        )
        return f"{normal_email(email)} is {role} of {'the new team ' if made else ''}{key}."
