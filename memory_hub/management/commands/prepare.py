"""Make the database ready to serve: what script/server runs before gunicorn."""

import errno
import io
import os
import secrets
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.accounts.scopes import every_scope
from memory_hub.conf import env
from memory_hub.conf.production_checks import unsafe_sqlite
from memory_hub.core.identity import OPERATOR
from memory_hub.database.exclusive import one_at_a_time
from memory_hub.database.postgresql import pooler
from memory_hub.server.ports import listener

ADMINISTRATOR = "admin@localhost"
WELCOME = """
Memory Hub is new here. This is shown once, and only once:

  administrator  {email}
  password       {password}        {base}/admin/
  token          {token}

Save a memory:
  curl {base}/superthread/memories \\
    -H 'Authorization: Bearer {token}' \\
    -H 'Content-Type: application/json' -d '{{"content": "Jun has the key."}}'

Find it again:
  curl {base}/superthread/search \\
    -H 'Authorization: Bearer {token}' \\
    -H 'Content-Type: application/json' -d '{{"query": "key"}}'

List memories:
  curl {base}/superthread/memories -H 'Authorization: Bearer {token}'

Everything else, to try in the browser: {base}/docs
"""
PUT_AWAY = (
    "Memory Hub is new here. Its administrator, the password and a first token are in {path}: read "
    "that file, then delete it."
)
TAKEN = (
    "{host}:{port} is taken by {holder}. "
    "Stop it, or choose another port: HUB_PORT={other} script/server"
)
UNLIMITED = """\
DATABASE_URL leads to a pooler, such as PgBouncer, that drops the time limits of the hub's sessions,
and the role has none of its own. Give it some, as the role itself, and start again:
  ALTER ROLE CURRENT_USER SET statement_timeout = '10s';
  ALTER ROLE CURRENT_USER SET lock_timeout = '3s';
  ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '10s';
Connections that the pooler has open already keep what they have: RECONNECT in its console."""
SOMEBODY = "another program, perhaps another Memory Hub"


class Command(BaseCommand):
    help = (
        "Check that the address is free, migrate, and on the very first start create an "
        "administrator and a first token, which are printed once."
    )
    # The checks run in the workers; here they would only make every start slower.
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        if not os.environ.get("HUB_BIND"):
            require_free(settings.HUB_HOST, settings.HUB_PORT)
        require_limits()
        with one_at_a_time(DEFAULT_DB_ALIAS):
            for database in settings.DATABASES:
                call_command("migrate", database=database, interactive=False, verbosity=0)
            # Says what in the database does not fit this version, such as a search index to renew.
            call_command("check", tags=["database"], databases=["default"], stdout=io.StringIO())
            welcome = first_account()
        for problem in unsafe_sqlite(settings.DATABASES, workers=env.integer("HUB_WORKERS", 2)):
            self.stderr.write(problem)
        if welcome:
            self.stdout.write(welcome)


def put_away(welcome: str, path: Path) -> None:
    """Writes the welcome to a new file that its owner alone may read. Raises CommandError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CommandError(
            f"HUB_WELCOME_FILE cannot be made at {path}: {error.strerror}. No account was made."
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(welcome)


def require_limits() -> None:
    """Raise CommandError saying what to do where PostgreSQL's time limits are not in force."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return
    connection.ensure_connection()
    if pooler.missing_limits():
        raise CommandError(UNLIMITED)


def require_free(host: str, port: int) -> None:
    """Raise CommandError saying what to do when nothing can listen on the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                holder = listener(port) or SOMEBODY
                message = TAKEN.format(host=host, port=port, holder=holder, other=other)
            else:
                message = f"Cannot listen on {host}:{port}: {error.strerror or error}."
            raise CommandError(message) from error


def first_account() -> str | None:
    """What to tell the very first visitor, or where that was written; None where there is any
    account already."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        user = User.objects.create_superuser(email=ADMINISTRATOR, password=password)
        _, token = services.create_token(
            user_id=user.pk, name="first token", scopes=every_scope(), by=OPERATOR
        )
        told = {"email": ADMINISTRATOR, "password": password, "token": token}
        welcome = WELCOME.format(**told, base=base_url(settings))
        if not settings.HUB_WELCOME_FILE:
            return welcome
        # In the transaction: where it cannot be told, there is nothing to tell.
        put_away(welcome, Path(settings.HUB_WELCOME_FILE))
    return PUT_AWAY.format(path=settings.HUB_WELCOME_FILE)


def base_url(of: Any) -> str:
    """Where people find the hub; unless that was told, the address for a person on this machine,
    also when the hub listens on all of them."""
    if of.HUB_PUBLIC_URL:
        return of.HUB_PUBLIC_URL
    host = "127.0.0.1" if of.HUB_HOST in ("0.0.0.0", "::", "") else of.HUB_HOST  # noqa: S104 - no bind
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{of.HUB_PORT}{of.HUB_PATH_PREFIX}"
