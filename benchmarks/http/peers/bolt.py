"""django-bolt on the FastAPI service's tables, with the query one writes first: reads alone.

As a program it is that server: python -m benchmarks.http.peers.bolt runbolt --port 8000, with
DATABASE_URL. It needs a Python from 3.12 on, which the hub does not, so it comes from an
environment of its own.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

NAME = "django-bolt"
# The loads that it can be asked for.
CALLS = ("detail", "list of 20")
OPTION, REQUIREMENTS = "bolt", Path(__file__).with_name("bolt.txt")
HELP = "also django-bolt, of this Python with bolt.txt, or of one that is made in var/bolt"


def main() -> None:
    from django.core.management import execute_from_command_line

    configure()
    execute_from_command_line(sys.argv)


def configure() -> None:
    """Settings of a small project, whose connections stay open as the others' do."""
    from django.conf import settings

    server = urlsplit(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="of a benchmark",
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        ROOT_URLCONF="benchmarks.http.peers.bolt_api",
        INSTALLED_APPS=["django_bolt"],
        BOLT_API=["benchmarks.http.peers.bolt_api:api"],
        USE_TZ=False,
        # As the others, it writes no line for each request.
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "loggers": {"django.server": {"level": "WARNING"}},
        },
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": server.path[1:],
                "USER": server.username,
                "PASSWORD": server.password,
                "HOST": server.hostname,
                "PORT": server.port,
                "CONN_MAX_AGE": None,
            }
        },
    )


if __name__ == "__main__":
    main()
