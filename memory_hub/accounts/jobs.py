"""What the hub does for accounts in the background."""

from datetime import time

from django.contrib.sessions.models import Session
from django.utils import timezone

from memory_hub.jobs.declared import Job


def forget_sessions() -> int:
    """Deletes the sessions that are over; returns how many went."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]


FORGET_SESSIONS = Job(
    name="forget_sessions",
    help="Deletes sessions of pages that are over: logging in again makes new ones.",
    run=forget_sessions,
    at=time(3, 30),
)
