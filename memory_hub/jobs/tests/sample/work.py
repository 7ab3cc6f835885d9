"""What the sample does: it notes in a file who did what, and waits for the test where told to."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from memory_hub.jobs import schedule
from memory_hub.jobs.declared import Job


def note(word):
    """One line at the end of the file, whole whoever writes beside."""
    path = Path(settings.DATA_DIR).parent / "notes"
    line = f"{word} {os.getpid()}\n".encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line)
    os.close(descriptor)


def count():
    note("count")
    return 7


@task
def say(word):
    note(word)
    return word


@task
def stay(word, pipe):
    """Does not end before somebody writes to the pipe."""
    note(f"began-{word}")
    Path(pipe).read_bytes()
    note(f"ended-{word}")


def ask_for_count():
    schedule.rows()
    schedule.ask(["count"])


COUNT = Job(name="count", help="Counts.", run=count, every=timedelta(days=1))


def soon(seconds):
    """The moment in so many seconds."""
    return timezone.now() + timedelta(seconds=seconds)
