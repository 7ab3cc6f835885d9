"""In the place of Django's command, which writes the whole row and tells nobody."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from memory_hub.accounts.models import User, normal_email
from memory_hub.accounts.services import operators
from memory_hub.core.identity import OPERATOR

TRIES = 3


class Command(BaseCommand):
    help = "Set the password of an account, which is asked for twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *, email: str, **options: Any) -> str:
        user = User.objects.filter(email=normal_email(email)).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        for _ in range(TRIES):
            password = getpass()
            if password != getpass("Password (again): "):
                self.stderr.write("The two are not the same.")
                continue
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            user.set_password(password)
            operators.store_password(user, by=OPERATOR)
            return f"{user.email} has a new password."
        raise CommandError(f"Nothing was changed after {TRIES} attempts.")
