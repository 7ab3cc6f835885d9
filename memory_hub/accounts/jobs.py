"""What the hub does for accounts in the background."""

from datetime import time, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.models import Invitation
from memory_hub.jobs.declared import Job

INVITATIONS_KEPT = timedelta(days=30)


def forget_sessions() -> int:
    """Deletes the sessions that are over; returns how many went."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]


def forget_invitations() -> int:
    """Deletes invitations that were used, withdrawn or over a month ago; returns how many."""
    old = timezone.now() - INVITATIONS_KEPT
    return Invitation.objects.filter(Q(ended_at__lte=old) | Q(expires_at__lte=old)).delete()[0]


FORGET_INVITATIONS = Job(
    name="forget_invitations",
    help="Deletes invitations a month after they were used, withdrawn or over.",
    run=forget_invitations,
    at=time(3, 40),
)
FORGET_SESSIONS = Job(
    name="forget_sessions",
    help="Deletes sessions of pages that are over: logging in again makes new ones.",
    run=forget_sessions,
    at=time(3, 30),
)
